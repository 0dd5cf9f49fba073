import "./therapist.css";
import { render } from "preact";
import { applyTheme } from "../ui";
import { App } from "./app";
import { runClock } from "./hooks";
import { followLanguage, loadMe } from "./state/account";
import { payAttention } from "./state/attention";
import { watchRecoveries } from "./state/recovery";
import { listenToAddress } from "./state/router";

applyTheme();
followLanguage();
listenToAddress();
payAttention();
runClock();
watchRecoveries();
void loadMe();

const root = document.getElementById("app");
if (root) render(<App />, root);
