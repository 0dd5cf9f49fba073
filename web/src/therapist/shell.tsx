import {
  CircleQuestionMark,
  CircleUser,
  House,
  type LucideIcon,
  Users,
  Video,
  WifiOff,
} from "lucide-preact";
import type { ComponentChildren } from "preact";
import { locale } from "../i18n/core";
import { helpAddress } from "../i18n/languages";
import { t } from "../i18n/therapist";
import type { Session } from "../lib/types";
import { Brand, useLasting } from "../ui";
import { FailureNotes } from "./parts/failures";
import { ReturnBar, WaitingElsewhere } from "./parts/waiting-card";
import type { Route } from "./routes";
import { me } from "./state/account";
import { place } from "./state/place";
import { isWaiting, online, pushed, runningSession, waitingSessions } from "./state/sessions";

/** The side menu around every page but the virtual room; a bottom bar on a phone. */
export function Shell({ route, children }: { route: Route; children: ComponentChildren }) {
  const left = runningSession.value ?? place.value;
  const minimised = route.page === "home" && left && isOnHome(left) ? null : left;
  return (
    <div class="shell">
      <a class="skip btn primary" href="#page">
        {t("shell.skip")}
      </a>
      <SideMenu route={route} />
      <main id="page" class={`main page-${route.page}`} tabIndex={-1}>
        {!online.value && (
          <div class="offline" role="status">
            <WifiOff aria-hidden="true" />
            {t("shell.offline")}
          </div>
        )}
        {online.value && !pushed.value && <SlowNews />}
        {route.page !== "home" && <WaitingElsewhere but={left} />}
        <FailureNotes />
        {children}
      </main>
      {minimised && <ReturnBar session={minimised} />}
    </div>
  );
}

/** A socket that does not come back soon is blocked: news come by asking, a little later. */
function SlowNews() {
  const lasting = useLasting(true, 10_000);
  return lasting ? (
    <p class="small soft" role="status" data-testid="slow-news">
      {t("shell.slow_news")}
    </p>
  ) : null;
}

/** Home has a card for it already. */
function isOnHome(session: Session): boolean {
  return session.gate_open || isWaiting(session);
}

function SideMenu({ route }: { route: Route }) {
  const { page } = route;
  return (
    <nav class="side" aria-label={t("shell.menu")}>
      <a class="side-brand" href="/" aria-label="Visavis">
        <Brand />
      </a>
      <MenuItem to="/" icon={House} text={t("shell.home")} on={page === "home"}>
        <WaitingDot />
      </MenuItem>
      <MenuItem
        to="/patients"
        icon={Users}
        text={t("shell.patients")}
        on={page === "patients" || page === "patient"}
      />
      <MenuItem
        to="/sessions"
        icon={Video}
        text={t("shell.sessions")}
        on={page === "sessions" || page === "consultations"}
      />
      <span class="side-space" />
      <a
        class="side-item side-help"
        href={helpAddress("therapist", locale.value)}
        target="_blank"
        rel="noreferrer"
        title={t("shell.help")}
      >
        <CircleQuestionMark aria-hidden="true" />
        <span class="side-text cut plain">{t("shell.help")}</span>
      </a>
      <MenuItem
        to="/account"
        icon={CircleUser}
        text={me.value?.name ?? t("shell.account")}
        on={page === "account"}
        plain
      />
    </nav>
  );
}

interface MenuItemProps {
  to: string;
  icon: LucideIcon;
  text: string;
  on: boolean;
  /** A name, not a label. */
  plain?: boolean;
  children?: ComponentChildren;
}

function MenuItem({ to, icon: Icon, text, on, plain, children }: MenuItemProps) {
  return (
    <a
      class={on ? "side-item on" : "side-item"}
      href={to}
      title={text}
      aria-current={on ? "page" : undefined}
    >
      <Icon aria-hidden="true" />
      <span class={plain ? "side-text cut plain" : "side-text cut"}>{text}</span>
      {children}
    </a>
  );
}

function WaitingDot() {
  const n = waitingSessions.value.length;
  if (n === 0) return null;
  return (
    <span class="dot num" data-testid="waiting-count">
      <span aria-hidden="true">{n}</span>
      <span class="only-heard">{t("shell.waiting", { n })}</span>
    </span>
  );
}
