import { useState } from "preact/hooks";
import { nearDay, timeOfDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { Button, Note } from "../../ui";
import { api, type Consultation } from "../api";
import {
  bars,
  guestName,
  isErasedSoon,
  sentWords,
  stageMore,
  stageNow,
  stageWords,
} from "../consultations";
import { now, useAction, useLoad, useTitle } from "../hooks";
import { Ask } from "../parts/ask";
import { NewSessionButton } from "../parts/begin";
import { Decide } from "../parts/decide";
import { SendAgain, StartFirstButton } from "../parts/first-dialog";
import { OpenWaitingRoomIcon } from "../parts/open-waiting-room";
import { SessionTabs } from "../parts/session-tabs";
import { StartButton } from "../parts/start-button";
import { type Column, Table } from "../parts/table";
import { Trouble } from "../parts/trouble";
import { consultationsChanged, consultationsKey } from "../state/consultations";
import { messagesTo } from "../state/messages";
import { isWaiting, sessionOf } from "../state/sessions";

/** FIRST CONSULTATIONS: people who are not patients yet, and what becomes of them. */
export function ConsultationsPage() {
  useTitle(t("first.tab"));
  const { data, error, reload } = useLoad(api.consultations, consultationsKey());
  const all = data?.items ?? [];
  const soon = all.filter((one) => isErasedSoon(one, now.value)).length;
  return (
    <>
      <header class="page-head left">
        <NewSessionButton />
        <h1>{t("sessions.title")}</h1>
      </header>
      <SessionTabs on="consultations" count={all.length} />
      <div class="stack wide-gap">
        <div class="row wrap first-head">
          <p class="soft small grow">{t("first.lead")}</p>
          <StartFirstButton />
        </div>
        {soon > 0 && <Note>{t("first.soon", { n: soon })}</Note>}
        <Trouble error={error} onRetry={reload} />
        {all.length > 0 && <List all={all} />}
        {data && all.length === 0 && <p class="card empty">{t("first.none")}</p>}
        {all.length > 0 && <p class="soft small">{t("first.kept")}</p>}
      </div>
    </>
  );
}

function List({ all }: { all: readonly Consultation[] }) {
  return (
    <Table
      label={t("first.tab")}
      columns={columns()}
      rows={all}
      dayOf={(one) => one.sent_at}
      markOf={markOf}
      data-testid="first-row"
    />
  );
}

function markOf(one: Consultation): string | null {
  const stage = stageOf(one);
  if (stage === "in_contact") return "talks";
  return stage === "waiting" ? "waits" : null;
}

const stageOf = (one: Consultation) => stageNow(one, sessionOf(one.id));

function columns(): Column<Consultation>[] {
  return [
    { title: t("first.col_who"), cell: (one) => <Who one={one} /> },
    {
      title: t("first.col_made"),
      kind: "soft",
      told: true,
      cell: (one) => timeOfDay(one.sent_at),
    },
    { title: t("first.col_state"), cell: (one) => <State one={one} /> },
    {
      title: t("first.col_do"),
      kind: "wide",
      untitled: true,
      cell: (one) => <Actions one={one} />,
    },
    {
      title: t("first.open_room"),
      kind: "door",
      untitled: true,
      cell: (one) => <Door one={one} />,
    },
  ];
}

function Who({ one }: { one: Consultation }) {
  return (
    <>
      <span class={one.name ? "name" : "name soft"}>{one.name || t("first.no_name")}</span>
      {one.note && <span class="sub">{one.note}</span>}
    </>
  );
}

function State({ one }: { one: Consultation }) {
  const stage = stageOf(one);
  const more = stageMore(one, stage);
  const soon = isErasedSoon(one, now.value);
  return (
    <span class="first-state" data-testid="first-stage" data-stage={stage}>
      <Bars full={bars(stage)} waits={stage === "waiting"} />
      <span>
        <span class={stage === "waiting" ? "clay" : undefined}>{stageWords(stage)}</span>
        {more && <span class="sub num">{more}</span>}
        {stage === "unopened" && <SentLine one={one} />}
        {one.session_id === null && (soon || !isUnderWay(stage)) && (
          <span class={soon ? "sub num clay" : "sub num"}>
            {t(soon ? "first.erased_soon" : "first.erased_on", { date: nearDay(one.erase_at) })}
          </span>
        )}
      </span>
    </span>
  );
}

/** What became of the link that was sent, as long as nobody has opened it. */
function SentLine({ one }: { one: Consultation }) {
  const sent = sentWords(one, messagesTo(one.id, one.sent ? [one.sent] : [])[0]);
  if (!sent) return null;
  return (
    <span class={sent.failed ? "sub clay" : "sub"} data-testid="first-sent" role="status">
      {sent.text}
    </span>
  );
}

/** The link still works, and nobody has been met: when it would be erased is no news yet. */
function isUnderWay(stage: Consultation["stage"]): boolean {
  return stage === "unopened" || stage === "opened";
}

/** Link made, opened, in the waiting room, met: the word beside says the same. */
function Bars({ full, waits }: { full: number; waits: boolean }) {
  return (
    <span class="steps" aria-hidden="true">
      {[1, 2, 3, 4].map((each) => (
        <b key={each} class={stepClass(each, full, waits)} />
      ))}
    </span>
  );
}

function stepClass(each: number, full: number, waits: boolean): string | undefined {
  if (each > full) return undefined;
  return waits && each === full ? "now" : "on";
}

function Door({ one }: { one: Consultation }) {
  const stage = stageOf(one);
  const isOver = stage === "expired" || stage === "withdrawn";
  return isOver ? null : <OpenWaitingRoomIcon patientId={one.id} name={guestName(one)} />;
}

function Actions({ one }: { one: Consultation }) {
  const stage = stageOf(one);
  const session = sessionOf(one.id);
  const name = guestName(one);
  const met = one.met_at !== null;
  return (
    <span class="row wrap first-actions">
      {session && isWaiting(session) && <StartButton session={session} />}
      {stage === "unopened" && <Again one={one} />}
      {(stage === "unopened" || stage === "opened") && <Withdraw one={one} />}
      <NewLink
        one={one}
        offered={stage === "opened" || stage === "expired" || stage === "withdrawn"}
      />
      {met || stage === "expired" || stage === "withdrawn" ? (
        <Decide id={one.id} name={name} withAdd={met} withLater={stage === "met"} compact />
      ) : null}
    </span>
  );
}

function Again({ one }: { one: Consultation }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        kind="quiet"
        size="compact"
        aria-label={t("first.again_for", { name: guestName(one) })}
        data-testid="first-again"
        onClick={() => setOpen(true)}
      >
        {t("first.again")}
      </Button>
      {open && <SendAgain one={one} onClose={() => setOpen(false)} />}
    </>
  );
}

/**
 * The old link stops working; the dialog then has the new one.
 *
 * @param offered Whether there is a button: none beside a new link, whose dialog is still open.
 */
function NewLink({ one, offered }: { one: Consultation; offered: boolean }) {
  const [step, setStep] = useState<"ask" | "send" | null>(null);
  const { busy, error, run, clear } = useAction(one.id);
  const renew = async () => {
    const made = await run(() => api.renewInvitation(one.id));
    setStep(made ? "send" : null);
    if (made) consultationsChanged();
  };
  return (
    <>
      {offered && (
        <Button
          kind="quiet"
          size="compact"
          disabled={busy}
          aria-label={t("first.new_link_for", { name: guestName(one) })}
          data-testid="first-new-link"
          onClick={() => (one.claimed_at ? setStep("ask") : void renew())}
        >
          {t("first.new_link")}
        </Button>
      )}
      <Trouble error={error} onClose={clear} />
      {step === "ask" && (
        <Ask
          title={t("first.new_title")}
          text={t("first.new_text")}
          yes={t("first.new_link")}
          busy={busy}
          onNo={() => setStep(null)}
          onYes={() => void renew()}
        />
      )}
      {step === "send" && <SendAgain one={one} onClose={() => setStep(null)} />}
    </>
  );
}

function Withdraw({ one }: { one: Consultation }) {
  const [asking, setAsking] = useState(false);
  const { busy, error, run, clear } = useAction(one.id);
  const withdraw = async () => {
    await run(() => api.revokeInvitation(one.id));
    setAsking(false);
    consultationsChanged();
  };
  return (
    <>
      <Button
        kind="quiet"
        size="compact"
        aria-label={t("first.withdraw_for", { name: guestName(one) })}
        data-testid="first-withdraw"
        onClick={() => setAsking(true)}
      >
        {t("first.withdraw")}
      </Button>
      <Trouble error={error} onClose={clear} />
      {asking && (
        <Ask
          title={t("first.withdraw_title")}
          text={t("first.withdraw_text")}
          yes={t("first.withdraw")}
          busy={busy}
          onNo={() => setAsking(false)}
          onYes={() => void withdraw()}
        />
      )}
    </>
  );
}
