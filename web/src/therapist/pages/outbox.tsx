import { Check, Copy } from "lucide-preact";
import { nearDay } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { Button, useCopy } from "../../ui";
import { api, type KeptMessage } from "../api";
import { useAction, useLoad, useTitle } from "../hooks";
import { Trouble } from "../parts/trouble";

/** Messages that wait to be sent by hand, where the server has no gateway for them. */
export function OutboxPage() {
  useTitle(t("outbox.title"));
  const { data, error, reload } = useLoad(() => api.keptMessages());
  const removal = useAction();
  const remove = (id: string) =>
    void removal.run(() => api.removeMessage(id)).then((done) => done && reload());
  return (
    <div class="stack wide-gap">
      <h1>{t("outbox.title")}</h1>
      <p class="soft">{t("outbox.lead")}</p>
      <Trouble error={error ?? removal.error} onRetry={reload} />
      {data?.items.length === 0 && <p>{t("outbox.none")}</p>}
      {data?.items.map((message) => (
        <Kept key={message.id} message={message} onDone={() => remove(message.id)} />
      ))}
    </div>
  );
}

function Kept({ message, onDone }: { message: KeptMessage; onDone: () => void }) {
  const { copied, failed, copy } = useCopy(message.text, t("link.copied"));
  const at = nearDay(message.created_at);
  return (
    <article class="card padded stack" data-testid="kept-message">
      <p class="small soft">
        {t(`alert.${message.channel}`)} · {message.to} · {at}
      </p>
      {message.subject && <h2>{message.subject}</h2>}
      <p class="said">{message.text}</p>
      <div class="row wrap">
        <Button icon={copied ? Check : Copy} onClick={copy}>
          {t(copied ? "link.copied" : "link.copy")}
        </Button>
        <Button kind="quiet" onClick={onDone}>
          {t("outbox.done")}
        </Button>
      </div>
      {failed && <p class="small soft">{t("link.copy_failed")}</p>}
    </article>
  );
}
