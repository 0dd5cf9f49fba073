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

  "notices.title": "MESSAGGI PER LEI",
  "notices.wait": "Se qualcuno attende e Lei non l’ha visto",
  "notices.never": "Non inviare nulla",
  "notices.after": { one: "Avvisami dopo {n} minuto", other: "Avvisami dopo {n} minuti" },
  "notices.wait_hint":
    "Una volta per ogni attesa, senza nomi. Non inviamo nulla se ha usato una pagina che mostra chi attende o se è in contatto con qualcuno.",
  "notices.phone": "Il Suo numero di telefono",
  "notices.no_way": "Scelga e-mail o SMS.",
  "notices.quiet": "Ore di silenzio",
  "notices.begin": "Dalle",
  "notices.end": "Alle",
  "notices.hours_missing": "Scriva entrambi gli orari, come 21:00.",
  "notices.same_hours": "Scelga due orari diversi.",
  "notices.quiet_hint":
    "Secondo l’orologio di questo dispositivo. In quelle ore non Le inviamo nulla; il campanello di una pagina aperta suona comunque. Gli avvisi ai pazienti partono ogni volta che entra.",
  "notices.failed_hint":
    "Se un messaggio a un paziente non arriva, lo dicono le Sue pagine. Quando nessuna è aperta, Le scriviamo un’e-mail.",

  "sent.no_such_address":
    "Il messaggio per {name} non è arrivato. L’indirizzo non esiste: chieda quello giusto e invii di nuovo il messaggio.",
  "sent.mailbox_full":
    "Il messaggio per {name} non è arrivato. La casella di posta è piena: telefoni o usi un altro indirizzo.",
  "sent.refused_there":
    "Il messaggio per {name} non è arrivato. Il server di posta di destinazione lo rifiuta: telefoni o usi un altro indirizzo.",
  "sent.given_up":
    "Il messaggio per {name} non è arrivato. Il server di posta di destinazione non è raggiungibile: controlli l’indirizzo e invii di nuovo il messaggio.",
  "sent.sms_taken":
    "Per un SMS, «inviato» significa che il servizio SMS lo ha preso in carico. Se poi non arriva, nessuno ci avvisa: può dirlo solo {name}.",

  "failed.call": "Chiami {phone}",
  "failed.dismiss": "Chiudi la nota su {name}",
};
