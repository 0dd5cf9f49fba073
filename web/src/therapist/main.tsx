import { render } from "preact";
import { Brand } from "../ui";

const root = document.getElementById("app");
if (root) render(<Brand />, root);
