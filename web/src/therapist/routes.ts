/** Which page an address means. Pure. */
export type Route =
  | {
      readonly page:
        | "home"
        | "login"
        | "register"
        | "forgot"
        | "reset"
        | "confirm"
        | "new-email"
        | "account"
        | "patients"
        | "sessions"
        | "consultations"
        | "outbox"
        | "lost";
    }
  | { readonly page: "patient" | "waiting" | "room"; readonly id: string };

type Plain = Exclude<Route["page"], "patient" | "waiting" | "room">;

const PLAIN: Readonly<Record<string, Plain>> = {
  "": "home",
  login: "login",
  register: "register",
  forgot: "forgot",
  reset: "reset",
  confirm: "confirm",
  "new-email": "new-email",
  account: "account",
  patients: "patients",
  sessions: "sessions",
  "first-consultations": "consultations",
  outbox: "outbox",
};

/** Pages that mailed links lead to, also where a mail program made `#` and what follows part of the path. */
const MAILED = /^(register|reset|confirm|new-email)(?![a-z0-9-])/i;

/** Read a path such as "/sessions/s1/room"; anything unknown is `lost`. */
export function readRoute(path: string): Route {
  const parts = path.split("/").filter(Boolean);
  const [head = "", id, tail] = parts;
  const mailed = MAILED.exec(head)?.[1]?.toLowerCase();
  if (mailed && parts.length === 1) return { page: PLAIN[mailed] ?? "lost" };
  if (parts.length <= 1) return { page: PLAIN[head] ?? "lost" };
  if (head === "patients" && id && parts.length === 2) return { page: "patient", id };
  if (head === "sessions" && id && parts.length === 2) return { page: "waiting", id };
  if (head === "sessions" && id && tail === "room" && parts.length === 3)
    return { page: "room", id };
  return { page: "lost" };
}

export const CONSULTATIONS = "/first-consultations";
export const patientPath = (id: string) => `/patients/${id}`;
/** The virtual waiting room of a session. */
export const waitingPath = (id: string) => `/sessions/${id}`;
export const roomPath = (id: string) => `/sessions/${id}/room`;
