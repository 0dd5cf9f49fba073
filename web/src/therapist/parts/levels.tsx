import { t } from "../../i18n/therapist";
import type { Level } from "../../lib/level";
import type { Session } from "../../lib/types";
import { firstName } from "../../ui";
import { now } from "../hooks";
import { levelsNow } from "../quality";
import { ownProof } from "./connection";
import { PersonLine } from "./person-line";

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
  const text = level ? t(`level.${level}`) : `– ${t("levels.unknown")}`;
  return <PersonLine name={name} level={level} text={text} />;
}
