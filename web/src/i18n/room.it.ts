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

  "share.allowed": "Può condividere lo schermo",
  "share.allowed_on": "{name} ha un pulsante per farlo.",
  "share.allowed_off": "{name} non può farlo; una condivisione in corso si interrompe subito.",
  "share.other": "condivide lo schermo",
  "share.screen_of": "Schermo di {name}",
  "share.own_picture": "Immagine di {name}",
  "picture.small": "Finestra piccola",
  "picture.full": "Schermo intero",
  "picture.leave_full": "Esci da schermo intero",
  "picture.title": "IMMAGINE",
  "picture.blur": "Sfoca lo sfondo",
  "picture.blur_hint": "Lo fa il Suo dispositivo, prima che l’immagine parta.",
  "room.closing":
    "Il server non risponde. Il Suo microfono e la Sua fotocamera sono scollegati; {name} torna in sala d’attesa appena il server risponde.",
  "share.link": "Condividi il link",
  "share.send": "Invia il link",
  "level.good": "buona",
  "level.fair": "discreta",
  "level.poor": "scarsa",
};
