import { timeOfDay } from "../i18n/format";
import { t } from "../i18n/ops";
import type { FaultView } from "./history";

/** Jobs as control names them, and the words for what each does. */
const JOBS = {
  "derive presence": "job.presence",
  "close tests from links": "job.tests",
  "finish what failed": "job.finish",
  "push changes": "job.push",
  "write asked letters": "job.letters",
  "tell therapists": "job.tell",
  "expire logins": "job.expire",
  "follow the media node": "job.follow",
  "watch the node": "job.watch",
} as const;

/** One trouble as a sentence that says what to do. */
export function faultText(fault: FaultView): string {
  const { subject: node, reason, times: n, lasts } = fault;
  switch (fault.kind) {
    case "task":
      return taskText(fault);
    case "database":
      return databaseText(fault);
    case "node_away":
      return lasts ? t("fault.node_away_now", { node }) : t("fault.node_away", { node });
    case "node_restarted":
      return t("fault.node_restarted", { node });
    case "node_busy":
      return lasts ? t("fault.node_busy_now", { node }) : t("fault.node_busy", { node });
    case "node_stalled":
      return t("fault.node_stalled", { node, n });
    case "node_full":
      return t("fault.node_full", { node, n });
    case "node_bug":
      return t("fault.node_bug", { node, n });
    case "handshakes":
      return reason === "no_check"
        ? t("fault.no_check", { node, n })
        : t("fault.handshakes", { node, n, reason });
    case "gateway":
      return gatewayText(fault);
    case "refused":
      return fault.subject === "sms"
        ? t("fault.refused_sms", { n })
        : t("fault.refused_email", { n });
  }
}

function taskText({ subject, reason, lasts }: FaultView): string {
  const job = jobText(subject);
  if (!lasts) return t("fault.task", { job, reason });
  return reason === "ended"
    ? t("fault.task_ended_now", { job })
    : t("fault.task_now", { job, reason });
}

function databaseText({ reason, lasts }: FaultView): string {
  if (!lasts) return t("fault.database");
  if (reason === "gone") return t("fault.database_gone_now");
  return reason === "damaged" ? t("fault.database_damaged_now") : t("fault.database_now");
}

function gatewayText({ subject, reason, times: n }: FaultView): string {
  const silent = reason === "no_answer";
  if (subject === "sms")
    return silent ? t("fault.gateway_sms_no_answer", { n }) : t("fault.gateway_sms", { n });
  return silent ? t("fault.gateway_email_no_answer", { n }) : t("fault.gateway_email", { n });
}

export function jobText(name: string): string {
  if (name in JOBS) return t(JOBS[name as keyof typeof JOBS]);
  if (name.startsWith("send email")) return t("job.email");
  return name.startsWith("send sms") ? t("job.sms") : t("job.other", { name });
}

/** "10:19", "10:19–10:25", "since 10:19" */
export function faultTime({ began_at, last_at, lasts }: FaultView): string {
  const [from, to] = [timeOfDay(began_at), timeOfDay(last_at)];
  if (lasts) return t("fault.since", { time: from });
  return from === to ? from : t("fault.span", { from, to });
}
