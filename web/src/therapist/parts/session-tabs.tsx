import { t } from "../../i18n/therapist";
import { api } from "../api";
import { useLoad } from "../hooks";
import { CONSULTATIONS } from "../routes";
import { consultationsKey } from "../state/consultations";

type Tab = "sessions" | "consultations";

/** SESSIONS · FIRST CONSULTATIONS; the number says how many are undecided. */
export function SessionTabs({ on, count }: { on: Tab; count: number }) {
  return (
    <nav class="tabs" aria-label={t("first.tabs")}>
      <a class="tab" href="/sessions" aria-current={on === "sessions" ? "page" : undefined}>
        {t("first.tab_sessions")}
      </a>
      <a
        class="tab"
        href={CONSULTATIONS}
        aria-current={on === "consultations" ? "page" : undefined}
        data-testid="tab-consultations"
      >
        {t("first.tab")}
        {count > 0 && (
          <span class="count num">
            <span aria-hidden="true">{count}</span>
            <span class="only-heard">{t("first.undecided", { n: count })}</span>
          </span>
        )}
      </a>
    </nav>
  );
}

/** The same where the list itself is not shown. */
export function TabsOfSessions() {
  const { data } = useLoad(api.consultations, consultationsKey());
  return <SessionTabs on="sessions" count={data?.items.length ?? 0} />;
}
