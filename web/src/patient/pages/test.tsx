import { Camera, CameraOff, Lock, Mic, Volume2, Wifi } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../../i18n/patient";
import { serverNow } from "../../lib/server-time";
import { Button, LevelBars, PictureFrame } from "../../ui";
import { callName } from "../names";
import { ToneTest } from "../parts/device-fields";
import { DeviceHelp } from "../parts/device-help";
import { OwnPicture } from "../parts/own-picture";
import { Title } from "../parts/page";
import { ReportButtons, wordOf } from "../parts/report-buttons";
import {
  cameraResult,
  connectionResult,
  type Mark,
  microphoneResult,
  type Result,
  speakerResult,
} from "../test-words";
import type { VisitFlow } from "../visit";
import { connectionLine, isSpeech } from "../words";

type Props = { flow: VisitFlow };

/** Three results and one button; nobody waits for it. */
export function TestPage({ flow }: Props) {
  const { test } = flow;
  const who = flow.who.value;
  const therapist = callName(who);
  const spoke = useRef(false);
  const call = test.call.value;
  spoke.current ||= isSpeech(call.proof);
  const { microphone, camera } = test.devices.state.value;
  const running = test.running.value;
  const level = running && microphone === "on" ? (call.proof?.level_dbfs ?? null) : null;
  return (
    <main class="waiting testing" data-testid="patient-test" data-outcome={test.outcome.value}>
      <header>
        <p class="soft">{t("test_with", { therapist })}</p>
        <Title>{t("test_title")}</Title>
      </header>
      <Mirror flow={flow} />
      <div class="waiting-facts">
        <DeviceHelp flow={{ devices: test.devices, linkInAddress: flow.linkInAddress }} />
        <section class="card results" aria-live="polite">
          <Row
            icon={Camera}
            title={t("camera")}
            result={cameraResult(call, camera, test.devices.look.value, running)}
            testid="result-camera"
          />
          <Row
            icon={Mic}
            title={t("microphone")}
            result={microphoneResult(call, microphone, spoke.current, running)}
            level={level}
            testid="result-microphone"
          />
          <Row
            icon={Wifi}
            title={t("test_connection")}
            result={connectionResult(call, test.outcome.value, serverNow())}
            testid="result-connection"
          />
          <Row
            icon={Volume2}
            title={t("speaker")}
            result={speakerResult(test.devices.speaker.value)}
            testid="result-speaker"
          >
            <ToneTest devices={test.devices} bare />
          </Row>
        </section>
        <p class="soft small">
          {t("test_sees", { therapist })} {!who?.is_guest && t("test_same_link")}
        </p>
        <Button
          kind="primary"
          size="big"
          wide
          disabled={running}
          data-testid="test-again"
          onClick={() => test.again()}
        >
          {t("test_again")}
        </Button>
        {call.check && !running && (
          <ReportButtons
            call={call}
            line={connectionLine({ ...call, phase: "connected" }, "unknown", serverNow())}
            word={wordOf(test.devices)}
          />
        )}
        <Button kind="quiet" data-testid="test-back" onClick={() => test.close()}>
          {t("test_back")}
        </Button>
      </div>
    </main>
  );
}

function Mirror({ flow }: Props) {
  const { videoTrack, camera } = flow.test.devices.state.value;
  return (
    <PictureFrame class={videoTrack ? "mirror" : "mirror without"}>
      {videoTrack ? (
        <OwnPicture track={videoTrack} />
      ) : (
        <div class="picture-empty">
          <CameraOff aria-hidden="true" />
          <p>{t(camera === "asking" ? "allow_now" : "no_own_picture")}</p>
        </div>
      )}
      <span class="caption">
        <Lock aria-hidden="true" />
        <span>{t("test_private")}</span>
      </span>
    </PictureFrame>
  );
}

interface RowProps {
  icon: typeof Camera;
  title: string;
  result: Result;
  level?: number | null;
  testid: string;
  /** What there is to do. */
  children?: ComponentChildren;
}

function Row({ icon: Icon, title, result, level, testid, children }: RowProps) {
  return (
    <div class="result" data-testid={testid} data-mark={result.mark ?? "unknown"}>
      <span class="result-icon" aria-hidden="true">
        <Icon />
      </span>
      <div>
        <h2>{title}</h2>
        <p class="soft">
          {t(result.key)}
          {result.hint && ` ${t(result.hint)}`}
          {level != null && <LevelBars dbfs={level} />}
        </p>
        {children}
      </div>
      {result.mark && <MarkOf mark={result.mark} />}
    </div>
  );
}

function MarkOf({ mark }: { mark: Mark }) {
  switch (mark) {
    case "works":
    case "heard":
      return <span class="mark good">{t(`mark_${mark}`)}</span>;
    case "trouble":
    case "not_heard":
      return <span class="mark to-do">{t(`mark_${mark}`)}</span>;
    default:
      return <span class={`mark ${mark}`}>{t(`level_${mark}`)}</span>;
  }
}
