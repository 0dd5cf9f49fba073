import type { ComponentChildren } from "preact";
import { LOCALES, locale } from "../../i18n/core";
import { languageLabel } from "../../i18n/languages";
import { t } from "../../i18n/therapist";
import { Brand } from "../../ui";

/** The page of somebody who is not logged in: the brand, a form, and the choice of language. */
export function LoginFrame({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="login">
      <header class="login-head">
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
              {languageLabel(each)}
            </button>
          ))}
        </div>
      </header>
      <main class="login-main">
        <div class="login-words">
          <h1>{title}</h1>
          <p class="soft">{t("login.lead")}</p>
        </div>
        <div class="card login-card">{children}</div>
      </main>
    </div>
  );
}
