import { translator } from "./core";
import { en } from "./patient.en";
import { it } from "./patient.it";

/** Says a message of the patient's pages in the patient's language. */
export const t = translator({ en, it });
type Key = keyof typeof en;
/** A message without names to fill in. */
export type PlainKey = {
  [K in Key]: (typeof en)[K] extends string
    ? (typeof en)[K] extends `${string}{${string}}${string}`
      ? never
      : K
    : never;
}[Key];
