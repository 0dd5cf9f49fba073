/** Whether the person asked the browser to use few bytes; only some browsers tell. */
export function savesData(from: object = globalThis.navigator ?? {}): boolean {
  const { connection } = from as { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}
