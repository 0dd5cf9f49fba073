import { t } from "../../i18n/patient";
import { Picture } from "../../ui";

/** The patient's own picture, as in a mirror. */
export function OwnPicture({ track }: { track: MediaStreamTrack }) {
  return (
    <Picture track={track} mirrored aria-label={t("own_picture")} data-testid="self-view-video" />
  );
}
