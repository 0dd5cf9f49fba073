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

  screen_show: "Condividi lo schermo",
  screen_stop: "Interrompi la condivisione dello schermo",
  screen_now: "Sta condividendo lo schermo",
  small_window: "Finestra piccola",
  full_screen: "Schermo intero",
  leave_full_screen: "Esci da schermo intero",
  blur: "Sfoca lo sfondo",
  blur_hint: "Lo fa il Suo dispositivo, prima che l’immagine parta.",
  only_sound: "Solo audio",
  only_sound_hint: "La Sua fotocamera si spegne e non vede immagini.",
  other_muted: "{therapist}: microfono spento",
  other_no_camera: "{therapist}: fotocamera spenta",
  other_both_off: "{therapist}: microfono e fotocamera spenti",
  other_held: "{therapist}: microfono occupato altrove",
};
