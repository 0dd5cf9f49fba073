import "./therapist.css";
import { render } from "preact";
import { applyTheme } from "../ui";
import { App } from "./app";
import { runClock } from "./hooks";
import { followLanguage, loadMe } from "./state/account";
import { payAttention } from "./state/attention";
import { watchRecoveries } from "./state/recovery";
import { listenToAddress } from "./state/router";
import { rememberSearches } from "./state/searches";

applyTheme();
followLanguage();
listenToAddress();
payAttention();
runClock();
watchRecoveries();
rememberSearches();
void loadMe();

const root = document.getElementById("app");
if (root) render(<App />, root);
