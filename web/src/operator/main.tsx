import "./operator.css";
import "./plots.css";
import { render } from "preact";
import { applyTheme } from "../ui";
import { App } from "./app";
import { begin, followLanguage } from "./state";

applyTheme();
followLanguage();
void begin();

const root = document.getElementById("app");
if (root) render(<App />, root);
