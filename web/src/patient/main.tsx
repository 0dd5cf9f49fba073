import { effect } from "@preact/signals";
import { render } from "preact";
import { locale } from "../i18n/core";
import { firstLanguage, speak } from "../i18n/patient";
import { VisitApi } from "../lib/api";
import { keepsCookies, obstacle, surroundings } from "../lib/browser";
import { Call } from "../lib/call";
import { CameraLook } from "../lib/camera-look";
import { Chat } from "../lib/chat";
import { Devices } from "../lib/devices";
import { browserEnvironment } from "../lib/environment";
import { addressOf, tokenOf } from "../lib/link";
import { Live } from "../lib/live";
import { Screen } from "../lib/screen";
import { storageOf } from "../lib/storage";
import type { PatientMessage, PatientReport } from "../lib/types";
import { App } from "./app";
import { sounds, unlockSound } from "./sound";
import { VisitFlow } from "./visit";
import "./patient.css";

const ENTERED_KEY = "visavis.entered";
const LANGUAGE_KEY = "visavis.language";

const token = tokenOf(location);
// A mangled link is put right, so that it can be copied and opened elsewhere.
if (token) history.replaceState(null, "", addressOf(token));

const entries = storageOf(() => sessionStorage);
const api = new VisitApi();
const flow = new VisitFlow({
  api,
  env: browserEnvironment,
  obstacle: obstacle(surroundings()),
  token,
  keepsCookies: () => keepsCookies(document),
  dropToken: () => {
    if (location.hash) history.replaceState(null, "", addressOf(null));
  },
  entered: {
    get: () => entries.getItem(ENTERED_KEY),
    set: (mark) => entries.setItem(ENTERED_KEY, mark),
  },
  newLive: (handlers) => new Live<PatientMessage, PatientReport>("/api/visit/live", handlers),
  newCall: (handlers) => new Call(api, handlers),
  newTestCall: (signalling, handlers) => new Call(signalling, handlers),
  newDevices: (onChange) => new Devices(onChange),
  newLook: (onChange) => new CameraLook(onChange),
  newScreen: (handlers) => new Screen(handlers),
  newChat: (onChange) => {
    const calls = {
      read: (after: number) => api.chat(after),
      write: (message: { id: string; text: string }) => api.write(message),
    };
    return new Chat("patient", calls, onChange);
  },
  chosenLanguage: {
    get: () => entries.getItem(LANGUAGE_KEY),
    set: (language) => entries.setItem(LANGUAGE_KEY, language),
  },
  speak,
  unlockSound,
  ring: () => sounds.ring(),
});

effect(() => {
  document.documentElement.lang = locale.value;
});
// Another link pasted into this tab's address bar is another visit: begin anew with it.
addEventListener("hashchange", () => location.reload());
document.addEventListener("visibilitychange", () => {
  flow.setHidden(document.visibilityState === "hidden");
  if (document.visibilityState !== "visible") return;
  flow.devices.revive();
  flow.test.devices.revive();
});

const root = document.getElementById("app");
// What is said before the link's own language is known is said in the browser's.
const first = speak(entries.getItem(LANGUAGE_KEY) ?? firstLanguage(navigator.languages));
void first.then(() => root && render(<App flow={flow} />, root));
void flow.begin();
