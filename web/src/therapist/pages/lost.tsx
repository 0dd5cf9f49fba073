import { t } from "../../i18n/therapist";
import { useTitle } from "../hooks";

/** An address that means nothing here. */
export function LostPage() {
  useTitle(t("lost.title"));
  return (
    <div class="alone">
      <h1>{t("lost.title")}</h1>
      <p class="soft">{t("lost.text")}</p>
      <a class="btn primary" href="/">
        {t("go.home")}
      </a>
    </div>
  );
}
