import { nearDay, numberText, timeOfDay, waitText } from "../../i18n/format";
import { t } from "../../i18n/therapist";
import { levelOfDirection } from "../../lib/level";
import { endOf, judge } from "../../lib/quality";
import type {
  DeviceReport,
  DeviceState,
  DirectionQuality,
  LineQuality,
  MediaProof,
  Proof,
} from "../../lib/types";
import { now } from "../hooks";
import { megabits } from "../line-causes";
import { lastSign } from "../line-words";
import { FRESH_MS } from "../other-side";

interface Measured {
  name: string;
  proof: Proof | null;
  devices: DeviceReport | null;
}

interface Props {
  contact: boolean;
  own: Measured;
  other: Measured;
}

/** The numbers: each direction in a row of its own, then what is of a whole line. */
export function LineFigures({ contact, own, other }: Props) {
  return (
    <>
      <Directions contact={contact} own={own} other={other} />
      <Whole contact={contact} sides={[own, other]} />
    </>
  );
}

function Directions({ contact, own, other }: Props) {
  const mine = qualityOf(own.proof, contact);
  const theirs = qualityOf(other.proof, contact);
  const { name } = other;
  return (
    <table class="lane-figures">
      <thead>
        <tr>
          <td />
          <th scope="col">{t("line.lost_share")}</th>
          <th scope="col">{t("line.varies")}</th>
          <th scope="col">{t("line.carries")}</th>
        </tr>
      </thead>
      <tbody>
        <Direction title={t("line.you_to_us")} quality={mine} way="up" />
        <Direction title={t("line.us_to_you")} quality={mine} way="down" />
        <Direction title={t("line.from_us", { to: name })} quality={theirs} way="down" />
        <Direction title={t("line.to_us", { from: name })} quality={theirs} way="up" />
      </tbody>
    </table>
  );
}

interface DirectionProps {
  title: string;
  quality: LineQuality | null;
  way: "up" | "down";
}

function Direction({ title, quality, way }: DirectionProps) {
  const direction = quality?.[way];
  const level = direction ? levelOfDirection(direction) : null;
  return (
    <tr data-level={level ?? "unknown"}>
      <th scope="row">{title}</th>
      <td class="num">{direction ? <Loss direction={direction} /> : t("line.none")}</td>
      <td class="num">{millis(direction?.delay_variation_ms ?? null)}</td>
      <td class="num">{carriesText(direction)}</td>
    </tr>
  );
}

function Loss({ direction: { loss_ratio, loss_high } }: { direction: DirectionQuality }) {
  if (loss_ratio === null) return <>{t("line.none")}</>;
  return (
    <>
      {t("line.percent", { n: percent(loss_ratio) })}
      {loss_high !== null && (
        <span class="soft"> {t("line.up_to", { n: percent(loss_high) })}</span>
      )}
    </>
  );
}

function percent(ratio: number): string {
  return numberText(ratio * 100, 1);
}

function millis(ms: number | null): string {
  return ms === null ? t("line.none") : t("line.ms", { ms: numberText(ms) });
}

function carriesText(direction: DirectionQuality | undefined): string {
  const n = megabits(direction);
  if (n === null) return t("line.none");
  return t(direction?.capacity_is_bound ? "line.at_least" : "line.rate", { n });
}

/**
 * What is shown of a line: what its level rests on, and where that has no capacity, what the check
 * found, since nothing fills the line on purpose while two talk.
 */
function qualityOf(proof: Proof | null, contact: boolean): LineQuality | null {
  if (!proof?.connected) return null;
  const shown = judge(proof, contact, now.value).quality;
  const checked = proof.check?.quality;
  if (!shown || !checked) return shown ?? checked ?? null;
  return { ...shown, up: filled(shown.up, checked.up), down: filled(shown.down, checked.down) };
}

function filled(shown: DirectionQuality, checked: DirectionQuality): DirectionQuality {
  if (shown.capacity_bps !== null) return shown;
  const { capacity_bps, capacity_is_bound } = checked;
  return { ...shown, capacity_bps, capacity_is_bound };
}

/** A muted microphone sends silence: that it arrives is no news then. */
function Whole({ contact, sides }: { contact: boolean; sides: readonly Measured[] }) {
  const rows: readonly [title: string, figure: (side: Measured) => string][] = [
    [t("line.round"), ({ proof }) => connectedOr(proof, (one) => roundText(one, contact))],
    [t("line.when"), ({ proof }) => checkedText(proof)],
    [t("line.way"), ({ proof }) => connectedOr(proof, routeText)],
    [t("line.connecting_took"), ({ proof }) => millis(proof?.check?.connect_ms ?? null)],
    [t("line.handshake_took"), ({ proof }) => millis(proof?.check?.handshake_ms ?? null)],
    [
      t("line.sound"),
      ({ proof, devices }) =>
        connectedOr(proof, isOn(devices?.microphone) ? soundText : () => t("line.mic_none")),
    ],
    [
      t("line.picture"),
      ({ proof, devices }) =>
        connectedOr(proof, isOn(devices?.camera) ? pictureText : () => t("line.cam_none")),
    ],
    [t("line.sign"), ({ proof }) => (proof ? lastSign(proof) : t("line.not"))],
  ];
  return (
    <table>
      <thead>
        <tr>
          <td />
          {sides.map(({ name }, index) => (
            <th key={index === 0 ? "own" : "other"} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([title, figure]) => (
          <tr key={title}>
            <th scope="row">{title}</th>
            {sides.map((side, index) => (
              <td key={index === 0 ? "own" : "other"} class="num">
                {figure(side)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function connectedOr(proof: Proof | null, said: (proof: Proof) => string): string {
  return proof?.connected ? said(proof) : t("line.not");
}

function roundText(proof: Proof, contact: boolean): string {
  const ms = qualityOf(proof, contact)?.rtt_ms ?? proof.rtt_ms;
  return ms === null ? t("line.unknown") : millis(ms);
}

function checkedText(proof: Proof | null): string {
  if (!proof?.check) return t("line.never");
  if (proof.check.state === "running") return t("line.checking");
  const at = endOf(proof.check);
  return now.value - at < 12 * 3_600_000 ? timeOfDay(at) : nearDay(at, now.value);
}

function routeText({ transit }: Proof): string {
  if (transit === "tcp") return t("line.way_tcp");
  return t(transit === "udp" ? "line.way_udp" : "line.unknown");
}

/** Unless the page said otherwise. */
function isOn(state: DeviceState | undefined): boolean {
  return state === undefined || state === "on" || state === "unknown";
}

function soundText({ heard_age_ms }: MediaProof): string {
  if (heard_age_ms === null) return t("line.sound_none");
  if (heard_age_ms <= FRESH_MS) return t("line.sound_now");
  return t("line.sound_ago", { time: waitText(heard_age_ms / 1000) });
}

function pictureText({ seen_age_ms, frames_per_s }: MediaProof): string {
  if (seen_age_ms === null) return t("line.picture_none");
  if (seen_age_ms <= FRESH_MS) return t("line.frames", { n: numberText(frames_per_s) });
  return t("line.picture_ago", { time: waitText(seen_age_ms / 1000) });
}
