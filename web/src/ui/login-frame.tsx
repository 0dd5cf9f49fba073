import "./login-frame.css";
import type { ComponentChildren } from "preact";
import { LOCALES, locale } from "../i18n/core";
import { languageLabel } from "../i18n/languages";
import { Brand } from "./parts";

interface LoginFrameProps {
  title: string;
  /** Below the title: for whom this is. */
  lead: string;
  children: ComponentChildren;
}

/**
 * The page of somebody who is not logged in: the brand, a form, and the choice of language.
 * No part of the index: patients never load it.
 */
export function LoginFrame({ title, lead, children }: LoginFrameProps) {
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
          <p class="soft">{lead}</p>
        </div>
        <div class="card login-card">{children}</div>
      </main>
    </div>
  );
}
