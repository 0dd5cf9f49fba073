import { computed, signal } from "@preact/signals";
import { readRoute } from "../routes";

const path = signal(globalThis.location?.pathname ?? "/");

/** The page the address bar means. */
export const route = computed(() => readRoute(path.value));

/** Go to another page of ours; `replace` when Back should not lead here again. */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (to === path.value) return;
  if (options.replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  path.value = to;
  window.scrollTo(0, 0);
}

/** Follow Back and Forward, and links of our own without a page load. Call once. */
export function listenToAddress(): void {
  addEventListener("popstate", () => {
    path.value = location.pathname;
  });
  document.addEventListener("click", (event) => {
    const to = ownLink(event);
    if (to === null) return;
    event.preventDefault();
    navigate(to);
  });
}

function ownLink(event: MouseEvent): string | null {
  const changed = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (event.defaultPrevented || event.button !== 0 || changed) return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const leaves =
    !link || link.target || link.hasAttribute("download") || link.origin !== location.origin;
  return leaves || link.pathname.startsWith("/v") ? null : link.pathname;
}
