/** Ways out of the browser for a link: mail program, SMS, the system's own share sheet. Pure. */

/** A new mail, addressed to nobody yet. */
export function mailto(subject: string, text: string): string {
  return `mailto:?subject=${encodeURIComponent(subject)}&body=${crlf(text)}`;
}

/** A new SMS; `?&body=` is what both iOS and Android take. */
export function smsTo(text: string): string {
  return `sms:?&body=${encodeURIComponent(text)}`;
}

/** RFC 6068, section 5: lines end with CRLF. */
function crlf(text: string): string {
  return encodeURIComponent(text.replace(/\r?\n/g, "\r\n"));
}
