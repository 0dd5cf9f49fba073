import { Clock3, Link2, VideoOff } from "lucide-preact";
import { t } from "../../i18n/patient";
import { firstName } from "../../ui";
import { callName } from "../names";
import { QuietPage, Title } from "../parts/page";
import type { VisitFlow } from "../visit";

type Props = { flow: VisitFlow };

/**
 * After the meeting: with whom, how long where that was shown, and how to come again. A link to a
 * first consultation holds for that one meeting.
 */
export function Ended({ flow }: Props) {
  const who = flow.who.value;
  if (!flow.metBefore.value || !who)
    return <QuietPage testid="patient-ended" title={t("ended_title")} text={t("ended_text")} />;
  const minutes = flow.minutesTogether.value;
  return (
    <main class="goodbye" data-testid="patient-ended">
      <Dusk />
      <div class="stack">
        <Title>{t("until_next", { name: firstName(who.name) })}</Title>
        <p class="lead">{t("ended_with", { therapist: callName(who) })}</p>
      </div>
      <div class="stack goodbye-facts">
        {minutes !== null && (
          <p class="fact" data-testid="minutes-together">
            <Clock3 aria-hidden="true" />
            <span>{t("together", { n: minutes })}</span>
          </p>
        )}
        <p class="fact">
          <VideoOff aria-hidden="true" />
          <span>{t("devices_off")}</span>
        </p>
        {!who.is_guest && (
          <p class="fact" data-testid="same-link">
            <Link2 aria-hidden="true" />
            <span>{t("same_link")}</span>
          </p>
        )}
      </div>
      <p class="small soft centred">{t("ended_text")}</p>
    </main>
  );
}

/** The two rings of the sign set behind the hills; its colours are tokens, so dark is dusk. */
function Dusk() {
  return (
    <svg
      class="dusk"
      viewBox="0 0 390 440"
      preserveAspectRatio="xMidYMax slice"
      aria-hidden="true"
      focusable="false"
    >
      <defs>
        <linearGradient id="sky" x2="0" y2="1">
          <stop class="tint" />
          <stop class="clay" offset=".56" />
          <stop class="paper" offset="1" />
        </linearGradient>
        <linearGradient id="fade" x2="0" y2="1">
          <stop class="paper none" />
          <stop class="paper" offset=".9" />
        </linearGradient>
      </defs>
      <path fill="url(#sky)" d="M-800 0h2000v440h-2000z" />
      <circle class="one" cx="167" cy="200" r="70" />
      <circle class="other" cx="223" cy="200" r="70" />
      <path class="far" d="M-800 266h800c64-30 124-26 196-8 70 18 130 4 194-26h810v210h-2000z" />
      <path class="near" d="M-800 312h800c80-30 130-12 190 0 74 14 130-16 200-40h810v170h-2000z" />
      <path class="front" d="M-800 352h800c90-20 150 18 222 10 66-8 110-30 168-34h810v114h-2000z" />
      <path fill="url(#fade)" d="M-800 356h2000v86h-2000z" />
    </svg>
  );
}
