import { Check, Copy, Link2 } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { Button, useCopy } from "../../ui";

interface LinkFieldProps {
  url: string;
  class: string;
  /** More buttons beside Copy. */
  children?: ComponentChildren;
}

/** A link's address and its Copy button; where copying fails, the address is selected. */
export function LinkField({ url, class: style, children }: LinkFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const { copied, failed, copy } = useCopy(url, t("link.copied"), () => field.current?.select());
  return (
    <>
      <div class={style}>
        <div class="link-url grow">
          <Link2 aria-hidden="true" />
          <input
            ref={field}
            readOnly
            value={url}
            aria-label={t("link.address")}
            data-testid="link-url"
            onFocus={(event) => event.currentTarget.select()}
          />
        </div>
        <Button icon={copied ? Check : Copy} data-testid="copy-link" onClick={copy}>
          {t(copied ? "link.copied" : "link.copy")}
        </Button>
        {children}
      </div>
      {failed && <p class="small soft">{t("link.copy_failed")}</p>}
    </>
  );
}
