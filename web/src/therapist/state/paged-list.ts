import { signal } from "@preact/signals";
import { ApiError } from "../../lib/api";

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null where this is the last. */
  readonly next: string | null;
}

export interface Asked {
  readonly search: string;
  readonly cursor: string | null;
  readonly limit: number;
}

export interface Listed<T> {
  /** What was loaded so far; null before the first answer. */
  readonly items: readonly T[] | null;
  /** What was searched for to find these. */
  readonly search: string;
  readonly next: string | null;
  readonly busy: boolean;
  readonly error: unknown;
  /** It was a further page that failed: the error belongs to the end of the list. */
  readonly atEnd: boolean;
}

const PAGE = 50;
/** A reload asks for all that was shown, up to what control gives at once. */
const LARGEST_PAGE = 200;
/** What control takes, in characters. */
const LONGEST_SEARCH = 200;
/** Typing pauses this long before control is asked, in milliseconds. */
export const PAUSE_MS = 200;

/**
 * A list that control searches and gives in pages. The last question wins: an answer to an older
 * one is passed over, however late it comes.
 */
export class PagedList<T extends { readonly id: string }> {
  readonly listed = signal<Listed<T>>({
    items: null,
    search: "",
    next: null,
    busy: false,
    error: null,
    atEnd: false,
  });
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failed: (() => void) | null = null;

  constructor(
    private readonly load: (asked: Asked) => Promise<Page<T>>,
    private search = "",
  ) {}

  /** Search for what is typed, once typing pauses. */
  type(text: string): void {
    this.search = text.slice(0, LONGEST_SEARCH);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.first(PAGE), PAUSE_MS);
  }

  /** Load from the beginning, as much as is shown. */
  reload(): void {
    const shown = this.listed.peek().items?.length ?? 0;
    this.first(Math.min(Math.max(shown, PAGE), LARGEST_PAGE));
  }

  /** Load the next page, if there is one and nothing else is under way. */
  more(): void {
    const { search, next, busy, items } = this.listed.peek();
    if (next === null || busy) return;
    this.ask({ search, cursor: next, limit: PAGE }, items ?? [], () => this.more());
  }

  /** Ask again what failed. */
  retry(): void {
    this.failed?.();
  }

  /** Ask nothing more, and pass over what still comes. */
  close(): void {
    clearTimeout(this.timer);
    this.asked += 1;
  }

  private first(limit: number): void {
    clearTimeout(this.timer);
    this.ask({ search: this.search, cursor: null, limit }, [], () => this.first(limit));
  }

  private ask(asked: Asked, before: readonly T[], again: () => void): void {
    const mine = ++this.asked;
    this.put({ busy: true });
    this.load(asked).then(
      ({ items, next }) => {
        if (mine !== this.asked) return;
        this.failed = null;
        const all = join(before, items);
        this.put({ items: all, search: asked.search, next, busy: false, error: null });
      },
      (error: unknown) => {
        if (mine !== this.asked) return;
        // The list can no longer go on from there: begin anew.
        if (error instanceof ApiError && error.code === "bad_cursor") return this.reload();
        this.failed = again;
        this.put({ busy: false, error, atEnd: asked.cursor !== null });
      },
    );
  }

  private put(part: Partial<Listed<T>>): void {
    this.listed.value = { ...this.listed.peek(), ...part };
  }
}

/** A row that moved between two pages is shown once. */
function join<T extends { readonly id: string }>(before: readonly T[], items: readonly T[]) {
  const known = new Set(before.map(({ id }) => id));
  return [...before, ...items.filter(({ id }) => !known.has(id))];
}
