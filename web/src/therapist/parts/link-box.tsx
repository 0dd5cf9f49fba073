import { Check, Copy, QrCode, Send, Share2 } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { nearDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { ApiError } from "../../lib/api";
import { Button, Dialog, DialogFoot, firstName, IconButton, useCopy } from "../../ui";
import { api, type Invitation } from "../api";
import { useAction, useLoad } from "../hooks";
import { LinkField } from "./link-field";
import { Qr } from "./qr";
import { SendLink } from "./sent";
import { Trouble } from "./trouble";

interface LinkBoxProps {
  patientId: string;
  name: string;
  /** With renew and revoke, as on the profile; else the address and Copy alone. */
  full?: boolean;
  /** Offer to have it sent by this server; a guest's link has a page of its own for that. */
  send?: boolean;
}

/** The patient's link: read it, copy it, and on the profile renew or revoke it. */
export function LinkBox({ patientId, name, full, send }: LinkBoxProps) {
  const { data, error, reload } = useLoad(() => invitationOrNone(patientId), patientId);
  const { busy, error: failed, run } = useAction();
  const [asking, setAsking] = useState<"renew" | "revoke" | null>(null);
  const change = async (work: () => Promise<unknown>) => {
    setAsking(null);
    if (await run(work)) reload();
  };
  const renew = () => void change(() => api.renewInvitation(patientId));
  const revoke = () => void change(() => api.revokeInvitation(patientId));
  const link = data?.link ?? null;
  return (
    <div class="stack link-box">
      {link && (
        <LinkAddress link={link}>
          {send && <SendLink patientId={patientId} name={name} />}
        </LinkAddress>
      )}
      {data && !link && <p class="soft">{t("link.none", { name: firstName(name) })}</p>}
      <div class="row wrap">
        {full && link && <span class="small soft grow">{linkWords(link)}</span>}
        {(full || (data && !link)) && (
          <Button disabled={busy} onClick={() => (link ? setAsking("renew") : renew())}>
            {t("link.renew")}
          </Button>
        )}
        {full && link && (
          <Button kind="quiet" disabled={busy} onClick={() => setAsking("revoke")}>
            {t("link.revoke")}
          </Button>
        )}
      </div>
      {full && link && <SendLink patientId={patientId} name={name} />}
      <Trouble error={error} name={name} onRetry={reload} />
      <Trouble error={failed} name={name} />
      {asking && (
        <Question
          what={asking}
          name={firstName(name)}
          onNo={() => setAsking(null)}
          onYes={asking === "renew" ? renew : revoke}
        />
      )}
    </div>
  );
}

interface LinkAddressProps {
  link: Invitation;
  /** Ways to send it, behind a button. */
  children: ComponentChildren;
}

/** The address and its Copy button; QR code, sharing and sending for who wants them. */
function LinkAddress({ link, children }: LinkAddressProps) {
  const [shown, setShown] = useState<"qr" | "send" | null>(null);
  const toggle = (what: "qr" | "send") => setShown(shown === what ? null : what);
  return (
    <>
      <LinkField url={link.url} class="row">
        <IconButton
          icon={QrCode}
          label={t("first.qr")}
          aria-expanded={shown === "qr"}
          data-testid="show-qr"
          onClick={() => toggle("qr")}
        />
        {typeof navigator.share === "function" && (
          <IconButton
            icon={Share2}
            label={t("share.link")}
            data-testid="share-link"
            onClick={() => void navigator.share({ url: link.url }).catch(() => undefined)}
          />
        )}
        {children && (
          <IconButton
            icon={Send}
            label={t("share.send")}
            aria-expanded={shown === "send"}
            data-testid="show-send"
            onClick={() => toggle("send")}
          />
        )}
      </LinkField>
      {shown === "send" && children}
      {shown === "qr" && <Qr qr={link.qr} label={t("first.qr")} />}
    </>
  );
}

/** One button that copies a patient's link, for where there is no room for the address. */
export function CopyLinkButton({ patientId }: { patientId: string }) {
  const { data } = useLoad(() => invitationOrNone(patientId), patientId);
  const { copied, failed, copy } = useCopy(data?.link?.url ?? "", t("link.copied"));
  if (!data?.link) return null;
  return (
    <>
      <Button icon={copied ? Check : Copy} data-testid="copy-link" onClick={copy}>
        {t(copied ? "link.copied" : "room.copy_link")}
      </Button>
      {failed && <p class="small link-text">{data.link.url}</p>}
    </>
  );
}

async function invitationOrNone(patientId: string): Promise<{ link: Invitation | null }> {
  try {
    return { link: await api.invitation(patientId) };
  } catch (error) {
    if (error instanceof ApiError && error.code === "no_link") return { link: null };
    throw error;
  }
}

function linkWords(link: Invitation): string {
  return link.expires_at
    ? t("link.expires", { date: nearDay(link.expires_at) })
    : t("link.made", { date: nearDay(link.created_at) });
}

interface QuestionProps {
  what: "renew" | "revoke";
  name: string;
  onNo: () => void;
  onYes: () => void;
}

function Question({ what, name, onNo, onYes }: QuestionProps) {
  return (
    <Dialog title={t(`link.${what}_title`, { name })} closeLabel={t("go.cancel")} onClose={onNo}>
      <p>{what === "renew" ? t("link.renew_text", { name }) : t("link.revoke_text")}</p>
      <DialogFoot>
        <Button onClick={onNo}>{t("go.cancel")}</Button>
        <Button kind={what === "revoke" ? "danger" : "primary"} onClick={onYes}>
          {t(`link.${what}_yes`)}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
