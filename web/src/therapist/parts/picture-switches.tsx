import { t } from "../../i18n/therapist";
import { Switch, WindowTools } from "../../ui";
import { device, devicesState, setSoundOnly, soundOnly } from "../state/place";

/** What the therapist may do with the pictures: for her own side alone. */
export function PictureSwitches({ name }: { name: string }) {
  const blur = devicesState.value?.blur ?? null;
  return (
    <>
      <Switch
        label={t("picture.sound_only")}
        hint={t("picture.sound_only_hint", { name })}
        on={soundOnly.value}
        data-testid="sound-only"
        onChange={setSoundOnly}
      />
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
