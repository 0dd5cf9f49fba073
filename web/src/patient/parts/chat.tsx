import { MessageCircle } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";
import { timeOfDay } from "../../i18n/format";
import { t } from "../../i18n/patient";
import { announce, Button, ChatButton, ChatHint, ChatPanel, type ChatWords } from "../../ui";
import { callName, nameAlone } from "../names";
import type { VisitFlow } from "../visit";

type Props = { flow: VisitFlow };

function words(flow: VisitFlow): ChatWords {
  const therapist = callName(flow.who.value);
  return {
    title: t("chat_title_with", { therapist }),
    lead: t(flow.chat.view.value.kept ? "chat_kept" : "chat_lead", { therapist }),
    empty: t("chat_empty"),
    field: t("chat_field"),
    send: t("chat_send"),
    sending: t("chat_sending"),
    failed: t("chat_failed"),
    again: t("chat_again"),
    close: t("chat_close"),
    me: t("chat_me"),
    them: nameAlone(flow.who.value?.therapist_name),
    unread: (n) => t("chat_unread", { n }),
    left: (n) => t("chat_left", { n }),
    time: timeOfDay,
  };
}

/** The chat itself, wherever it stands. */
export function ChatAside({ flow, class: kind }: Props & { class: string }) {
  const opener = useRef<Element | null>(null);
  useEffect(() => {
    opener.current = document.querySelector("[data-testid=toggle-chat], [data-testid=open-chat]");
  }, []);
  const close = () => {
    flow.chat.open.value = false;
    if (opener.current instanceof HTMLElement) opener.current.focus();
  };
  return (
    <ChatPanel
      class={kind}
      view={flow.chat.view.value}
      words={words(flow)}
      onSay={(text) => flow.chat.say(text)}
      onAgain={(id) => flow.chat.again(id)}
      onLook={(looking) => flow.chat.look(looking)}
      onClose={close}
    />
  );
}

/** In the bar of the room. */
export function OpenChat({ flow }: Props) {
  useArrivals(flow);
  const open = flow.chat.open.value ?? false;
  return (
    <ChatButton
      unread={flow.chat.view.value.unread}
      open={open}
      words={words(flow)}
      onClick={() => {
        flow.chat.open.value = !open;
      }}
    />
  );
}

/** Over the picture, while the chat is closed. */
export function ChatNews({ flow }: Props) {
  if (flow.chat.open.value) return null;
  const open = () => {
    flow.chat.open.value = true;
  };
  return <ChatHint view={flow.chat.view.value} words={words(flow)} onClick={open} />;
}

/** In the waiting room: a button, and the chat below it; it opens by itself when a message comes. */
export function WaitingChat({ flow }: Props) {
  useArrivals(flow);
  const open = flow.chat.open.value ?? flow.chat.view.value.lines.length > 0;
  const therapist = callName(flow.who.value);
  if (open) return <ChatAside flow={flow} class="card inline" />;
  return (
    <Button
      icon={MessageCircle}
      wide
      data-testid="open-chat"
      onClick={() => {
        flow.chat.open.value = true;
      }}
    >
      {t("chat_open", { therapist })}
    </Button>
  );
}

/** Say to those who do not see it that a message has come. */
function useArrivals(flow: VisitFlow): void {
  const { unread } = flow.chat.view.value;
  const before = useRef(0);
  useEffect(() => {
    const therapist = callName(flow.who.value);
    if (unread > before.current) announce(t("chat_arrived", { therapist }));
    before.current = unread;
  }, [unread]);
}
