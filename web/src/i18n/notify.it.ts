import type { Translation } from "./core";
import type { notifyEn } from "./notify.en";

export const notifyIt: Translation<typeof notifyEn> = {
  "default.title": "SETTING PER I NUOVI PAZIENTI",
  "default.lead":
    "Ogni nuovo paziente comincia così. Chi è già in elenco conserva il proprio; lo cambi in PERSONALIZZA IL SETTING.",
  "default.someone": "Alex",
  "default.screen_off": "{name} non ha il pulsante.",
  "default.alert": "Avvisa i nuovi pazienti quando entro",
  "default.alert_hint":
    "Le Sue parole arrivano a tutti così come le scrive. Se lascia le nostre, ognuno le legge nella propria lingua.",
  "default.use": "Usa per i nuovi pazienti",
  "default.save_first": "Prima salvi il messaggio.",
  "default.used": "I nuovi pazienti cominciano con questo setting.",
  "default.where": "Si cambia nell’account",
};
