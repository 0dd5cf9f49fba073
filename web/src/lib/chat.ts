/**
 * One side of a chat: what was written, what is on its way, what did not arrive.
 *
 * Control pushes only that there is something new; what it is, is asked for. A message goes by
 * HTTP, so that its answer says whether it arrived; sent again, it keeps its id and is not doubled.
 */
import { ApiError } from "./api";
import { reconnectDelay } from "./backoff";
import { browserEnvironment, type Environment } from "./environment";
import type { Chat as ChatAnswer, ChatMessage, ChatState, Role } from "./types";

/** What control takes, in characters. */
export const TEXT_MAX = 2_000;

export type ChatCalls = {
  read(after: number): Promise<ChatAnswer>;
  write(message: { id: string; text: string }): Promise<ChatMessage>;
};

export type ChatLine = {
  readonly id: string;
  readonly mine: boolean;
  readonly text: string;
  /** ISO 8601, by the server once it has it; null before. */
  readonly sentAt: string | null;
  readonly state: "sent" | "sending" | "failed";
};

export type ChatView = {
  readonly lines: readonly ChatLine[];
  /** Messages of the other side that nobody has looked at. */
  readonly unread: number;
  /** The therapist keeps the conversation. */
  readonly kept: boolean;
};

export const NO_CHAT: ChatView = { lines: [], unread: 0, kept: false };

export class Chat {
  private current = NO_CHAT;
  private sent: ChatMessage[] = [];
  private own: ChatLine[] = [];
  /** Of which conversation, and up to which number, the messages are here. */
  private known: { id: string | null; last: number } = { id: null, last: 0 };
  private wanted: ChatState | null = null;
  private kept = false;
  private read = new Set<string>();
  private looking = false;
  private asking = false;
  private failures = 0;
  private stopped = false;
  private cancelRetry: (() => void) | null = null;

  constructor(
    private readonly me: Role,
    private readonly calls: ChatCalls,
    private readonly onChange: (view: ChatView) => void,
    private readonly env: Environment = browserEnvironment,
    private readonly newId: () => string = () => crypto.randomUUID(),
  ) {}

  get view(): ChatView {
    return this.current;
  }

  /** Ask for what was written before this page came. */
  start(): void {
    void this.ask();
  }

  stop(): void {
    this.stopped = true;
    this.cancelRetry?.();
  }

  /** What control has pushed of the chat. */
  follow(state: ChatState): void {
    this.wanted = state;
    const isNew = state.id !== null && (state.id !== this.known.id || state.last > this.known.last);
    if (isNew) void this.ask();
    else if (state.id !== null && state.kept !== this.kept) {
      this.kept = state.kept;
      this.show();
    }
  }

  /** Whether the person has the chat before them: nothing is unread then. */
  look(looking: boolean): void {
    this.looking = looking;
    this.show();
  }

  say(text: string): void {
    const trimmed = text.trim().slice(0, TEXT_MAX);
    if (!trimmed) return;
    const id = this.newId();
    this.own.push({ id, mine: true, text: trimmed, sentAt: null, state: "sending" });
    void this.deliver(id, trimmed);
  }

  /** The click on "Send again". */
  again(id: string): void {
    const line = this.own.find((one) => one.id === id && one.state === "failed");
    if (line) void this.deliver(id, line.text);
  }

  private async deliver(id: string, text: string): Promise<void> {
    this.mark(id, "sending");
    try {
      this.take([await this.calls.write({ id, text })]);
    } catch {
      this.mark(id, "failed");
    }
  }

  private mark(id: string, state: ChatLine["state"]): void {
    this.own = this.own.map((line) => (line.id === id ? { ...line, state } : line));
    this.show();
  }

  private async ask(): Promise<void> {
    if (this.asking || this.stopped) return;
    this.asking = true;
    this.cancelRetry?.();
    try {
      const { id, last } = this.known;
      const after = this.wanted === null || this.wanted.id === id ? last : 0;
      this.takeAnswer(await this.calls.read(after), after);
      this.failures = 0;
    } catch (error) {
      if (!(error instanceof ApiError) || error.passing) this.askLater();
      return;
    } finally {
      this.asking = false;
    }
    if (this.wanted) this.follow(this.wanted);
  }

  private takeAnswer(answer: ChatAnswer, after: number): void {
    const isOther = answer.id !== this.known.id;
    if (isOther && after > 0) {
      this.known = { id: answer.id, last: 0 };
      this.askLater();
      return;
    }
    // What a restart of control has lost stays on this page; what is kept comes back from there.
    if (isOther && answer.kept) this.sent = [];
    const last = answer.messages.at(-1)?.number ?? (isOther ? 0 : this.known.last);
    this.known = { id: answer.id, last };
    this.kept = answer.kept;
    this.take(answer.messages);
  }

  private askLater(): void {
    this.cancelRetry?.();
    const delay = reconnectDelay(this.failures++, this.env.random());
    this.cancelRetry = this.env.after(delay, () => void this.ask());
  }

  private take(messages: readonly ChatMessage[]): void {
    const has = (message: ChatMessage) => this.sent.some((one) => same(one, message));
    this.sent = [...this.sent, ...messages.filter((message) => !has(message))].sort(
      (a, b) => Date.parse(a.sent_at) - Date.parse(b.sent_at) || a.number - b.number,
    );
    const arrived = new Set(this.sent.filter((one) => one.author === this.me).map(({ id }) => id));
    this.own = this.own.filter((line) => !arrived.has(line.id));
    this.show();
  }

  private show(): void {
    if (this.stopped) return;
    const others = this.sent.filter((message) => message.author !== this.me);
    if (this.looking) for (const { id } of others) this.read.add(id);
    const lines = this.sent.map(
      ({ id, author, text, sent_at }): ChatLine => ({
        id: `${author} ${id}`,
        mine: author === this.me,
        text,
        sentAt: sent_at,
        state: "sent",
      }),
    );
    this.current = {
      lines: [...lines, ...this.own],
      unread: others.filter(({ id }) => !this.read.has(id)).length,
      kept: this.kept,
    };
    this.onChange(this.current);
  }
}

function same(one: ChatMessage, other: ChatMessage): boolean {
  return one.id === other.id && one.author === other.author;
}
