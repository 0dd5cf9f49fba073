import { t } from "../../i18n/therapist";
import { SearchField } from "../../ui";
import { api } from "../api";
import { useTitle } from "../hooks";
import { NewSessionButton } from "../parts/begin";
import { ExportButton } from "../parts/export-sessions";
import { Paged, usePagedList } from "../parts/paged";
import { SessionRows } from "../parts/session-rows";
import { TabsOfSessions } from "../parts/session-tabs";
import { keepSearch, searchText } from "../state/searches";
import { asTheyStand, endedSessions, openSessions } from "../state/sessions";

/** All sessions, open ones first as they stand this moment. */
export function SessionsPage() {
  useTitle(t("sessions.title"));
  const text = searchText("sessions");
  const list = usePagedList(api.sessions, whichSessions(), text);
  const { items, search } = list.listed.value;
  const found = asTheyStand(items ?? [], search === "");
  return (
    <>
      <header class="page-head left">
        <NewSessionButton />
        <h1>{t("sessions.title")}</h1>
      </header>
      <TabsOfSessions />
      <div class="stack wide-gap">
        <div class="row wrap search-row">
          <SearchField
            label={t("sessions.search")}
            value={text}
            onText={(typed) => {
              keepSearch("sessions", typed);
              list.type(typed);
            }}
            data-testid="search-sessions"
          />
          <ExportButton />
        </div>
        <Paged list={list} none={found.length > 0 ? null : noSessions}>
          {found.length > 0 && <SessionRows sessions={found} />}
        </Paged>
      </div>
    </>
  );
}

function noSessions(search: string): string {
  return search ? t("sessions.none_found", { text: search }) : t("sessions.none");
}

/** Changes when a session opens or ends: then the list has to be loaded anew. */
function whichSessions(): string {
  const open = (openSessions.value ?? []).map(({ id }) => id).sort();
  return [...open, endedSessions.value.length].join(" ");
}
