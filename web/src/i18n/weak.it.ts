import type { Translation } from "./core";
import type { weakEn } from "./weak.en";

/** The same in Italian. */
export const weakIt: Translation<typeof weakEn> = {
  "sound.first": "Prima l’audio",
  "sound.first_hint":
    "Non passa nessuna immagine, né da Lei né da {name}: la linea è tutta per l’audio. Un avviso lo spiega a {name}.",
  "share.allowed_later": "{name} avrà il pulsante appena tornano le immagini.",
  "line.paused":
    "L’immagine di {name} è in pausa perché la linea è debole: così l’audio resta chiaro.",
  "line.own_paused":
    "La Sua immagine è in pausa perché la linea è debole: così l’audio resta chiaro.",
  "sound.undo": "Ripristina le immagini",
  "sound.now": "Prima l’audio: le immagini sono ferme, così l’audio resta chiaro.",
  "sound.ahead": "Prima l’audio è attivo: vi incontrerete senza immagini.",
  "hint.send": "Invia un consiglio",
  "hint.sent": "Consiglio inviato",
  "hint.sent_told":
    "{name} legge che cosa può aiutare: più vicino al Wi-Fi, un cavo, nessun altro invio di dati.",
  "trouble.no_page": "La pagina di {name} ora non è raggiungibile.",
  "levels.unknown": "non nota",

  "tone.ask": "Ha sentito il suono?",
  "tone.yes": "Sì",
  "tone.no": "No",
  "tone.help":
    "Alzi il volume, oppure scelga un altro altoparlante o le cuffie, poi riproduca di nuovo il suono.",
  "line.speaker": "Altoparlante",
  "tone.untried": "non provato",
  "tone.heard": "suono sentito",
  "tone.not_heard": "suono non sentito",
  "tone.own_word": "(a detta della persona)",
  "look.moving": "immagine in movimento",
  "look.black": "nera",
  "look.frozen": "ferma",
  "look.by_page": "(pagina)",
};
