import type { Translation } from "./core";
import type { weakEn } from "./weak.en";

/** The same in Italian. */
export const weakIt: Translation<typeof weakEn> = {
  "sound.first": "Prima l’audio",
  "sound.first_hint":
    "Nessuna immagine viaggia, né da Lei né da {name}: la linea è tutta per l’audio. {name} ne viene a conoscenza.",
  "sound.undo": "Ripristina le immagini",
  "sound.now": "Prima l’audio: le immagini sono ferme, così l’audio resta chiaro.",
  "sound.ahead": "Prima l’audio è attivo: vi incontrerete senza immagini.",
  "hint.send": "Invia un consiglio",
  "hint.sent": "Consiglio inviato",
  "hint.sent_told":
    "{name} legge che cosa può aiutare: più vicino al Wi-Fi, un cavo, nessun altro invio di dati.",
  "trouble.no_page": "La pagina di {name} ora non è raggiungibile.",
  "levels.unknown": "non nota",
};
