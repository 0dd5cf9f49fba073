/**
 * The alert's words: what may stand in them, and what the patient reads. Pure.
 *
 * control/notifications/texts.py does the same for what is sent.
 */
import { calledName, firstName } from "../lib/titles";

export const LONGEST_ALERT = 400;
export const SIGNS = ["{name}", "{therapist}", "{link}"] as const;
const PLACEHOLDER = /\{(name|therapist|link)\}/g;
const SENTENCE_BEGINS = /(?:^|[.!?]\s+|\n\s*)$/;

export type AlertFault = "too_long" | "placeholder";

/** What is wrong with a text, or null. */
export function alertFault(text: string): AlertFault | null {
  const said = text.trim();
  if (Array.from(said).length > LONGEST_ALERT) return "too_long";
  return /[{}]/.test(said.replace(PLACEHOLDER, "")) ? "placeholder" : null;
}

export interface AlertNames {
  readonly name: string;
  readonly therapist: string;
  readonly link: string;
  /** The patient's language. */
  readonly language: string;
}

/** The text as the patient reads it. */
export function alertPreview(text: string, names: AlertNames): string {
  const called = calledName(names.therapist, names.language);
  return text.replace(PLACEHOLDER, (_, sign: string, at: number) => {
    if (sign === "name") return firstName(names.name);
    if (sign === "link") return names.link;
    const begins = SENTENCE_BEGINS.test(text.slice(0, at));
    return begins ? called.charAt(0).toUpperCase() + called.slice(1) : called;
  });
}
