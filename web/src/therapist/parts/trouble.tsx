import { X } from "lucide-preact";
import { t } from "../../i18n/therapist";
import { ApiError } from "../../lib/api";
import { Button, firstName, IconButton, Note } from "../../ui";
import { isPassing } from "../hooks";
import { roomPath } from "../routes";
import { navigate } from "../state/router";
import { knownSession } from "../state/sessions";
import { troubleText } from "../trouble";

interface TroubleProps {
  error: unknown;
  /** Whose name the sentence may need. */
  name?: string;
  /** Offered where trying again may help. */
  onRetry?: () => void;
  /** Stand at the edge of the window, where there is no room beside the button, until closed. */
  onClose?: () => void;
}

/** What went wrong, as one sentence; nothing while nothing did. */
export function Trouble({ error, name = "", onRetry, onClose }: TroubleProps) {
  if (error === null || error === undefined) return null;
  const note = (
    <Note trouble>
      {troubleText(error, name)}
      {onRetry && isPassing(error) && (
        <Button size="compact" data-testid="retry" onClick={onRetry}>
          {t("go.retry")}
        </Button>
      )}
      <WayThere error={error} />
    </Note>
  );
  if (!onClose) return note;
  return (
    <div class="floating row">
      {note}
      <IconButton icon={X} label={t("go.close")} onClick={onClose} />
    </div>
  );
}

/** The way to the session that stands in the way of another. */
function WayThere({ error }: { error: unknown }) {
  const id = error instanceof ApiError ? error.sessionId : null;
  if (id === null) return null;
  const name = firstName(knownSession(id)?.patient_name ?? "");
  return (
    <Button size="compact" data-testid="go-there" onClick={() => navigate(roomPath(id))}>
      {name ? t("card.return_for", { name }) : t("card.return")}
    </Button>
  );
}
