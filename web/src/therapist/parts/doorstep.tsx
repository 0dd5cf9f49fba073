import type { ComponentChildren } from "preact";
import { LOCALE_NAMES, LOCALES, locale } from "../../i18n/core";
import { t } from "../../i18n/therapist";
import { Brand } from "../../ui";

/** The page before one is inside: the house's sign, a form, and the choice of language. */
export function Doorstep({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="doorstep">
      <header class="doorstep-head">
        <Brand />
        <div class="languages">
          {LOCALES.map((each) => (
            <button
              key={each}
              type="button"
              lang={each}
              aria-pressed={locale.value === each}
              onClick={() => {
                locale.value = each;
              }}
            >
              {LOCALE_NAMES[each]}
            </button>
          ))}
        </div>
      </header>
      <main class="doorstep-main">
        <div class="doorstep-words">
          <h1>{title}</h1>
          <p class="soft">{t("login.lead")}</p>
        </div>
        <div class="card doorstep-card">{children}</div>
      </main>
    </div>
  );
}
