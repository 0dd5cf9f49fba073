import { ChevronDown, Minus, SlidersHorizontal, X } from "lucide-preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { timeOfDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Button, Face, firstName, IconButton, useEscape } from "../../ui";
import { api } from "../api";
import { now, useAction, useTitle } from "../hooks";
import { leftAt, wasHere } from "../other-side";
import { ChatAside, OpenChat } from "../parts/chat";
import { ConnectionLines } from "../parts/connection";
import { DeviceChoosers, DeviceTrouble } from "../parts/devices";
import { useEndSession } from "../parts/end-session";
import { FirstSessionNote, opensByItself } from "../parts/first-session";
import { LinkBox } from "../parts/link-box";
import { OwnPicture } from "../parts/own-picture";
import { ProofWords } from "../parts/proof";
import { SettingSwitches } from "../parts/setting";
import { Trouble } from "../parts/trouble";
import { roomPath } from "../routes";
import { inContactElsewhere, usePresence, useSession } from "../session";
import { callState } from "../state/place";
import { navigate } from "../state/router";
import { learn } from "../state/sessions";
import { sessionFacts, waitingWords } from "../words";
import { EndedPage } from "./ended";
import { BusyPage, NoSessionPage, ReplacedPage } from "./over";

/** The element of CUSTOMIZE SETTING. */
const PANEL = "customize-setting";

/** A9: prepare for one patient. Minimise keeps everything; X closes the session for both. */
export function WaitingRoomPage({ id }: { id: string }) {
  const { data: session, error, reload } = useSession(id);
  usePresence(session);
  useTitle(session ? t("wait.title", { name: session.patient_name }) : "");
  const other = inContactElsewhere(id);
  if (!session) return <NoSessionPage error={error} onRetry={reload} />;
  if (session.state === "ended") return <EndedPage session={session} />;
  if (other) return <BusyPage other={other} session={session} />;
  if (callState.value?.closedReason === "replaced") return <ReplacedPage />;
  return <WaitingRoom session={session} />;
}

function WaitingRoom({ session }: { session: Session }) {
  const [panel, setPanel] = useState<"customize" | "chat" | null>(() =>
    opensByItself(session) ? "customize" : null,
  );
  const customizing = panel === "customize";
  const chatting = panel === "chat";
  const opener = useRef<HTMLDivElement>(null);
  const close = () => {
    const selector = chatting ? "[data-testid=toggle-chat]" : ".customize";
    setPanel(null);
    opener.current?.querySelector<HTMLElement>(selector)?.focus();
  };
  return (
    <div class={panel ? "waiting-room customizing" : "waiting-room"}>
      <main class="wait-main">
        <Head session={session} />
        <OwnPicture />
        <DeviceTrouble />
        <DeviceChoosers />
        <div class="row wrap" ref={opener}>
          <Presence session={session} />
          <OpenChat
            session={session}
            open={chatting}
            onOpen={(open) => setPanel(open ? "chat" : null)}
          />
          <CustomizeButton
            open={customizing}
            onClick={() => setPanel(customizing ? null : "customize")}
          />
        </div>
        <ConnectionLines session={session} />
        <Foot session={session} />
      </main>
      {customizing && <Customize session={session} onClose={close} />}
      {chatting && <ChatAside session={session} onClose={close} />}
    </div>
  );
}

function Head({ session }: { session: Session }) {
  const { ask, question } = useEndSession(session);
  const here = session.patient_present && !session.gate_open;
  return (
    <header class="row wait-head">
      <Face name={session.patient_name} here={here} />
      <div class="grow">
        <h1>{session.patient_name}</h1>
        <p class="soft small num" role="status">
          {t("wait.sub")} · <span class="unbroken">{waitingWords(session, now.value)}</span>
        </p>
      </div>
      <IconButton
        icon={Minus}
        label={t("wait.minimise")}
        data-testid="minimise"
        onClick={() => navigate("/")}
      />
      <IconButton icon={X} label={t("wait.close")} data-testid="end-session" onClick={ask} />
      {question}
    </header>
  );
}

function Presence({ session }: { session: Session }) {
  const here = session.patient_present || session.patient_reconnecting;
  return (
    <section class="presence grow" data-testid="patient-presence" data-here={here}>
      {here ? <ProofWords session={session} /> : <p class="soft">{absentText(session)}</p>}
    </section>
  );
}

function absentText(session: Session): string {
  const name = firstName(session.patient_name);
  const left = leftAt(session);
  if (session.link_state === "revoked") return t("wait.presence_revoked", { name });
  if (left) return t("wait.presence_left", { name, time: timeOfDay(left) });
  return t(wasHere(session) ? "wait.presence_gone" : "wait.presence_absent", { name });
}

function CustomizeButton({ open, onClick }: { open: boolean; onClick: () => void }) {
  return (
    <Button
      class="customize"
      icon={open ? ChevronDown : SlidersHorizontal}
      aria-expanded={open}
      aria-controls={PANEL}
      data-testid="customize"
      onClick={onClick}
    >
      {t("wait.customize")}
    </Button>
  );
}

function Foot({ session }: { session: Session }) {
  const { busy, error, run } = useAction(sessionFacts(session));
  const enter = async () => {
    const done =
      session.therapist_entered || (await run(async () => learn(await api.enter(session.id))));
    if (done) navigate(roomPath(session.id));
  };
  return (
    <footer class="wait-foot">
      <LinkBox
        patientId={session.patient_id}
        name={session.patient_name}
        send={!session.is_guest}
      />
      <Button kind="primary" disabled={busy} data-testid="enter-room" onClick={() => void enter()}>
        {t("wait.enter")}
      </Button>
      <Trouble error={error} name={firstName(session.patient_name)} />
    </footer>
  );
}

/** The panel: beside the page, or below it where the window is narrow, and then scrolled to. */
function Customize({ session, onClose }: { session: Session; onClose: () => void }) {
  const panel = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    panel.current?.querySelector("h2")?.focus({ preventScroll: true });
    panel.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, []);
  useEscape(onClose);
  return (
    <aside class="wait-panel" id={PANEL} aria-labelledby="customize" ref={panel}>
      <header class="row">
        <h2 class="grow" id="customize" tabIndex={-1}>
          {t("setting.title")}
        </h2>
        <IconButton icon={X} label={t("go.close")} onClick={onClose} />
      </header>
      <FirstSessionNote session={session} />
      <p class="small soft">{t("setting.lead", { name: session.patient_name })}</p>
      <SettingSwitches
        patientId={session.patient_id}
        name={session.patient_name}
        pushed={session.setting}
        guest={session.is_guest}
      />
    </aside>
  );
}
