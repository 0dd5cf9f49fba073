import { t } from "../../i18n/therapist";
import { type Both, directionRows, wholeRows } from "../line-numbers";

/** The numbers: each direction in a row of its own, then what is of a whole line. */
export function LineFigures(both: Both) {
  return (
    <>
      <Directions {...both} />
      <Whole {...both} />
    </>
  );
}

function Directions(both: Both) {
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
        {directionRows(both).map(({ title, level, lost, upTo, varies, carries }) => (
          <tr key={title} data-level={level ?? "unknown"}>
            <th scope="row">{title}</th>
            <td class="num" data-label={t("line.lost_share")}>
              <span>
                {lost} {upTo && <span class="soft">{upTo}</span>}
              </span>
            </td>
            <td class="num" data-label={t("line.varies")}>
              {varies}
            </td>
            <td class="num" data-label={t("line.carries")}>
              {carries}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Whole(both: Both) {
  return (
    <table>
      <thead>
        <tr>
          <td />
          <th scope="col">{both.own.name}</th>
          <th scope="col">{both.other.name}</th>
        </tr>
      </thead>
      <tbody>
        {wholeRows(both).map(([title, own, other]) => (
          <tr key={title}>
            <th scope="row">{title}</th>
            <td class="num" data-label={both.own.name}>
              {own}
            </td>
            <td class="num" data-label={both.other.name}>
              {other}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
