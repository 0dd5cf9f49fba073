/** The few things a page does to an SDP. Pure. */

const SPARE = /^a=x-spare-ice:(\S+) (\S+)\s*$/gm;

export type IceCredentials = { ufrag: string; pwd: string };

/** The spare ICE credentials of an answer, for restarts that need no server. */
export function spareCredentials(answer: string): IceCredentials[] {
  return Array.from(answer.matchAll(SPARE), ([, ufrag, pwd]) => ({
    ufrag: ufrag as string,
    pwd: pwd as string,
  }));
}

/**
 * The old answer under its nth pair of spare credentials.
 *
 * Applied to the page's own restarted offer it moves the connection to new candidates while DTLS
 * and SRTP go on (RFC 8445, 9).
 *
 * @param n 0 for the first spare pair.
 * @returns null when the answer has no nth pair: ask for a new answer.
 */
export function answerWithSpare(answer: string, n: number): string | null {
  const spare = spareCredentials(answer)[n];
  if (spare === undefined) return null;
  return answer
    .replace(/^a=ice-ufrag:.*?(\r?)$/gm, (_, cr: string) => `a=ice-ufrag:${spare.ufrag}${cr}`)
    .replace(/^a=ice-pwd:.*?(\r?)$/gm, (_, cr: string) => `a=ice-pwd:${spare.pwd}${cr}`);
}
