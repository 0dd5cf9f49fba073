import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import { Button, SearchField } from "../../ui";
import { api } from "../api";
import { useLoad, useTitle } from "../hooks";
import { PickPatient } from "../parts/pick-patient";
import { SessionRows } from "../parts/session-rows";
import { Trouble } from "../parts/trouble";
import { matches } from "../search";
import { endedSessions, openSessions } from "../state/sessions";

/** All sessions, open ones first as they stand this moment. */
export function SessionsPage() {
  useTitle(t("sessions.title"));
  const [text, setText] = useState("");
  const [picking, setPicking] = useState(false);
  const { data, error, reload } = useLoad(() => api.sessions(), endedSessions.value.length);
  const all = merge(openSessions.value ?? [], data ?? []);
  const found = all.filter((session) => matches(session.patient_name, text));
  return (
    <>
      <header class="page-head left">
        <Button
          kind="primary"
          icon={Plus}
          data-testid="new-session"
          onClick={() => setPicking(true)}
        >
          {t("sessions.new")}
        </Button>
        <h1>{t("sessions.title")}</h1>
      </header>
      <div class="stack wide-gap">
        <SearchField
          label={t("sessions.search")}
          value={text}
          onText={setText}
          data-testid="search-sessions"
        />
        <Trouble error={error} onRetry={reload} />
        {found.length > 0 && <SessionRows sessions={found} />}
        {data && found.length === 0 && (
          <p class="soft">
            {all.length === 0 ? t("sessions.none") : t("sessions.none_found", { text })}
          </p>
        )}
      </div>
      {picking && <PickPatient onClose={() => setPicking(false)} />}
    </>
  );
}

/** Open ones as pushed, then the ended ones as loaded. */
function merge(open: readonly Session[], loaded: readonly Session[]): readonly Session[] {
  const ended = loaded.filter((session) => session.state === "ended");
  const newestFirst = [...open].sort((a, b) => b.opened_at.localeCompare(a.opened_at));
  return [...newestFirst, ...ended];
}
