import { Api } from "../lib/api";
import type { components } from "../lib/api-types";
import type { Chat, ChatMessage, IceServers, SendReport } from "../lib/types";
import type { Asked, Page } from "./state/paged-list";

type Schemas = components["schemas"];
export type Me = Schemas["Me"];
export type EmailState = Schemas["EmailState"];
export type Login = Schemas["LoginEntry"];
export type Patient = Schemas["Patient"];
/** Medians of what was measured of a patient's line before. */
export type UsualLine = Schemas["UsualLine"];
export type PatientForm = Schemas["NewPatient"];
export type Invitation = Schemas["InvitationLink"];
export type QrCode = Schemas["QrCode"];
export type Consultation = Schemas["Consultation"];
export type Letter = Schemas["ConsultationLetter"];
export type Import = Schemas["Import"];
export type ImportRow = Schemas["ImportRow"];
export type Setting = Schemas["Setting"];
export type Alert = Schemas["Alert"];
export type AlertChange = Schemas["AlertChange"];
export type PatientMessages = Schemas["PatientMessages"];
export type ApiFailed = Schemas["FailedMessage"];
export type Notices = Schemas["Notices"];
export type KeptMessage = Schemas["KeptMessage"];
export type Registration = Schemas["Registration"];
type Registered = Schemas["Registered"];
type RegistrationMode = Schemas["RegistrationMode"];
type Session = Schemas["Session"];
type OpenSessions = Schemas["SessionsMessage"];
type ConsultationForm = Partial<Pick<Consultation, "language" | "note" | "message">>;
type Switches = Pick<Setting, "self_view" | "clock" | "screen">;

/** The therapist's calls; docs/protocol.md section 1. All reject with `ApiError`. */
class TherapistApi {
  constructor(private readonly api: Api = new Api()) {}

  me = () => this.api.json<Me>("GET", "/api/me");
  registrationMode = () => this.api.json<RegistrationMode>("GET", "/api/register");
  /** With an invitation logs in as well; without, the answer is the same whatever came of it. */
  register = (form: Registration) => this.api.json<Me | Registered>("POST", "/api/register", form);
  /** Make the account of a mailed link, and log in. */
  confirm = (token: string, password: string) =>
    this.api.json<Me>("POST", "/api/register/confirm", { token, password });
  login = (email: string, password: string) =>
    this.api.json<Me>("POST", "/api/login", { email, password });
  /** The same answer whether or not there is an account. */
  forgot = (email: string) => this.api.json<void>("POST", "/api/forgot", { email });
  reset = (token: string, password: string) =>
    this.api.json<void>("POST", "/api/reset", { token, password });
  logout = () => this.api.json<void>("POST", "/api/logout");
  changeMe = (part: Schemas["MeChange"]) => this.api.json<Me>("PATCH", "/api/me", part);
  setPicture = (picture: Blob) => this.api.file<Me>("PUT", "/api/me/picture", picture);
  removePicture = () => this.api.json<void>("DELETE", "/api/me/picture");
  changePassword = (present: string, fresh: string) =>
    this.api.json<void>("POST", "/api/me/password", { present, new: fresh });
  email = () => this.api.json<EmailState>("GET", "/api/me/email");
  /** Ask for another address; without mail it is there at once. */
  changeEmail = (email: string, password: string) =>
    this.api.json<EmailState>("POST", "/api/me/email", { email, password });
  sendEmailAgain = () => this.api.json<void>("POST", "/api/me/email/again");
  keepEmail = () => this.api.json<void>("DELETE", "/api/me/email");
  /** Take the address of a mailed link; null where the login of this browser will do. */
  confirmEmail = (token: string, password: string | null) =>
    this.api.json<EmailState>("POST", "/api/email/confirm", { token, password });
  logins = () => this.api.json<Schemas["LoginList"]>("GET", "/api/me/logins");
  endLogin = (id: string) =>
    this.api.json<void>("DELETE", `/api/me/logins/${encodeURIComponent(id)}`);
  endOtherLogins = () => this.api.json<void>("DELETE", "/api/me/logins");
  erase = (password: string) => this.api.json<void>("POST", "/api/me/erase", { password });

  /** A page of the patients that match, by name. */
  patients = (asked: Partial<Asked> & { archived?: string } = {}) =>
    this.api.json<Page<Patient>>("GET", `/api/patients${query({ ...asked })}`);
  patient = (id: string) => this.api.json<Patient>("GET", patient(id));
  addPatient = (form: PatientForm) => this.api.json<Patient>("POST", "/api/patients", form);
  changePatient = (id: string, form: PatientForm) =>
    this.api.json<Patient>("PATCH", patient(id), form);
  deletePatient = (id: string) => this.api.json<void>("DELETE", patient(id));

  archivePatient = (id: string) => this.api.json<Patient>("POST", `${patient(id)}/archive`);
  restorePatient = (id: string) => this.api.json<Patient>("DELETE", `${patient(id)}/archive`);
  /** What an import would do with each row; nothing is written. */
  previewImport = (sheet: Blob, language: string) =>
    this.api.upload<Import>(`/api/patients/import/preview${query({ language })}`, sheet);
  importPatients = (sheet: Blob, language: string) =>
    this.api.upload<Import>(`/api/patients/import${query({ language })}`, sheet);

  /** Rejects with the code `no_link` when none is valid. */
  invitation = (id: string) => this.api.json<Invitation>("GET", `${patient(id)}/invitation`);
  renewInvitation = (id: string) => this.api.json<Invitation>("POST", `${patient(id)}/invitation`);
  revokeInvitation = (id: string) => this.api.json<void>("DELETE", `${patient(id)}/invitation`);

  /** Undecided first consultations, newest first. Link and setting are as a patient's, by its id. */
  consultations = () => this.api.json<{ items: Consultation[] }>("GET", "/api/consultations");
  consultation = (id: string) => this.api.json<Consultation>("GET", first(id));
  /** Begin one, with a one-time link. */
  beginConsultation = (form: ConsultationForm) =>
    this.api.json<Consultation>("POST", "/api/consultations", form);
  changeConsultation = (id: string, form: ConsultationForm) =>
    this.api.json<Consultation>("PATCH", first(id), form);
  /** What goes out with the link; rejects with `no_link` when none is valid. */
  consultationLetter = (id: string) => this.api.json<Letter>("GET", `${first(id)}/letter`);
  /** Have the link sent by this server; rejects with `no_email` or `no_sms` where it cannot. */
  sendConsultation = (id: string, to: { email: string } | { phone: string }) =>
    this.api.json<Consultation>("POST", `${first(id)}/send`, to);
  addGuest = (id: string, form: PatientForm) =>
    this.api.json<Patient>("POST", `${first(id)}/add`, form);
  decideLater = (id: string) => this.api.json<Consultation>("POST", `${first(id)}/later`);
  discardConsultation = (id: string) => this.api.json<void>("DELETE", first(id));

  setting = (id: string) => this.api.json<Setting>("GET", `${patient(id)}/setting`);
  changeSetting = (id: string, setting: Switches) =>
    this.api.json<Setting>("PUT", `${patient(id)}/setting`, setting);

  /** What new patients begin with. */
  defaultSetting = () => this.api.json<Setting>("GET", "/api/me/setting");
  changeDefaultSetting = (setting: Switches) =>
    this.api.json<Setting>("PUT", "/api/me/setting", setting);
  defaultAlert = () => this.api.json<Alert>("GET", "/api/me/alert");
  changeDefaultAlert = (alert: AlertChange) => this.api.json<Alert>("PUT", "/api/me/alert", alert);
  /** Have new patients begin with this patient's setting, the alert with it. */
  useForNew = (id: string) => this.api.json<Setting>("POST", `${patient(id)}/setting/use-for-new`);

  alert = (id: string) => this.api.json<Alert>("GET", `${patient(id)}/alert`);
  changeAlert = (id: string, alert: AlertChange) =>
    this.api.json<Alert>("PUT", `${patient(id)}/alert`, alert);
  messages = (id: string) => this.api.json<PatientMessages>("GET", `${patient(id)}/messages`);
  sendLink = (id: string, channel: "email" | "sms") =>
    this.api.json<PatientMessages>("POST", `${patient(id)}/link/send`, { channel });
  /** The messages that wait to be sent by hand. */
  keptMessages = () => this.api.json<Schemas["KeptMessages"]>("GET", "/api/messages");
  /** What did not arrive; `removeMessage` takes one off. */
  failedMessages = () => this.api.json<Schemas["FailedMessages"]>("GET", "/api/messages/failed");
  /** What is sent to the therapist herself. */
  notices = () => this.api.json<Notices>("GET", "/api/me/notices");
  changeNotices = (wish: Schemas["NoticesChange"]) =>
    this.api.json<Notices>("PUT", "/api/me/notices", wish);
  removeMessage = (id: string) =>
    this.api.json<void>("DELETE", `/api/messages/${encodeURIComponent(id)}`);

  /** A page of the sessions, newest first; `search` is for the patient. */
  sessions = (asked: Partial<Asked> & { patient?: string; ended?: "1" } = {}) =>
    this.api.json<Page<Session>>("GET", `/api/sessions${query({ ...asked })}`);
  /** What the WebSocket pushes, for a page that has none. */
  openSessions = () => this.api.json<OpenSessions>("GET", "/api/sessions/open");
  exportSessions = (asked: { from: string; to: string; zone: string; language: string }) =>
    this.api.download(`/api/sessions/export${query(asked)}`);
  session = (id: string) => this.api.json<Session>("GET", session(id));
  /** Open a session with this patient, or get the one that is open. */
  openSession = (patientId: string) =>
    this.api.json<Session>("POST", "/api/sessions", { patient_id: patientId });
  /** Say that who waits was seen here, so that no message goes to the therapist. */
  see = (id: string) => this.api.json<void>("PUT", `${session(id)}/seen`);
  enter = (id: string) => this.api.json<Session>("POST", `${session(id)}/enter`);
  accept = (id: string) => this.api.json<Session>("POST", `${session(id)}/accept`);
  hold = (id: string) => this.api.json<Session>("POST", `${session(id)}/hold`);
  end = (id: string) => this.api.json<Session>("POST", `${session(id)}/end`);
  /** Stop the pictures of both while in contact, or let them go on. */
  putSoundFirst = (id: string, on: boolean) =>
    this.api.json<Session>("PUT", `${session(id)}/sound-first`, { on });
  /** Have the patient's page say what may help its line; rejects with `no_page` without one. */
  sendHint = (id: string) => this.api.json<void>("POST", `${session(id)}/hint`);
  iceServers = (id: string) => this.api.json<IceServers>("GET", `${session(id)}/ice-servers`);
  /** What was written after this number; of an ended session what was kept. */
  chat = (id: string, after = 0) =>
    this.api.json<Chat>("GET", `${session(id)}/chat?after=${after}`);
  write = (id: string, message: { id: string; text: string }) =>
    this.api.json<ChatMessage>("POST", `${session(id)}/chat`, message);
  keepChat = (id: string) => this.api.json<void>("POST", `${session(id)}/chat/keep`);
  /** What this page sends, for the patient's page. */
  tellDevices = (id: string, devices: SendReport) =>
    this.api.json<void>("PUT", `${session(id)}/devices`, devices);
  /** How both lines are, asked of the media node anew. */
  /** How both lines of a session went in contact. */
  lineCourse = (id: string) => this.api.json<Schemas["LineCourse"]>("GET", `${session(id)}/lines`);
  /** What is usual for this patient's line, but for what this session measured. */
  usualLine = (patientId: string, sessionId: string) =>
    this.api.json<Schemas["UsualAnswer"]>(
      "GET",
      `${patient(patientId)}/usual-line${query({ but: sessionId })}`,
    );
  /** Begin a check of both lines; `light` with few bytes. */
  checkLine = (id: string, light: boolean) =>
    this.api.json<Schemas["LineCheck"]>("POST", `${session(id)}/check${light ? "?light=1" : ""}`);
  offer = (id: string, sdp: string) => this.api.offer(`${session(id)}/offer`, sdp);
}

export const api = new TherapistApi();

const first = (id: string) => `/api/consultations/${encodeURIComponent(id)}`;
const patient = (id: string) => `/api/patients/${encodeURIComponent(id)}`;
const session = (id: string) => `/api/sessions/${encodeURIComponent(id)}`;

function query(values: Readonly<Record<string, string | number | null>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== "");
  const pairs = given.map(([name, value]) => [name, String(value)]);
  return pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : "";
}
