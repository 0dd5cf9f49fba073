/** A visit that tests walk: what control answers, and everything around it. */
import type { CallHandlers, CallState, Signalling } from "../../lib/call";
import { NO_CALL } from "../../lib/call";
import type { ChatView } from "../../lib/chat";
import type { Devices, DevicesState } from "../../lib/devices";
import type { LiveHandlers } from "../../lib/live";
import type { ScreenHandlers } from "../../lib/screen";
import { World } from "../../lib/testing/world";
import type { LinkPreview, Look, PatientMessage, Visit } from "../../lib/types";
import { VisitFlow } from "../visit";

export const VISIT: Visit = {
  state: "waiting",
  joined: true,
  sent_back: false,
  therapist_in_room: false,
  name: "Alex M.",
  is_guest: false,
  therapist_name: "Dr. Rossi",
  therapist_gender: null,
  therapist_picture: null,
  language: "en",
  setting: { self_view: false, clock: true, screen: true },
  sound_first: false,
  chat: { id: null, last: 0, kept: false },
  therapist_devices: null,
};
export const WHOM: LinkPreview = {
  name: "Alex M.",
  is_guest: false,
  therapist_name: "Dr. Rossi",
  therapist_gender: null,
  language: "en",
};

/** Everything around a visit, as one thing that remembers what was done to it. */
export class Surroundings {
  readonly world = new World();
  readonly done: string[] = [];
  readonly sent: unknown[] = [];
  answer: () => Promise<Visit> = async () => VISIT;
  whom: () => Promise<LinkPreview> = async () => WHOM;
  /** What the tab keeps of the link it went in by. */
  mark: string | null = null;
  cookies = true;
  /** When control has taken note of the patient's goodbye. */
  goodbye: Promise<void> = Promise.resolve();
  /** When control has had a check begun, or refused it. */
  checking: Promise<void> = Promise.resolve();
  /** When control has answered the offer of a test, or refused it. */
  testing: Promise<void> = Promise.resolve();
  /** The calls of tests from the link, the latest last. */
  readonly tests: { signalling: Signalling; handlers: CallHandlers }[] = [];
  language: string | null = null;
  readonly spoken: string[] = [];
  live: LiveHandlers<PatientMessage> | null = null;
  call: CallHandlers | null = null;
  screen: ScreenHandlers | null = null;
  setChat: ((view: ChatView) => void) | null = null;
  setDevices: ((state: DevicesState) => void) | null = null;
  /** The pictures that the page looked at itself. */
  readonly watched: string[] = [];
  setLook: ((look: Look) => void) | null = null;

  flow(token: string | null = "secret"): VisitFlow {
    const note = (what: string) => void this.done.push(what);
    return new VisitFlow({
      env: this.world,
      obstacle: null,
      token,
      api: {
        preview: (given) => {
          note(`preview ${given}`);
          return this.whom();
        },
        open: (given, takeOver) => {
          note(`open ${given}${takeOver ? " take over" : ""}`);
          return this.answer();
        },
        current: () => {
          note("current");
          return this.answer();
        },
        offer: async () => "answer",
        offerTest: async (given) => {
          note(`test ${given}`);
          await this.testing;
          return "answer";
        },
        iceServersOfTest: async () => ({ servers: [], lifetime_s: 0 }),
        check: async (light) => {
          note(`check${light ? " light" : ""}`);
          await this.checking;
        },
        leave: async () => {
          note("leave");
          await this.goodbye;
          note("left");
        },
      },
      keepsCookies: () => this.cookies,
      chosenLanguage: {
        get: () => this.language,
        set: (language) => {
          this.language = language;
        },
      },
      speak: async (language) => void this.spoken.push(language),
      dropToken: () => note("drop token"),
      entered: {
        get: () => this.mark,
        set: (mark) => {
          this.mark = mark;
        },
      },
      newLive: (handlers) => {
        this.live = handlers;
        note("open live");
        return {
          send: (message) => this.sent.push(message) > 0,
          close: () => note("close live"),
        };
      },
      newCall: (handlers) => {
        this.call = handlers;
        return {
          start: () => note("start call"),
          stop: () => note("stop call"),
          send: async (slot, track) => note(`send ${slot} ${track?.label ?? "nothing"}`),
        };
      },
      newTestCall: (signalling, handlers) => {
        this.tests.push({ signalling, handlers });
        return {
          start: () => note("start test call"),
          stop: () => note("stop test call"),
          send: async (slot, track) => note(`send ${slot} ${track?.label ?? "nothing"}`),
        };
      },
      newLook: (onChange) => {
        this.setLook = onChange;
        return { watch: (track) => void this.watched.push(track?.label ?? "nothing") };
      },
      newDevices: (onChange) => {
        this.setDevices = onChange;
        return {
          ask: async (kinds?: string[]) => note(`ask ${kinds?.join(" ") ?? "devices"}`),
          setMicrophone: (on: boolean) => note(`microphone ${on ? "on" : "off"}`),
          chooseSpeaker: () => undefined,
          setCamera: async (on: boolean) => note(`camera ${on ? "on" : "off"}`),
          revive: async () => note("revive devices"),
          stop: () => note("stop devices"),
        } as unknown as Devices;
      },
      newScreen: (handlers) => {
        this.screen = handlers;
        return {
          show: async () => note("show screen"),
          stop: () => note("stop screen"),
          close: () => note("close screen"),
        };
      },
      newChat: (onChange) => {
        this.setChat = onChange;
        return {
          start: () => note("read chat"),
          stop: () => note("stop chat"),
          follow: (state) => note(`follow chat ${state.last}`),
          look: (looking) => note(`look ${looking}`),
          say: (text) => note(`say ${text}`),
          again: (id) => note(`again ${id}`),
        };
      },
      unlockSound: () => note("unlock sound"),
      ring: () => note("ring"),
    });
  }

  /** The flow of a person who has opened the link and pressed Continue. */
  async entered(): Promise<VisitFlow> {
    const flow = this.flow();
    await flow.begin();
    await flow.enter();
    return flow;
  }

  say(message: PatientMessage): void {
    this.live?.onMessage(message);
  }

  become(part: Partial<CallState>): void {
    this.call?.onChange({ ...NO_CALL, phase: "connected", ...part });
  }
}
