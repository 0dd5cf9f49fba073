import type { Translation } from "./core";
import type { opsEn } from "./ops.en";

export const opsIt: Translation<typeof opsEn> = {
  "ops.title": "Gestione",
  "ops.live": "in diretta",
  "ops.late": "ultima risposta {ago} fa",
  "ops.version": "versione {version}, in funzione da {time}",
  "ops.log_out": "Esci",
  "ops.cancel": "Annulla",
  "ops.retry": "Riprova",
  "ops.loading": "Chiediamo al server.",

  "ops.login_title": "Gestione",
  "ops.login_lead": "Per chi gestisce questo server. Qui non compare alcun nome.",
  "ops.email": "E-mail",
  "ops.password": "Password",
  "ops.log_in": "Accedi",
  "ops.email_missing": "Scriva il Suo indirizzo e-mail.",
  "ops.password_missing": "Scriva la Sua password.",
  "ops.no_account": "Un account si crea sul server: {command}",
  "ops.logged_out": "L’accesso è scaduto. Acceda di nuovo per continuare.",
  "ops.bad_credentials": "E-mail o password non corrette. Le controlli e riprovi.",
  "ops.slow_down": "Troppi tentativi. Attenda un momento, poi riprovi.",
  "ops.busy": "In questo momento accedono molte persone. Riprovi tra poco.",
  "ops.cookies_blocked":
    "Questo browser non conserva il nostro cookie, quindi l’accesso non può durare. Consenta i cookie per questa pagina e riprovi.",
  "ops.unreachable": "Il server non è raggiungibile. I dati sono delle {time}.",
  "ops.unreachable_first": "Il server non è raggiungibile. Controlli la Sua rete e riprovi.",
  "ops.database":
    "Il server non può usare il proprio database ({reason}). I dati sono delle {time}; le chiamate in corso continuano.",
  "ops.unexpected": "Qualcosa non ha funzionato dalla nostra parte. Riprovi tra poco.",

  "ops.began": "Control è partito alle {time}. Ciò che precede è perduto; si conservano due ore.",
  "ops.node_away":
    "Il nodo non risponde: nessuno può entrare. Le chiamate che ancora porta continuano. Verifichi che sia in funzione, e che indirizzo e token siano giusti.",
  "ops.draining":
    "Nessuna nuova visita: si chiede di riprovare tra qualche minuto. Le sedute iniziate continuano.",

  "tile.sessions": "Sedute in contatto",
  "tile.sessions_most": "massimo in due ore: {n}",
  "tile.browsers": "Browser in linea",
  "tile.waiting": {
    one: "{n} paziente in sala d’attesa",
    other: "{n} pazienti in sala d’attesa",
  },
  "tile.waiting_none": "nessuno in attesa",
  "tile.join": "Il 95 % in linea entro",
  "tile.joins": { one: "{n} connessione in due ore", other: "{n} connessioni in due ore" },
  "tile.start": "Primo audio dopo ACCOGLI",
  "tile.starts": { one: "{n} in due ore, il 95 % entro", other: "{n} in due ore, il 95 % entro" },
  "tile.sound": "Audio perso per strada",
  "tile.sound_share": "dei pacchetti dell’ultimo minuto",
  "tile.sound_none": "nessun audio nell’ultimo minuto",
  "tile.quality": "Connessioni ora",
  "tile.quality_good": "% buone",
  "tile.quality_rest": "{fair} discrete, {poor} scarse",
  "tile.quality_none": "nessuna da valutare",
  "tile.none": "ancora nessuna",
  "tile.over": "oltre {time}",

  "plot.quality": "CONNESSIONI PER LIVELLO",
  "plot.participants": "partecipanti, due ore",
  "plot.traffic": "SEDUTE E BROWSER",
  "plot.count": "numero, due ore",
  "plot.sound": "AUDIO PERSO PER STRADA",
  "plot.sound_unit": "% dei pacchetti, al minuto",
  "plot.good": "buona",
  "plot.fair": "discreta",
  "plot.poor": "scarsa",
  "plot.server": "il nostro server in ritardo",
  "plot.unknown": "non ancora valutata",
  "plot.sessions": "sedute",
  "plot.browsers": "browser",
  "plot.up": "dai browser",
  "plot.down": "ai browser",
  "plot.at": "{time}: {values}",
  "plot.value": "{name} {value}",
  "plot.spoken": "{title}, dalle {from} alle {to}. Ora: {values}.",
  "plot.scrub": "{title}: scorrere nel tempo",
  "plot.empty": "Ancora nulla: il primo punto arriva entro dieci secondi.",

  "dist.joins": "TEMPO DI CONNESSIONE",
  "dist.joins_unit": "connessioni, due ore",
  "dist.starts": "PRIMO AUDIO DOPO ACCOGLI",
  "dist.starts_unit": "lati, due ore",
  "dist.gaps": "INTERRUZIONI DELL’AUDIO",
  "dist.gaps_unit": "secondi che ne hanno, secondo la più lunga, due ore",
  "dist.none": "Nessuna connessione in queste due ore.",
  "dist.starts_none": "Nessuna seduta iniziata in queste due ore.",
  "dist.gaps_none": "Nessuna interruzione dell’audio in queste due ore.",
  "dist.more": "oltre",
  "dist.up_to": "fino a {time}: {n}",
  "dist.more_n": "oltre {time}: {n}",
  "dist.failed": {
    one: "{n} browser non è riuscito a connettersi.",
    other: "{n} browser non sono riusciti a connettersi.",
  },
  "dist.failed_none": "Ogni browser rimasto è riuscito a connettersi.",

  "nodes.title": "NODI",
  "nodes.taking": "accetta nuove visite",
  "nodes.taking_none": "non accetta nuove visite",
  "nodes.node": "Nodo",
  "nodes.load": "Carico",
  "nodes.rooms": "Stanze virtuali",
  "nodes.browsers": "Browser",
  "nodes.lag": "Ritardo, 95 %",
  "nodes.up": "Attivo da",
  "nodes.state": "Stato",
  "nodes.action": "Azione",
  "nodes.good": "buono",
  "nodes.busy": "sotto sforzo",
  "nodes.draining": "in svuotamento",
  "nodes.draining_left": {
    one: "in svuotamento, ne resta {n}",
    other: "in svuotamento, ne restano {n}",
  },
  "nodes.away": "non risponde",
  "nodes.core_python": "nucleo Python",
  "nodes.core_native": "nucleo compilato",
  "nodes.version": "versione {version}",
  "nodes.version_differs": "versione {version}, diversa da quella di control",
  "nodes.drain": "Svuota",
  "nodes.stop": "Riapri",
  "nodes.ask": "Svuotare {node}?",
  "nodes.ask_text":
    "A chi arriva si chiede di riprovare tra qualche minuto. Le sedute iniziate continuano. Può riaprire il nodo quando vuole; lo fa anche un riavvio.",
  "nodes.failed": "Il nodo non ha risposto. Ne guardi lo stato e riprovi.",

  "msg.title": "MESSAGGI",
  "msg.unit": "24 ore",
  "msg.channel": "Canale",
  "msg.email": "E-mail",
  "msg.sms": "SMS",
  "msg.waiting": "In attesa",
  "msg.sent": "Inviati",
  "msg.failed": "Non riusciti",
  "msg.oldest": "Il primo attende da",
  "msg.none":
    "Né e-mail né SMS sono configurati: nessuno riceve messaggi. La guida spiega come, in «Messages».",

  "fault.title": "ULTIMI PROBLEMI",
  "fault.unit": "il più recente per primo",
  "fault.none": "Nulla dalle {time}.",
  "fault.since": "dalle {time}",
  "fault.span": "{from}–{to}",
  "fault.lasting": "tuttora",
  "fault.task":
    "{job}: non riuscito e ripetuto ({reason}). Il registro di control dice in quale punto.",
  "fault.task_now":
    "{job}: fallisce di continuo ({reason}). Il registro di control dice in quale punto.",
  "fault.task_ended_now":
    "{job}: non è più in funzione. Riavvii control; le chiamate intanto continuano.",
  "fault.database": "Il database non ha risposto. Nulla è rimasto scritto a metà.",
  "fault.database_now":
    "Il database non risponde. Verifichi che sia in funzione e che il disco abbia spazio.",
  "fault.database_gone_now":
    "Il file del database è stato eliminato o sostituito. Non si scrive nulla finché non viene rimesso al proprio posto, seguito da un riavvio.",
  "fault.database_damaged_now": "Il file del database non è leggibile. Ripristini una copia.",
  "fault.node_away": "{node} non rispondeva: nessuno poteva entrare.",
  "fault.node_away_now":
    "{node} non risponde: nessuno può entrare. Verifichi che sia in funzione, e che indirizzo e token siano giusti.",
  "fault.node_restarted": "{node} è ripartito. Chi era in chiamata è tornato in pochi secondi.",
  "fault.node_busy": "{node} era sotto sforzo: l’audio poteva arrivare in ritardo.",
  "fault.node_busy_now":
    "{node} è sotto sforzo: l’audio può arrivare in ritardo. Alleggerisca la macchina o le dia più core.",
  "fault.node_stalled": {
    one: "{node} si è fermato per mezzo secondo o più, {n} volta. La macchina è sovraccarica o in pausa?",
    other:
      "{node} si è fermato per mezzo secondo o più, {n} volte. La macchina è sovraccarica o in pausa?",
  },
  "fault.node_full": {
    one: "{node} era pieno e ha rifiutato {n} browser. Aumenti VISAVIS_MAX_ROOMS se la macchina lo consente.",
    other:
      "{node} era pieno e ha rifiutato {n} browser. Aumenti VISAVIS_MAX_ROOMS se la macchina lo consente.",
  },
  "fault.node_bug": {
    one: "{node} ha chiuso {n} connessione per un suo errore. Lo segnali, con il registro del nodo.",
    other:
      "{node} ha chiuso {n} connessioni per un suo errore. Lo segnali, con il registro del nodo.",
  },
  "fault.no_check": {
    one: "{n} browser non ha trovato la via per {node}. Se continua: apra la porta del nodo per UDP e TCP e controlli VISAVIS_ANNOUNCE.",
    other:
      "{n} browser non hanno trovato la via per {node}. Se continua: apra la porta del nodo per UDP e TCP e controlli VISAVIS_ANNOUNCE.",
  },
  "fault.handshakes": {
    one: "{n} browser ha raggiunto {node} e non è riuscito a connettersi ({reason}). Riprova da solo.",
    other:
      "{n} browser hanno raggiunto {node} e non sono riusciti a connettersi ({reason}). Riprovano da soli.",
  },
  "fault.gateway_email_no_answer": {
    one: "Il server di posta non ha risposto, {n} volta. I messaggi attendono e si riprova.",
    other: "Il server di posta non ha risposto, {n} volte. I messaggi attendono e si riprova.",
  },
  "fault.gateway_email": {
    one: "Il server di posta non accetta i nostri messaggi, {n} volta. Controlli VISAVIS_SMTP_URL e VISAVIS_MAIL_FROM.",
    other:
      "Il server di posta non accetta i nostri messaggi, {n} volte. Controlli VISAVIS_SMTP_URL e VISAVIS_MAIL_FROM.",
  },
  "fault.gateway_sms_no_answer": {
    one: "Il servizio SMS non ha risposto, {n} volta. I messaggi attendono e si riprova.",
    other: "Il servizio SMS non ha risposto, {n} volte. I messaggi attendono e si riprova.",
  },
  "fault.gateway_sms": {
    one: "Il servizio SMS non accetta i nostri messaggi, {n} volta. Controlli VISAVIS_SMS_URL e il credito.",
    other:
      "Il servizio SMS non accetta i nostri messaggi, {n} volte. Controlli VISAVIS_SMS_URL e il credito.",
  },
  "fault.refused_email": {
    one: "{n} e-mail rifiutata. Chi l’ha inviata lo sa; non si riprova.",
    other: "{n} e-mail rifiutate. Chi le ha inviate lo sa; non si riprova.",
  },
  "fault.refused_sms": {
    one: "{n} SMS rifiutato. Chi l’ha inviato lo sa; non si riprova.",
    other: "{n} SMS rifiutati. Chi li ha inviati lo sa; non si riprova.",
  },

  "job.presence": "Notare chi arriva e chi esce",
  "job.tests": "Chiudere le prove di connessione",
  "job.finish": "Finire ciò che non è riuscito subito",
  "job.push": "Aggiornare le pagine aperte",
  "job.letters": "Scrivere le lettere sugli account",
  "job.tell": "Avvisare i terapeuti di ciò che non hanno visto",
  "job.expire": "Chiudere gli accessi scaduti ed eliminare i dati vecchi",
  "job.email": "Inviare e-mail",
  "job.sms": "Inviare SMS",
  "job.follow": "Seguire il nodo",
  "job.watch": "Osservare il nodo per questa pagina",
  "job.other": "Un lavoro in secondo piano ({name})",
};
