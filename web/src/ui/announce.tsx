import { signal } from "@preact/signals";

const said = signal("");

/** Say a sentence to screen readers, once it can be heard ("Alex has arrived"). */
export function announce(sentence: string): void {
  // The same sentence twice is read twice only when the text changes between.
  said.value = said.value === sentence ? `${sentence}\u00a0` : sentence;
}

/** Stands once in each page, from its beginning: a live region filled later is read out. */
export function Announcer() {
  return (
    <div class="only-heard" role="status" aria-live="polite" data-testid="announcer">
      {said.value}
    </div>
  );
}
