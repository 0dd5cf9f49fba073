/** Whether every word typed begins a word of the name, whatever the case and the accents. Pure. */
export function matches(name: string, typed: string): boolean {
  const words = plain(name).split(/\s+/);
  return plain(typed)
    .split(/\s+/)
    .filter(Boolean)
    .every((part) => words.some((word) => word.startsWith(part)));
}

function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();
}
