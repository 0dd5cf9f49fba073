import { Camera, CameraOff, Lock, Mic, MicOff, Volume2 } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n/patient";
import type { DeviceState } from "../../lib/types";
import {
  Button,
  firstName,
  LevelBars,
  Note,
  PictureFrame,
  useLasting,
  useWakeLock,
} from "../../ui";
import { callName } from "../names";
import { WaitingChat } from "../parts/chat";
import { ConnectionFact } from "../parts/connection-fact";
import { CameraFields, MicrophoneFields, SpeakerFields } from "../parts/device-fields";
import { DeviceHelp } from "../parts/device-help";
import { HintNote } from "../parts/hint-note";
import { OwnPicture } from "../parts/own-picture";
import { Title } from "../parts/page";
import type { VisitFlow } from "../visit";
import { hearing, isSpeech } from "../words";

type Props = { flow: VisitFlow };

/** A therapist who does not come within this is said to be late, in milliseconds. */
const LATE_MS = 5 * 60_000;

/** The waiting room: oneself, what the server hears, devices, and the promise of privacy. */
export function Waiting({ flow }: Props) {
  useWakeLock();
  const therapist = callName(flow.who.value);
  return (
    <main class="waiting" data-testid="patient-waiting">
      <Greeting flow={flow} therapist={therapist} />
      <Mirror flow={flow} />
      <div class="waiting-facts">
        <DeviceHelp flow={flow} />
        {flow.socketBlocked.value && <Note>{t("socket_blocked")}</Note>}
        <p class="fact">
          <Lock aria-hidden="true" />
          <span>{t("nobody_sees", { therapist })}</span>
        </p>
        <ConnectionFact flow={flow} />
        <HintNote flow={flow} />
        <WaitingChat flow={flow} />
        <DevicePanels flow={flow} />
        <p class="small soft centred">{t("leave_open")}</p>
        <Button
          kind="quiet"
          class="leave-quietly"
          data-testid="patient-leave"
          onClick={() => void flow.leave()}
        >
          {t("leave")}
        </Button>
      </div>
    </main>
  );
}

/** Nobody who was inside already is greeted as if new. */
function Greeting({ flow, therapist }: Props & { therapist: string }) {
  const visit = flow.visit.value;
  const back = visit?.sent_back || flow.metBefore.value;
  const there = visit?.therapist_in_room ?? false;
  const late = useLasting(!there && !back, LATE_MS);
  const lead = leadKey(back ?? false, there, late);
  return (
    <header class={visit?.therapist_picture ? "with-face" : undefined}>
      {visit?.therapist_picture && (
        <img
          class="therapist-face"
          src={`/api/visit/picture?v=${visit.therapist_picture}`}
          alt=""
          data-testid="therapist-picture"
        />
      )}
      <Title key={back ? "back" : "new"}>
        {back ? t("back_title") : t("hello", { name: firstName(visit?.name ?? "") })}
      </Title>
      <p class="lead" role="status" data-testid="waiting-lead" data-lead={lead}>
        {t(lead, { therapist })}
      </p>
    </header>
  );
}

function leadKey(back: boolean, there: boolean, late: boolean) {
  if (back) return "back";
  if (there) return "in_room_now";
  return late ? "late" : "will_let_in";
}

/** Own picture, so that the patient can prepare, with the proof that sound arrives. */
function Mirror({ flow }: Props) {
  const { videoTrack, camera, microphone } = flow.devices.state.value;
  return (
    <PictureFrame class={videoTrack ? "mirror" : "mirror without"}>
      {videoTrack ? (
        <OwnPicture track={videoTrack} />
      ) : (
        <div class="picture-empty" data-testid="no-camera">
          <CameraOff aria-hidden="true" />
          <p>{t(withoutPicture(camera))}</p>
        </div>
      )}
      {(microphone === "on" || microphone === "off") && <HearingCaption flow={flow} />}
    </PictureFrame>
  );
}

function withoutPicture(camera: DeviceState) {
  if (camera === "asking") return "allow_now";
  return camera === "off" ? "camera_is_off" : "no_own_picture";
}

function HearingCaption({ flow }: Props) {
  const { proof, phase } = flow.call.value;
  const { microphone } = flow.devices.state.value;
  const spoke = useRef(false);
  spoke.current ||= isSpeech(proof);
  if (phase !== "connected") return null;
  const said = hearing(proof, microphone, spoke.current);
  const Icon = said === "microphone_off" ? MicOff : Mic;
  return (
    <span class="caption" data-testid="hearing" data-hearing={said}>
      <Icon aria-hidden="true" />
      <span aria-live="polite">{t(said)}</span>
      <LevelBars dbfs={said === "hear_you" ? (proof?.level_dbfs ?? null) : null} />
    </span>
  );
}

type Panel = "microphone" | "camera" | "speaker";

/** Three buttons, one open panel. */
function DevicePanels({ flow }: Props) {
  const [open, setOpen] = useState<Panel | null>(null);
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open) panel.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, [open]);
  const opener = (which: Panel) => ({
    "aria-expanded": open === which,
    "aria-controls": "device-panel",
    "data-testid": `open-${which}`,
    onClick: () => setOpen(open === which ? null : which),
  });
  return (
    <div class="stack device-choice">
      <div class="openers">
        <Button icon={Mic} {...opener("microphone")}>
          {t("microphone")}
        </Button>
        <Button icon={Camera} {...opener("camera")}>
          {t("camera")}
        </Button>
        <Button icon={Volume2} {...opener("speaker")}>
          <span class="opener-word">{t("speaker")}</span>
        </Button>
      </div>
      <div id="device-panel" ref={panel} class="card device-panel" hidden={open === null}>
        {open === "microphone" && <MicrophoneFields flow={flow} />}
        {open === "camera" && <CameraFields flow={flow} />}
        {open === "speaker" && <SpeakerFields flow={flow} />}
      </div>
    </div>
  );
}
