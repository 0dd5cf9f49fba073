import { MessageCircle, SendHorizontal, X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type ChatLine, type ChatView, TEXT_MAX } from "../lib/chat";
import { Button, IconButton } from "./button";
import { useEscape } from "./hooks";

/** Fewer characters than this are left: say how many. */
const COUNT_FROM = 200;

/** A chat's words, in the language and for the side of the page. */
export interface ChatWords {
  title: string;
  /** Who reads it, and how long it stays. */
  lead: string;
  empty: string;
  field: string;
  send: string;
  sending: string;
  failed: string;
  again: string;
  close: string;
  me: string;
  them: string;
  unread(n: number): string;
  left(n: number): string;
  time(iso: string): string;
}

interface ChatPanelProps {
  view: ChatView;
  words: ChatWords;
  class?: string;
  onSay(text: string): void;
  onAgain(id: string): void;
  onLook(looking: boolean): void;
  onClose(): void;
  /** Between the messages and the field: a button to keep them, a note. */
  children?: ComponentChildren;
}

/** The messages, newest last, and a field to write in. Esc closes it. */
export function ChatPanel(props: ChatPanelProps) {
  const { view, words, onLook } = props;
  const heading = useId();
  const panel = useRef<HTMLElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEscape(props.onClose);
  useEffect(() => {
    onLook(true);
    return () => onLook(false);
  }, []);
  useLayoutEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [view.lines.length]);
  const again = (id: string) => {
    props.onAgain(id);
    // Its button goes away with the failure.
    panel.current?.querySelector("textarea")?.focus();
  };
  return (
    <aside
      ref={panel}
      class={["chat", props.class].filter(Boolean).join(" ")}
      aria-labelledby={heading}
      data-testid="chat"
    >
      <header class="row">
        <h2 class="grow" id={heading}>
          {words.title}
        </h2>
        <IconButton icon={X} label={words.close} onClick={props.onClose} />
      </header>
      <p class="small soft" data-testid="chat-lead">
        {words.lead}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys. */}
      <div class="chat-lines" ref={list} role="log" aria-live="polite" tabIndex={0}>
        {view.lines.length === 0 && <p class="soft small">{words.empty}</p>}
        <ol>
          {view.lines.map((line) => (
            <Line key={line.id} line={line} words={words} onAgain={again} />
          ))}
        </ol>
      </div>
      {props.children}
      <Writing words={words} onSay={props.onSay} />
    </aside>
  );
}

interface LineProps {
  line: ChatLine;
  words: ChatWords;
  onAgain(id: string): void;
}

function Line({ line, words, onAgain }: LineProps) {
  return (
    <li class={line.mine ? "chat-line mine" : "chat-line"} data-state={line.state}>
      <span class="chat-who small soft">
        {line.mine ? words.me : words.them}
        {line.sentAt && <span class="num"> · {words.time(line.sentAt)}</span>}
        {line.state === "sending" && ` · ${words.sending}`}
      </span>
      <p class="chat-text" data-testid="chat-text">
        {line.text}
      </p>
      {line.state === "failed" && (
        <span class="chat-failed" role="alert">
          {words.failed}
          <Button size="compact" data-testid="chat-again" onClick={() => onAgain(line.id)}>
            {words.again}
          </Button>
        </span>
      )}
    </li>
  );
}

/** Enter sends, with Shift it is a new line; a keyboard that composes a letter keeps its Enter. */
function Writing({ words, onSay }: { words: ChatWords; onSay: (text: string) => void }) {
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  useLayoutEffect(() => field.current?.focus({ preventScroll: true }), []);
  const send = () => {
    if (!text.trim()) return;
    onSay(text);
    setText("");
    field.current?.focus();
  };
  const left = TEXT_MAX - text.length;
  return (
    <form
      class="chat-write"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label class="only-heard" for={id}>
        {words.field}
      </label>
      <textarea
        ref={field}
        id={id}
        class="input"
        rows={2}
        maxLength={TEXT_MAX}
        placeholder={words.field}
        value={text}
        data-testid="chat-field"
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <Button
        kind="primary"
        type="submit"
        icon={SendHorizontal}
        aria-label={words.send}
        disabled={!text.trim()}
        data-testid="chat-send"
      >
        <span class="chat-send-word">{words.send}</span>
      </Button>
      {left < COUNT_FROM && <span class="small soft num chat-left">{words.left(left)}</span>}
    </form>
  );
}

interface ChatButtonProps {
  unread: number;
  open: boolean;
  words: ChatWords;
  onClick(): void;
}

/** Opens and closes the chat; says how many messages are new. */
export function ChatButton({ unread, open, words, onClick }: ChatButtonProps) {
  const label = unread > 0 ? `${words.title}: ${words.unread(unread)}` : words.title;
  return (
    <span class="chat-opener">
      <IconButton
        icon={MessageCircle}
        label={label}
        class={open ? "on" : ""}
        aria-expanded={open}
        data-testid="toggle-chat"
        onClick={onClick}
      />
      {unread > 0 && (
        <span class="chat-count num" aria-hidden="true" data-testid="chat-unread">
          {unread}
        </span>
      )}
    </span>
  );
}

/** The newest message that nobody has looked at, over the picture: a press opens the chat. */
export function ChatHint({
  view,
  words,
  onClick,
}: Pick<ChatPanelProps, "view" | "words"> & { onClick(): void }) {
  const newest = view.lines.findLast((line) => !line.mine);
  if (view.unread === 0 || !newest) return null;
  return (
    <button type="button" class="pill chat-hint said" data-testid="chat-hint" onClick={onClick}>
      <MessageCircle aria-hidden="true" />
      <span class="cut">
        <strong>{words.them}</strong> {newest.text}
      </span>
    </button>
  );
}
