import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Switch, WindowTools } from "../../ui";
import { device, devicesState } from "../state/place";
import { SoundFirstSwitch } from "./weak-line";

/** What the therapist may do with the pictures: with both, and with her own. */
export function PictureSwitches({ session }: { session: Session }) {
  const blur = devicesState.value?.blur ?? null;
  return (
    <>
      <SoundFirstSwitch session={session} />
      {blur !== null && (
        <Switch
          label={t("picture.blur")}
          hint={t("picture.blur_hint")}
          on={blur}
          data-testid="blur"
          onChange={device.setBlur}
        />
      )}
      <WindowTools
        picture={() => document.querySelector<HTMLVideoElement>(".stage .remote video")}
        words={{
          small: t("picture.small"),
          full: t("picture.full"),
          leaveFull: t("picture.leave_full"),
        }}
      />
    </>
  );
}
