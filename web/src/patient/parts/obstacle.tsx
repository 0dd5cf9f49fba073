import { t } from "../../i18n/patient";
import { browserKind, inAppBrowser, type Obstacle } from "../../lib/browser";
import { Button, Note, useCopy } from "../../ui";
import { QuietPage } from "./page";

/** What to do where the browser has no camera or microphone to give at all. */
export function ObstacleHelp({ obstacle }: { obstacle: Obstacle }) {
  if (obstacle === "in_app") return <InApp />;
  const insecure = obstacle === "insecure";
  return (
    <QuietPage
      testid={`patient-${obstacle}`}
      title={t(insecure ? "insecure_title" : "unsupported_title")}
      text={t(insecure ? "insecure_text" : "unsupported_text")}
    >
      <CopyLink />
    </QuietPage>
  );
}

/** How to leave the application's own window for a browser. */
function wayOut(): string {
  const ios = browserKind(navigator.userAgent, navigator.maxTouchPoints).platform === "ios";
  return t(ios ? "in_app_ios" : "in_app_android");
}

/** Before Continue, inside an application whose window may or may not have camera and microphone. */
export function InAppHint() {
  const app = inAppBrowser(navigator.userAgent);
  if (app === null) return null;
  return (
    <div class="stack in-app-hint" data-testid="patient-in-app-hint">
      <Note>
        <strong>{app ? t("in_app_hint", { app }) : t("in_app_hint_unknown")}</strong> {wayOut()}
      </Note>
      <CopyLink kind="plain" />
    </div>
  );
}

function InApp() {
  const app = inAppBrowser(navigator.userAgent);
  return (
    <QuietPage
      testid="patient-in-app"
      title={t("in_app_title")}
      text={app ? t("in_app_text", { app }) : t("in_app_unknown")}
    >
      <p>{wayOut()}</p>
      <CopyLink />
    </QuietPage>
  );
}

/** The link still stands in the address: nobody was let in yet. */
export function CopyLink({ kind = "primary" }: { kind?: "primary" | "plain" }) {
  const { copied, failed, copy } = useCopy(location.href, t("copied"));
  return (
    <>
      <Button kind={kind} data-testid="copy-link" onClick={copy}>
        {t(copied ? "copied" : "copy_link")}
      </Button>
      {failed && <p class="link-text">{location.href}</p>}
    </>
  );
}
