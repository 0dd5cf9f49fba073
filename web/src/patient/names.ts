/** How the pages call people. Pure. */

/** A therapist's name in a sentence: as it was given, without needless space. */
export function callName(name: string | null | undefined): string {
  return (name ?? "").trim().replace(/\s+/g, " ");
}
