import type { Translation } from "./core";
import type { roomEn } from "./room.en";

/** The same in Italian. */
export const roomIt: Translation<typeof roomEn> = {
  "chat.title": "Chat con {name}",
  "chat.lead": "La legge solo {name}. Quando la seduta termina, non ne resta nulla.",
  "chat.kept": "Questa conversazione resta con la seduta, e {name} lo sa.",
  "chat.empty": "Non è stato ancora scritto nulla.",
  "chat.empty_absent": "{name} ora non c’è: leggerà all’arrivo.",
  "chat.field": "Scriva un messaggio",
  "chat.send": "Invia",
  "chat.sending": "invio in corso",
  "chat.failed": "Questo messaggio non è arrivato.",
  "chat.again": "Invia di nuovo",
  "chat.close": "Chiudi la chat",
  "chat.me": "Lei",
  "chat.unread": { one: "{n} messaggio nuovo", other: "{n} messaggi nuovi" },
  "chat.left": { one: "resta {n} carattere", other: "restano {n} caratteri" },
  "chat.arrived": "C’è un messaggio da {name}",
  "chat.keep": "Conserva la conversazione",
  "chat.keep_title": "Conservare questa conversazione?",
  "chat.keep_text":
    "Viene salvata in forma cifrata con questa seduta, insieme a ciò che si scriverà da ora in poi, ed eliminata con il paziente. A {name} viene detto che la conversazione è conservata.",
  "chat.keep_yes": "Conserva",
  "chat.kept_title": "CONVERSAZIONE CONSERVATA",
};
