import { Archive } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { timeOfDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import type { Session } from "../../lib/types";
import {
  announce,
  Button,
  ChatButton,
  ChatHint,
  ChatPanel,
  type ChatWords,
  firstName,
} from "../../ui";
import { api } from "../api";
import { useAction, useLoad } from "../hooks";
import { chatView, conversation } from "../state/chat";
import { Ask } from "./ask";
import { Trouble } from "./trouble";

function words(session: Session, kept: boolean): ChatWords {
  const name = firstName(session.patient_name);
  return {
    title: t("chat.title", { name }),
    lead: t(kept ? "chat.kept" : "chat.lead", { name }),
    empty: t(isHere(session) ? "chat.empty" : "chat.empty_absent", { name }),
    field: t("chat.field"),
    send: t("chat.send"),
    sending: t("chat.sending"),
    failed: t("chat.failed"),
    again: t("chat.again"),
    close: t("chat.close"),
    me: t("chat.me"),
    them: name,
    unread: (n) => t("chat.unread", { n }),
    left: (n) => t("chat.left", { n }),
    time: timeOfDay,
  };
}

function isHere(session: Session): boolean {
  return session.patient_present || session.patient_reconnecting || session.gate_open;
}

interface Props {
  session: Session;
  open: boolean;
  onOpen: (open: boolean) => void;
}

/** The button that opens the chat; a new message is said to those who do not see it. */
export function OpenChat({ session, open, onOpen }: Props) {
  const { unread, kept } = chatView.value;
  const before = useRef(0);
  const name = firstName(session.patient_name);
  useEffect(() => {
    if (unread > before.current) announce(t("chat.arrived", { name }));
    before.current = unread;
  }, [unread]);
  return (
    <ChatButton
      unread={unread}
      open={open}
      words={words(session, kept)}
      onClick={() => onOpen(!open)}
    />
  );
}

/** The newest message while the chat is closed. */
export function ChatNews({ session, open, onOpen }: Props) {
  if (open) return null;
  const view = chatView.value;
  return <ChatHint view={view} words={words(session, view.kept)} onClick={() => onOpen(true)} />;
}

/** The chat beside the page. */
export function ChatAside({ session, onClose }: { session: Session; onClose: () => void }) {
  const view = chatView.value;
  return (
    <ChatPanel
      view={view}
      words={words(session, view.kept)}
      onSay={conversation.say}
      onAgain={conversation.again}
      onLook={conversation.look}
      onClose={onClose}
    >
      {!view.kept && view.lines.length > 0 && <KeepButton session={session} />}
    </ChatPanel>
  );
}

function KeepButton({ session }: { session: Session }) {
  const [asking, setAsking] = useState(false);
  const { busy, error, run } = useAction();
  const name = firstName(session.patient_name);
  return (
    <>
      <Button
        kind="quiet"
        size="compact"
        icon={Archive}
        data-testid="chat-keep"
        onClick={() => setAsking(true)}
      >
        {t("chat.keep")}
      </Button>
      <Trouble error={error} name={name} />
      {asking && (
        <Ask
          title={t("chat.keep_title")}
          text={t("chat.keep_text", { name })}
          yes={t("chat.keep_yes")}
          kind="primary"
          busy={busy}
          onNo={() => setAsking(false)}
          onYes={() => void run(() => api.keepChat(session.id)).then(() => setAsking(false))}
        />
      )}
    </>
  );
}

/** What was kept of a session that has ended; nothing where nothing was. */
export function KeptChat({ session }: { session: Session }) {
  const { data } = useLoad(() => api.chat(session.id), session.id);
  if (!data?.kept) return null;
  const name = firstName(session.patient_name);
  return (
    <section class="card padded kept-chat" data-testid="kept-chat">
      <h2 class="label">{t("chat.kept_title")}</h2>
      <dl>
        {data.messages.map((message) => (
          <div key={message.number}>
            <dt class="small soft num">
              {message.author === "therapist" ? t("chat.me") : name} · {timeOfDay(message.sent_at)}
            </dt>
            <dd>{message.text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
