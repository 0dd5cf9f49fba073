import type { ComponentChildren } from "preact";
import { t } from "../../i18n/therapist";
import { LoginFrame as Frame } from "../../ui/login-frame";

/** The therapist's page of somebody who is not logged in. */
export function LoginFrame({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <Frame title={title} lead={t("login.lead")}>
      {children}
    </Frame>
  );
}
