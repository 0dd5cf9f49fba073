import { ChevronsLeft, Info, Minus, MonitorUp } from "lucide-preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { clockText, spokenLength } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Button, firstName, IconButton, LineNote, RoomFoot, Sound, useWakeLock } from "../../ui";
import { api } from "../api";
import { useAction, useTitle } from "../hooks";
import { lineInContact } from "../line-words";
import { otherSide } from "../other-side";
import { ChatAside, ChatNews, OpenChat } from "../parts/chat";
import { ownProof } from "../parts/connection";
import { Levels } from "../parts/levels";
import { MovablePicture } from "../parts/movable-picture";
import { PatientPicture } from "../parts/patient-picture";
import { RoomBar } from "../parts/room-bar";
import { BeforeCard } from "../parts/room-card";
import { RoomMenu } from "../parts/room-menu";
import { Trouble } from "../parts/trouble";
import { LineHelp, PicturesAgain } from "../parts/weak-line";
import { roomLine } from "../room-line";
import { inContactElsewhere, usePresence, useSession } from "../session";
import { callState, clock, device, devicesState, remoteSound, screenTrack } from "../state/place";
import { navigate } from "../state/router";
import { learn, waitingSessions } from "../state/sessions";
import { EndedPage } from "./ended";
import { BusyPage, NoSessionPage, ReplacedPage } from "./over";

/** A11: face to face. Always dark; the other's picture is the only bright thing. */
export function RoomPage({ id }: { id: string }) {
  const { data: session, error, reload } = useSession(id);
  usePresence(session);
  const other = inContactElsewhere(id);
  if (!session) return <NoSessionPage error={error} onRetry={reload} />;
  if (session.state === "ended") return <EndedPage session={session} />;
  if (other) return <BusyPage other={other} session={session} />;
  if (callState.value?.closedReason === "replaced") return <ReplacedPage />;
  return <Room session={session} />;
}

function Room({ session }: { session: Session }) {
  const [side, setSide] = useState<"menu" | "chat" | null>(null);
  const menu = side === "menu";
  const chat = side === "chat";
  const openChat = (open: boolean) => setSide(open ? "chat" : null);
  const name = firstName(session.patient_name);
  const line = roomLine(session, callState.value);
  const trouble = useEntered(session);
  const stage = useFocusKept(line.contact);
  useRoomTitle(session);
  useReviveDevices();
  useWakeLock();
  return (
    <div class={side ? "room room-theme menu-open" : "room room-theme"}>
      <main
        ref={stage}
        tabIndex={-1}
        class="stage"
        aria-label={t("room.title", { name: session.patient_name })}
      >
        <PatientPicture session={session} contact={line.contact} dimmed={line.dimmed} />
        <RemoteSound />
        <Top session={session} contact={line.contact} menu={menu} onMenu={() => setSide("menu")} />
        {!line.contact && <BeforeCard session={session} />}
        <MovablePicture />
        <RoomFoot>
          {screenTrack.value && (
            <p class="pill said" role="status">
              <MonitorUp aria-hidden="true" />
              {t("room.screen_now")}
            </p>
          )}
          {line.say && (
            <p class="pill said" role="status" data-testid="reconnecting">
              <Info aria-hidden="true" />
              {t(line.say, { name })}
            </p>
          )}
          {line.contact && !line.say && <Quality session={session} />}
          <Trouble error={trouble} name={name} />
          <ChatNews session={session} open={chat} onOpen={openChat} />
          <RoomBar session={session} contact={line.contact}>
            <OpenChat session={session} open={chat} onOpen={openChat} />
          </RoomBar>
        </RoomFoot>
      </main>
      {menu && <RoomMenu session={session} onClose={() => setSide(null)} />}
      {chat && <ChatAside session={session} onClose={() => setSide(null)} />}
    </div>
  );
}

/** One sentence on the line, where there is something to say of it. */
function Quality({ session }: { session: Session }) {
  const { otherPaused = false, ownPaused = false } = callState.value ?? {};
  const hasCamera = devicesState.value?.camera === "on";
  const paused = { own: ownPaused && hasCamera, other: otherPaused };
  const said = lineInContact(session, ownProof(session), paused);
  if (!said) return null;
  const { level, text, help } = said;
  return (
    <LineNote level={level} text={text} fold={t("device.note_fold")} unfold={t("line.unfold")}>
      {session.sound_first ? (
        <PicturesAgain session={session} />
      ) : (
        <LineHelp session={session} help={help} />
      )}
    </LineNote>
  );
}

/** Opening the room's address is entering it, also by a reload. */
function useEntered(session: Session): unknown {
  const { error, run } = useAction(session.state);
  useEffect(() => {
    if (!session.therapist_entered) void run(async () => learn(await api.enter(session.id)));
  }, [session.id, session.therapist_entered]);
  return error;
}

/** ACCEPT and "send back" take the pressed button away: the stage takes the focus, and is read out. */
function useFocusKept(contact: boolean) {
  const stage = useRef<HTMLElement>(null);
  const before = useRef(contact);
  useLayoutEffect(() => {
    const { activeElement } = document;
    const lost = activeElement === null || activeElement === document.body;
    if (before.current !== contact && lost) stage.current?.focus({ preventScroll: true });
    before.current = contact;
  }, [contact]);
  return stage;
}

function useRoomTitle(session: Session): void {
  const time = clock.value;
  const name = session.patient_name;
  useTitle(time ? `${clockText(time.elapsed_s)} · ${name}` : t("room.title", { name }));
}

function useReviveDevices(): void {
  useEffect(() => {
    const revive = () => document.visibilityState === "visible" && device.revive();
    document.addEventListener("visibilitychange", revive);
    return () => document.removeEventListener("visibilitychange", revive);
  }, []);
}

function RemoteSound() {
  const devices = devicesState.value;
  return (
    <Sound
      track={remoteSound.value}
      speaker={devices?.chosen.speaker ?? ""}
      capturing={devices?.audioTrack ?? devices?.videoTrack}
      data-testid="remote-audio"
      blocked={(play) => (
        <div class="pill sound-blocked" role="alert">
          {t("room.sound_blocked")}
          <Button kind="primary" size="compact" onClick={play}>
            {t("room.sound_play")}
          </Button>
        </div>
      )}
    />
  );
}

interface TopProps {
  session: Session;
  contact: boolean;
  menu: boolean;
  onMenu: () => void;
}

function Top({ session, contact, menu, onMenu }: TopProps) {
  return (
    <header class="room-top">
      <div class="pill">
        <span class="name cut">{session.patient_name}</span>
        {clock.value ? <ElapsedTime /> : !contact && <span class="soft">{t("room.not_yet")}</span>}
      </div>
      <OtherSide session={session} />
      <span class="grow" />
      {contact && <Levels session={session} />}
      <OthersWait session={session} />
      <IconButton
        class="pill"
        icon={Minus}
        label={t("room.minimise")}
        data-testid="minimise"
        onClick={() => navigate("/")}
      />
      {!menu && <MenuButton onMenu={onMenu} />}
    </header>
  );
}

/** The one chip by the name: how the patient is right now. It folds away until that changes. */
function OtherSide({ session }: { session: Session }) {
  const words = otherSide(session, callState.value);
  const [folded, setFolded] = useState<string | null>(null);
  const isFolded = words !== null && folded === words;
  return (
    <>
      <p class="only-heard" role="status" data-testid="other-side">
        {words}
      </p>
      {words && (
        <button
          type="button"
          class="pill other-side"
          title={t(isFolded ? "other.unfold" : "device.note_fold")}
          aria-expanded={!isFolded}
          onClick={() => setFolded(isFolded ? null : words)}
        >
          {isFolded ? <Info aria-label={t("other.unfold")} /> : words}
        </button>
      )}
    </>
  );
}

/** `<<`; has the focus when the side menu was closed, as it stood there before. */
function MenuButton({ onMenu }: { onMenu: () => void }) {
  const holder = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (document.activeElement === document.body) holder.current?.querySelector("button")?.focus();
  }, []);
  return (
    <span ref={holder}>
      <IconButton
        class="pill"
        icon={ChevronsLeft}
        label={t("room.menu_open")}
        data-testid="room-menu"
        onClick={onMenu}
      />
    </span>
  );
}

/** Elapsed time as the media server counts it; the connected part on hover, focus and touch. */
function ElapsedTime() {
  const time = clock.value;
  if (!time) return null;
  return (
    <button type="button" class="elapsed num">
      <span class="only-heard">
        {t("room.elapsed", { time: spokenLength(time.elapsed_s) })},{" "}
        {t("room.connected", { time: spokenLength(time.connected_s) })}
      </span>
      <span data-testid="clock" aria-hidden="true">
        {clockText(time.elapsed_s)}
      </span>
      <span class="elapsed-more" data-testid="clock-connected" aria-hidden="true">
        {t("room.connected", { time: clockText(time.connected_s) })}
      </span>
    </button>
  );
}

/** Somebody else is in the waiting room: shown, never sounded, while in contact. */
function OthersWait({ session }: { session: Session }) {
  const n = waitingSessions.value.filter((other) => other.id !== session.id).length;
  if (n === 0) return null;
  return (
    <a class="pill others" href="/">
      <span class="clay-dot" aria-hidden="true" />
      <span class="cut">{t("shell.waiting", { n })}</span>
    </a>
  );
}
