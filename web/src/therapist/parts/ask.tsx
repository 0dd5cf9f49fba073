import { t } from "../../i18n/therapist";
import { Button, Dialog, DialogFoot } from "../../ui";

interface AskProps {
  title: string;
  text: string;
  yes: string;
  /** For what takes nothing away. */
  kind?: "danger" | "primary";
  busy?: boolean;
  onYes: () => void;
  onNo: () => void;
}

/** A question before something that cannot be undone; No is where the focus begins. */
export function Ask({ title, text, yes, kind = "danger", busy, onYes, onNo }: AskProps) {
  return (
    <Dialog title={title} closeLabel={t("go.cancel")} onClose={onNo} data-testid="ask">
      <p>{text}</p>
      <DialogFoot>
        <Button onClick={onNo}>{t("go.cancel")}</Button>
        <Button kind={kind} disabled={busy} data-testid="ask-yes" onClick={onYes}>
          {yes}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
