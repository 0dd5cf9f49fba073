import { t } from "../../i18n/therapist";
import type { Level } from "../../lib/level";
import type { Session } from "../../lib/types";
import { firstName } from "../../ui";
import { now } from "../hooks";
import { levelsNow } from "../quality";
import { ownProof } from "./connection";

/** How both lines are just now, each as a shape and a word; what is not known is said to be so. */
export function Levels({ session }: { session: Session }) {
  const { own, other } = levelsNow(session, ownProof(session), now.value);
  const isQuiet = own === "good" && other === "good";
  return (
    <p class={isQuiet ? "pill levels quiet" : "pill levels"} data-testid="levels">
      <Side name={t("line.you")} level={own} />
      <Side name={firstName(session.patient_name)} level={other} />
    </p>
  );
}

function Side({ name, level }: { name: string; level: Level | null }) {
  return (
    <span class="row tight" data-level={level ?? "unknown"}>
      <span class="cut">{name}</span>
      {level ? (
        <span class={`mark ${level}`}>{t(`level.${level}`)}</span>
      ) : (
        <span class="soft">– {t("levels.unknown")}</span>
      )}
    </span>
  );
}
