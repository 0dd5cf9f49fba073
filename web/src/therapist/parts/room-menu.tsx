import { ChevronsRight } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { firstName, IconButton, useEscape } from "../../ui";

import { ConnectionMenu } from "./connection";
import { DeviceChoosers, DeviceTrouble } from "./devices";
import { FirstMenu } from "./first-menu";
import { LinkBox } from "./link-box";
import { PictureSwitches } from "./picture-switches";
import { SettingSwitches } from "./setting";

/** The `<<` side menu: what the patient sees, devices, line, link. Esc closes it. */
export function RoomMenu({ session, onClose }: { session: Session; onClose: () => void }) {
  const close = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    close.current?.querySelector("button")?.focus();
  }, []);
  useEscape(onClose);
  const { patient_id, patient_name } = session;
  return (
    <aside class="room-menu" aria-label={t("room.menu")} data-testid="room-menu-panel">
      <div class="row" ref={close}>
        <h2 class="grow">{t("room.menu")}</h2>
        <IconButton icon={ChevronsRight} label={t("room.menu_close")} onClick={onClose} />
      </div>
      <FirstMenu session={session} />
      <MenuSection title={t("room.what_sees", { name: firstName(patient_name) })}>
        <SettingSwitches
          patientId={patient_id}
          name={patient_name}
          pushed={session.setting}
          soundFirst={session.sound_first}
          short
        />
      </MenuSection>
      <MenuSection title={t("room.devices")}>
        <DeviceChoosers stacked />
        <DeviceTrouble />
      </MenuSection>
      <MenuSection title={t("picture.title")}>
        <PictureSwitches session={session} />
      </MenuSection>
      <MenuSection title={t("room.connection")}>
        <ConnectionMenu session={session} />
      </MenuSection>
      <MenuSection title={t("room.link")}>
        <LinkBox patientId={patient_id} name={patient_name} />
      </MenuSection>
    </aside>
  );
}

function MenuSection({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="stack">
      <h3 class="label">{title}</h3>
      {children}
    </section>
  );
}
