import { Mic, MicOff, VideoOff } from "lucide-preact";
import { t } from "../../i18n/therapist";
import { LevelBars, Picture, PictureFrame } from "../../ui";
import { ownPassage } from "../line-words";
import { FRESH_MS } from "../other-side";
import { callState, devicesState, ownPicture } from "../state/place";

/** One's own picture in the waiting room, and over it what the server says it hears. */
export function OwnPicture() {
  const devices = devicesState.value;
  return (
    <PictureFrame class="own-large">
      <Picture track={ownPicture.value} mirrored data-testid="self-view" />
      {!ownPicture.value && devices?.camera !== "asking" && (
        <div class="picture-empty">
          <VideoOff aria-hidden="true" />
          {t("device.cam_off")}
        </div>
      )}
      {devices?.camera === "asking" && <div class="picture-empty">{t("device.allow_why")}</div>}
      <ServerHears />
    </PictureFrame>
  );
}

/** The level as the media server measured it on the packets that arrived. */
function ServerHears() {
  const call = callState.value;
  const proof = call?.proof ?? null;
  const passage = ownPassage(call);
  const connected = passage === "connected";
  const heard = connected && proof?.heard_age_ms != null && proof.heard_age_ms <= FRESH_MS;
  const Icon = heard ? Mic : MicOff;
  return (
    <span class="caption" data-testid="server-hears" data-heard={heard}>
      <Icon aria-hidden="true" />
      {connected
        ? t(heard ? "wait.hears" : "wait.hears_not")
        : t(passage === "blocked" ? "wait.blocked" : "wait.connecting")}
      <LevelBars dbfs={heard ? (proof?.level_dbfs ?? null) : null} />
    </span>
  );
}
