import { Api } from "../lib/api";
import type { PatientSetting, Session } from "../lib/types";

export type Me = { id: string; name: string; email: string; language: string };

export type LinkState = "active" | "revoked" | "expired" | "none";
export type Patient = {
  id: string;
  name: string;
  email: string | null;
  phone: string | null;
  language: string;
  created_at: string;
  last_session_at: string | null;
  link_state: LinkState;
};
export type PatientForm = { name: string; email?: string; phone?: string; language: string };
export type Invitation = {
  url: string;
  created_at: string;
  expires_at: string | null;
  revoked: boolean;
};
export type Setting = PatientSetting & { version: number };
export type Registration = { email: string; password: string; name: string; language: string };

/** The therapist's calls; docs/protocol.md section 1. All reject with `ApiError`. */
export class TherapistApi {
  constructor(private readonly api: Api = new Api()) {}

  me = () => this.api.json<Me>("GET", "/api/me");
  register = (form: Registration) => this.api.json<Me>("POST", "/api/register", form);
  login = (email: string, password: string) =>
    this.api.json<Me>("POST", "/api/login", { email, password });
  logout = () => this.api.json<void>("POST", "/api/logout");
  changeMe = (part: { name?: string; language?: string }) =>
    this.api.json<Me>("PATCH", "/api/me", part);

  patients = () => this.api.json<Patient[]>("GET", "/api/patients");
  patient = (id: string) => this.api.json<Patient>("GET", patient(id));
  addPatient = (form: PatientForm) => this.api.json<Patient>("POST", "/api/patients", form);
  changePatient = (id: string, form: PatientForm) =>
    this.api.json<Patient>("PATCH", patient(id), form);
  deletePatient = (id: string) => this.api.json<void>("DELETE", patient(id));

  /** Rejects with the code `no_link` when none is valid. */
  invitation = (id: string) => this.api.json<Invitation>("GET", `${patient(id)}/invitation`);
  renewInvitation = (id: string) => this.api.json<Invitation>("POST", `${patient(id)}/invitation`);
  revokeInvitation = (id: string) => this.api.json<void>("DELETE", `${patient(id)}/invitation`);

  setting = (id: string) => this.api.json<Setting>("GET", `${patient(id)}/setting`);
  changeSetting = (id: string, setting: PatientSetting) =>
    this.api.json<Setting>("PUT", `${patient(id)}/setting`, setting);

  sessions = (patientId?: string) =>
    this.api.json<Session[]>("GET", `/api/sessions${query({ patient: patientId })}`);
  session = (id: string) => this.api.json<Session>("GET", session(id));
  /** Open a session with this patient, or get the one that is open. */
  openSession = (patientId: string) =>
    this.api.json<Session>("POST", "/api/sessions", { patient_id: patientId });
  enter = (id: string) => this.api.json<Session>("POST", `${session(id)}/enter`);
  accept = (id: string) => this.api.json<Session>("POST", `${session(id)}/accept`);
  hold = (id: string) => this.api.json<Session>("POST", `${session(id)}/hold`);
  end = (id: string) => this.api.json<Session>("POST", `${session(id)}/end`);
  offer = (id: string, sdp: string) => this.api.offer(`${session(id)}/offer`, sdp);
}

export const api = new TherapistApi();

const patient = (id: string) => `/api/patients/${encodeURIComponent(id)}`;
const session = (id: string) => `/api/sessions/${encodeURIComponent(id)}`;

function query(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string] => !!entry[1]);
  return given.length > 0 ? `?${new URLSearchParams(given)}` : "";
}
