import { useEffect, useState } from "preact/hooks";
import { announce } from "./announce";

/** "Copied" stands on the button for so long, in milliseconds. */
const COPIED_FOR_MS = 2_500;

export interface Copying {
  readonly copied: boolean;
  /** Neither way works here: show the text to be copied by hand. */
  readonly failed: boolean;
  readonly copy: () => void;
}

/** What a Copy button does; `said` is read out when it went well. */
export function useCopy(text: string, said: string, onFailed?: () => void): Copying {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state !== "copied") return;
    const timer = setTimeout(() => setState("idle"), COPIED_FOR_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => {
    const done = await copyText(text);
    if (done) announce(said);
    else onFailed?.();
    setState(done ? "copied" : "failed");
  };
  return { copied: state === "copied", failed: state === "failed", copy: () => void copy() };
}

/** Put a text on the clipboard, by the permission or else by the old way; false when neither works. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

/** Without the permission, and on plain http: copy a selection, as a person would. */
function copySelected(text: string): boolean {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "only-heard";
  // Whatever stands outside an open dialog cannot be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
}
