import { Mail, MessageSquareMore, Send } from "lucide-preact";
import { useState } from "preact/hooks";
import { nearDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { announce, Button, TextField } from "../../ui";
import type { Consultation, Invitation, Letter } from "../api";
import { looksLikeEmail, looksLikePhone, refusedField, useForm } from "../form";
import { useAction } from "../hooks";
import { mailto, smsTo } from "../send";
import { LinkField } from "./link-field";
import { Qr } from "./qr";
import { Trouble } from "./trouble";

type Channel = Letter["channels"][number];

interface LinkBlockProps {
  link: Invitation;
  /** What goes out with the link, asked for when one of the ways is pressed. */
  letter: () => Promise<Letter>;
  /** Where it went before. */
  known: Pick<Consultation, "email" | "phone">;
  /** Have the server send it; used for the channels that the letter names. */
  send: (to: { email: string } | { phone: string }) => Promise<unknown>;
}

/** A link, the ways to send it and its QR code, in one block. */
export function LinkBlock({ link, ...ways }: LinkBlockProps) {
  return (
    <div class="link-block">
      <div class="link-block-ways">
        <LinkField url={link.url} class="row link-block-copy" />
        <Ways url={link.url} {...ways} />
        <p class="small soft">{linkState(link)}</p>
      </div>
      <Qr qr={link.qr} label={t("first.qr")} />
    </div>
  );
}

type WaysProps = Omit<LinkBlockProps, "link"> & { url: string };

/** By this server where it can; else by the mail program, the telephone, or the system's sharing. */
function Ways({ letter, known, send, url }: WaysProps) {
  const { busy, error, run } = useAction();
  const [asking, setAsking] = useState<Channel | null>(null);
  const go = (open: (letter: Letter) => unknown) => () =>
    void run(async () => open(await letter()));
  const by = (channel: Channel, otherwise: (letter: Letter) => void) =>
    go((letter) => {
      if (letter.channels.includes(channel)) setAsking(channel);
      else otherwise(letter);
    });
  const shares = typeof navigator.share === "function";
  return (
    <>
      <div class="link-block-three">
        <Button
          icon={Mail}
          disabled={busy}
          aria-expanded={asking === "email"}
          data-testid="send-email"
          onClick={by("email", ({ subject, text }) => follow(mailto(subject, text)))}
        >
          {t("first.email")}
        </Button>
        <Button
          icon={MessageSquareMore}
          disabled={busy}
          aria-expanded={asking === "sms"}
          data-testid="send-sms"
          onClick={by("sms", ({ sms }) => follow(smsTo(sms)))}
        >
          {t("first.sms")}
        </Button>
        {shares && (
          <Button icon={Send} disabled={busy} onClick={go((letter) => share(letter, url))}>
            {t("first.share")}
          </Button>
        )}
      </div>
      <Trouble error={error} />
      {asking && (
        <To
          key={asking}
          channel={asking}
          known={(asking === "email" ? known.email : known.phone) ?? ""}
          send={send}
          onSent={() => setAsking(null)}
        />
      )}
    </>
  );
}

interface ToProps extends Pick<LinkBlockProps, "send"> {
  channel: Channel;
  known: string;
  onSent: () => void;
}

/** To whom the server shall send it. */
function To({ channel, known, send, onSent }: ToProps) {
  const [to, setTo] = useState(known);
  const isMail = channel === "email";
  const says = { to: isMail ? t("form.email_wrong") : t("form.phone_wrong") };
  const { form, busy, wrong, error, submit, clear } = useForm<"to">(
    () => ((isMail ? looksLikeEmail(to) : looksLikePhone(to)) ? {} : says),
    (refused) => (refusedField(refused) ? says : {}),
  );
  const go = async (event: Event) => {
    const where = isMail ? { email: to.trim() } : { phone: to.trim() };
    if (!(await submit(event, () => send(where)))) return;
    announce(t("first.sent", { to: to.trim() }));
    onSent();
  };
  return (
    <form ref={form} class="link-block-to" onSubmit={(event) => void go(event)} noValidate>
      <TextField
        label={t(isMail ? "first.to_email" : "first.to_phone")}
        type={isMail ? "email" : "tel"}
        value={to}
        autofocus
        autocomplete="off"
        wrong={wrong.to}
        onText={(text) => {
          clear();
          setTo(text);
        }}
        data-testid="send-to"
      />
      <Button type="submit" kind="primary" disabled={busy} data-testid="send-link">
        {t("first.send")}
      </Button>
      <Trouble error={error} />
    </form>
  );
}

/** Hand an address to the program that is for it; the page stays. */
function follow(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.click();
}

/** The whole text without the address, which goes apart: most programs put it below. */
async function share({ subject, text }: Letter, url: string): Promise<void> {
  const rest = text
    .replace(url, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  // Rejects also when nothing was chosen.
  await navigator.share({ title: subject, text: rest, url }).catch(() => undefined);
}

function linkState(link: Invitation): string {
  const date = nearDay(link.expires_at);
  if (!link.is_one_time) return t("link.expires", { date });
  return t(link.claimed_at ? "first.works_there" : "first.works_once", { date });
}
