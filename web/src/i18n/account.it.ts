import type { accountEn } from "./account.en";
import type { Translation } from "./core";

export const accountIt: Translation<typeof accountEn> = {
  "account.title": "Account",
  "account.profile": "PROFILO",
  "account.name_title": "Titolo",
  "account.no_title": "nessuno",
  "account.name": "Nome",
  "account.article": "Nelle lingue con l’articolo",
  "account.article_f": "la, come «la Dr.ssa»",
  "account.article_m": "il, come «il Dr.»",
  "account.article_none": "senza articolo",
  "account.reads": "Come lo leggono i Suoi pazienti",
  "account.language": "Lingua",
  "account.save": "Salva",
  "account.saved": "Salvato.",

  "account.picture": "FOTO",
  "account.picture_hint":
    "I Suoi pazienti la vedono durante l’attesa. Senza un link valido non la vede nessuno.",
  "account.picture_choose": "Scegli una foto",
  "account.picture_remove": "Rimuovi",
  "account.picture_alt": "La Sua foto, come la vedono i pazienti",
  "account.picture_wrong":
    "Questo file non è un’immagine leggibile. Scelga un file PNG, JPEG o WebP.",

  "account.password": "PASSWORD",
  "account.password_present": "Password attuale",
  "account.password_new": "Nuova password",
  "account.password_missing": "Scriva la password attuale.",
  "account.password_wrong": "Questa non è la Sua password attuale.",
  "account.password_save": "Cambia la password",
  "account.password_saved": "La password è cambiata. Ogni altro accesso è terminato.",

  "account.logins": "I SUOI ACCESSI",
  "account.login_this": "questo browser",
  "account.login_unknown": "Browser sconosciuto",
  "account.login_used": "ultimo uso: {time}",
  "account.login_end": "Termina",
  "account.login_end_of": "Termina l’accesso di {browser}",
  "account.logins_end": "Termina tutti gli altri",
  "account.logins_ended": "Ogni altro accesso è terminato.",

  "account.look": "Aspetto",
  "account.look_system": "Come su questo dispositivo",
  "account.look_light": "Chiaro",
  "account.look_dark": "Scuro",
  "account.look_hint": "Per questo browser. La stanza virtuale è sempre scura.",
  "account.logout": "Esci",
  "account.logout_hint": "Chiude l’accesso anche sul server.",

  "account.yours": "I SUOI DATI",
  "account.export": "Scarica tutto",
  "account.export_hint":
    "Un solo file (JSON) con pazienti, setting, link e sedute come sono ora. Lo conservi al sicuro.",
  "account.erase": "Elimina l’account",
  "account.erase_title": "Eliminare il Suo account?",
  "account.erase_text":
    "L’account viene eliminato definitivamente con tutti i pazienti, i setting, i link, le sedute e i messaggi. I link smettono di funzionare e una seduta in corso termina subito. Nessuno può annullarlo, nemmeno noi.",
  "account.erase_first": "Forse prima vuole scaricare tutto.",
  "account.erase_yes": "Elimina definitivamente",
  "account.erased_title": "Il Suo account è eliminato.",
  "account.erased_text":
    "Su questo server non ne resta nulla, se non nelle copie di sicurezza di chi lo gestisce.",

  "forgot.link": "Password dimenticata?",
  "forgot.title": "Una nuova password",
  "forgot.text":
    "Scriva l’indirizzo e-mail del Suo account. Lì inviamo un link per scegliere una nuova password.",
  "forgot.submit": "Invia il link",
  "forgot.sent":
    "Se esiste un account con questo indirizzo, il link è in arrivo. Vale una sola volta, per 30 minuti. Guardi anche nella posta indesiderata.",
  "forgot.no_mail":
    "Questo server non invia e-mail. Chieda un link a chi lo gestisce; si crea con: visavis therapist reset",
  "forgot.back": "Torna all’accesso",
  "reset.title": "Scelga una nuova password",
  "reset.text": "Ogni accesso di questo account termina. Poi entri con la nuova password.",
  "reset.submit": "Salva la password",
  "reset.done": "La nuova password è salvata. La usi per entrare.",
  "reset.invalid": "Questo link non è più valido. Vale una sola volta, per 30 minuti.",
  "reset.again": "Chiedi un nuovo link",

  "confirm.check_title": "Controlli la Sua posta",
  "confirm.sent":
    "Abbiamo scritto a {email}. Apra entro 24 ore il link del messaggio e scriva lì la Sua password: l’account sarà pronto.",
  "confirm.nothing":
    "Non è arrivato nulla? Guardi anche nella posta indesiderata. Dopo un minuto può chiedere un nuovo invio.",
  "confirm.again": "Invia di nuovo",
  "confirm.again_sent": "Messaggio inviato di nuovo.",
  "confirm.other": "Usa un altro indirizzo",
  "confirm.title": "Confermi il Suo indirizzo",
  "confirm.text": "Scriva la password scelta alla registrazione: mostra che l’account è Suo.",
  "confirm.submit": "Conferma e accedi",
  "confirm.wrong": "Questa non è la password scelta alla registrazione.",
  "confirm.invalid":
    "Questo link non è più valido. Vale una sola volta, per 24 ore. Se ha già confermato, acceda.",
  "confirm.register": "Ripeti la registrazione",
  "login.unconfirmed": "Nuovo account? Prima apra il link che Le abbiamo inviato.",

  "account.email": "E-MAIL",
  "account.email_now": "Accede con {email}.",
  "account.email_new": "Nuovo indirizzo e-mail",
  "account.email_hint":
    "Vi inviamo un link, valido per 24 ore. Finché non usa il link, resta l’indirizzo attuale.",
  "account.email_same": "Questo è già il Suo indirizzo.",
  "account.email_save": "Cambia l’indirizzo",
  "account.email_taken": "Esiste già un account con questo indirizzo.",
  "account.email_waiting":
    "Abbiamo scritto a {email}. Apra il link del messaggio per accedere d’ora in poi con questo indirizzo.",
  "account.email_until": "Il link vale fino a: {day}, ore {time}",
  "account.email_changed": "L’indirizzo è cambiato.",
  "account.email_cancel": "Mantieni l’indirizzo attuale",
  "account.email_kept": "Il Suo indirizzo resta com’è.",
  "account.email_saved": "D’ora in poi accede con {email}.",
  "email.title": "Il Suo nuovo indirizzo",
  "email.text": "D’ora in poi accederà con l’indirizzo a cui è arrivato il messaggio.",
  "email.password": "Password del Suo account",
  "email.wrong": "Questa non è la password dell’account.",
  "email.submit": "Conferma l’indirizzo",
  "email.invalid":
    "Questo link non è più valido. Vale una sola volta, per 24 ore. Può chiederne uno nuovo nel Suo account.",
  "email.account": "Vai all’account",
};
