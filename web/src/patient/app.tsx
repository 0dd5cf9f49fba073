import { effect, untracked } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n/patient";
import { Announcer, announce } from "../ui";
import { callName, nameAlone } from "./names";
import { Ended } from "./pages/goodbye";
import {
  Elsewhere,
  Invalid,
  Left,
  Moved,
  NoCookies,
  Opening,
  Revoked,
  Taken,
  Unreachable,
} from "./pages/messages";
import { Room } from "./pages/room";
import { TestPage } from "./pages/test";
import { Waiting } from "./pages/waiting";
import { Welcome } from "./pages/welcome";
import { RemoteSound } from "./parts/remote-sound";
import type { VisitFlow } from "./visit";

/** Every page of the patient's; the sound stays in place while pages change. */
export function App({ flow }: { flow: VisitFlow }) {
  useEffect(() => followVisit(flow), [flow]);
  return (
    <>
      <Announcer />
      <RemoteSound flow={flow} />
      <Page flow={flow} />
    </>
  );
}

function Page({ flow }: { flow: VisitFlow }) {
  switch (flow.stage.value) {
    case "opening":
      return <Opening />;
    case "unreachable":
      return <Unreachable flow={flow} />;
    case "invalid":
      return <Invalid />;
    case "revoked":
      return <Revoked flow={flow} />;
    case "no_cookies":
      return <NoCookies />;
    case "elsewhere":
      return <Elsewhere flow={flow} />;
    case "taken":
      return <Taken />;
    case "welcome":
      return flow.test.open.value ? <TestPage flow={flow} /> : <Welcome flow={flow} />;
    case "inside":
      return flow.admitted.value ? <Room flow={flow} /> : <Waiting flow={flow} />;
    case "moved":
      return <Moved flow={flow} />;
    case "ended":
      return <Ended flow={flow} />;
    case "left":
      return <Left flow={flow} />;
  }
}

/** The tab's title, and what a screen reader says at each turn. */
function followVisit(flow: VisitFlow): () => void {
  const stops = [
    effect(() => {
      document.title = titleOf(flow);
    }),
    effect(() => {
      if (flow.stage.value === "inside" && flow.admitted.value) untracked(() => sayAdmitted(flow));
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function sayAdmitted(flow: VisitFlow): void {
  announce(t("admitted", { therapist: callName(flow.who.value) }));
}

function titleOf(flow: VisitFlow): string {
  const therapist = callName(flow.who.value);
  if (flow.stage.value === "ended") return t("ended_title");
  if (flow.stage.value !== "inside") return "Visavis";
  return flow.admitted.value
    ? nameAlone(flow.who.value?.therapist_name)
    : t("will_let_in", { therapist });
}
