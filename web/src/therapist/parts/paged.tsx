import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { announce, Button } from "../../ui";
import { useRetry } from "../hooks";
import { asMe } from "../state/account";
import { type Asked, type Page, PagedList } from "../state/paged-list";
import { Trouble } from "./trouble";

const ROW = "li, tbody tr:not(.day), .pick-row";

/** A list of this page's own; loaded when the page opens, and again whenever `key` changes. */
export function usePagedList<T extends { readonly id: string }>(
  load: (asked: Asked) => Promise<Page<T>>,
  key: unknown = null,
  search = "",
): PagedList<T> {
  const list = useMemo(() => new PagedList<T>((asked) => asMe(load(asked)), search), []);
  useEffect(() => list.reload(), [key]);
  useEffect(() => () => list.close(), []);
  useRetry(list.listed.value.error, () => list.retry());
  return list;
}

interface PagedProps<T extends { readonly id: string }> {
  list: PagedList<T>;
  /** Rows to show; more than the list's own where the page knows of more. */
  children: ComponentChildren;
  /** Said where there are no rows: nothing at all, or nothing that matches `search`. */
  none: ((search: string) => string) | null;
}

/** Rows of a list, what went wrong with a way to try again, and the way to the next page. */
export function Paged<T extends { readonly id: string }>(props: PagedProps<T>) {
  const { list, children, none } = props;
  const { items, search, next, busy, error, atEnd } = list.listed.value;
  const rows = useRef<HTMLDivElement>(null);
  useRowsAnnounced(list, none);
  const focusNext = useFocusOnNewRows(rows, busy);
  const trouble = <Trouble error={error} onRetry={() => list.retry()} />;
  return (
    <div class="paged" ref={rows} aria-busy={busy}>
      {!atEnd && trouble}
      {children}
      {items && none && <p class="soft">{none(search)}</p>}
      {atEnd && trouble}
      {error === null && next !== null && (
        <Button
          data-testid="list-more"
          aria-disabled={busy}
          onClick={() => {
            focusNext();
            list.more();
          }}
        >
          {t("list.more")}
        </Button>
      )}
    </div>
  );
}

/** Say how many there are after a search or a further page; who sees the rows needs no word. */
function useRowsAnnounced<T extends { readonly id: string }>(
  list: PagedList<T>,
  none: PagedProps<T>["none"],
): void {
  const { items, search } = list.listed.value;
  const before = useRef<{ search: string; n: number } | null>(null);
  useEffect(() => {
    if (items === null) return;
    const old = before.current;
    before.current = { search, n: items.length };
    const asked = old !== null && (old.search !== search || items.length > old.n);
    if (asked) announce(none ? none(search) : t("list.shown", { n: items.length }));
  }, [items]);
}

/** After "Show more" the keyboard goes on at the first new row, also when the button is gone. */
function useFocusOnNewRows(
  rows: { readonly current: HTMLElement | null },
  busy: boolean,
): () => void {
  const from = useRef<number | null>(null);
  useEffect(() => {
    if (busy || from.current === null) return;
    const row = rows.current?.querySelectorAll(ROW)[from.current];
    from.current = null;
    row?.querySelector<HTMLElement>("a, input, button")?.focus();
  }, [busy]);
  return () => {
    from.current = rows.current?.querySelectorAll(ROW).length ?? null;
  };
}
