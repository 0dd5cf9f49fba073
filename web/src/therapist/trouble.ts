import { t } from "../i18n/therapist";
import { ApiError } from "../lib/api";

/** Say a failure as one sentence with what to do, in the page's language. */
export function troubleText(error: unknown, name = ""): string {
  if (!(error instanceof ApiError)) return t("trouble.unexpected");
  switch (error.code) {
    case "unreachable":
      return t("trouble.unreachable");
    case "login_needed":
      return t("trouble.login_needed");
    case "cookies_blocked":
      return t("trouble.cookies_blocked");
    case "unreadable_sheet":
      return t("import.unreadable");
    case "no_name_column":
      return t("import.no_name");
    case "too_many_rows":
      return t("import.too_many");
    case "too_large":
      return t("import.too_large");
    case "bad_period":
      return t("export.wrong");
    case "bad_credentials":
      return t("trouble.bad_credentials");
    case "wrong_password":
      return t("account.password_wrong");
    case "bad_picture":
      return t("account.picture_wrong");
    case "slow_down":
      return slowDown(error.retryAfterS);
    case "email_taken":
      return t("trouble.email_taken");
    case "invitation_needed":
      return t("register.invitation_over");
    case "registration_closed":
      return t("register.closed");
    case "busy":
      return t("trouble.busy");
    case "no_email":
    case "no_sms":
      return t("first.no_gateway");
    case "too_many":
      return t("first.too_many");
    case "no_consultation":
      return t("first.decided");
    case "no_link":
      return t("trouble.no_link");
    case "alert_too_long":
      return t("alert.too_long");
    case "alert_placeholder":
      return t("alert.placeholder");
    case "no_email_address":
      return t("alert.none_email", { name });
    case "no_phone_number":
      return t("alert.none_sms", { name });
    case "patient_absent":
      return t("trouble.patient_absent", { name });
    case "no_page":
      return t("trouble.no_page", { name });
    case "in_conversation":
      return t("trouble.in_conversation");
    case "closed_unsaved":
      return t("trouble.closed_unsaved");
    case "changed_meanwhile":
    case "closed_meanwhile":
      return t("trouble.changed_meanwhile");
    case "database_away":
      return t("trouble.database_away");
    case "database_gone":
    case "database_damaged":
      return t("trouble.database_gone");
    case "media_away":
      return t("trouble.media_away");
    case "full":
      return t("trouble.full");
    case "draining":
      return t("trouble.draining");
    case "still_closing":
      return t("trouble.still_closing");
    case "in_call":
      return t("line.in_call");
    case "not_entered":
      return t("trouble.not_entered");
    case "not_in_contact":
      return t("trouble.not_in_contact", { name });
    case "ended":
      return t("trouble.ended");
  }
  return byStatus(error.status);
}

/** The time that the server asks for, in seconds as long as that is a moment. */
function slowDown(seconds: number | null): string {
  return seconds !== null && seconds < 120
    ? t("trouble.slow_down_for", { n: seconds })
    : t("trouble.slow_down");
}

function byStatus(status: number): string {
  if (status === 404) return t("trouble.not_found");
  if (status === 400 || status === 422) return t("trouble.invalid");
  if (status === 503) return t("trouble.unavailable");
  return t("trouble.unexpected");
}
