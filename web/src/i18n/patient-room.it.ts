import type { Translation } from "./core";
import type { patientRoomEn } from "./patient-room.en";

/** The same in Italian. */
export const patientRoomIt: Translation<typeof patientRoomEn> = {
  chat_title: "Chat",
  chat_title_with: "Chat con {therapist}",
  chat_lead: "Li legge solo {therapist}. Quando la seduta termina, non ne resta nulla.",
  chat_kept: "{therapist} conserva questa conversazione con la seduta.",
  chat_empty: "Non è stato ancora scritto nulla.",
  chat_field: "Scriva un messaggio",
  chat_send: "Invia",
  chat_sending: "invio in corso",
  chat_failed: "Questo messaggio non è arrivato.",
  chat_again: "Invia di nuovo",
  chat_close: "Chiudi la chat",
  chat_me: "Lei",
  chat_unread: { one: "{n} messaggio nuovo", other: "{n} messaggi nuovi" },
  chat_left: { one: "resta {n} carattere", other: "restano {n} caratteri" },
  chat_arrived: "{therapist} ha scritto un messaggio",
  chat_open: "Scriva un messaggio per {therapist}",
};
