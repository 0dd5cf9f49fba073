import type { Translation } from "./core";
import type { deskEn } from "./desk.en";

export const deskIt: Translation<typeof deskEn> = {
  "begin.title": "Inizia",
  "home.today_recent": "SEDUTE DI OGGI E RECENTI",

  "list.name": "Nome",
  "list.contact": "Contatti",
  "list.last": "Ultima seduta",
  "list.link": "Link",
  "list.state": "Stato",
  "list.patient": "Paziente",
  "list.began": "Inizio",
  "list.length": "Durata",
  "list.connected": "In collegamento",
  "list.outcome": "Esito",
  "list.doors": "Azioni",
  "list.no_length": "nessun tempo insieme",
  "list.patients": "Pazienti",
  "list.sessions": "Sedute",

  "sessions.tab": "SEDUTE",
  "sessions.met": "svolta",
  "sessions.no_contact": "nessun contatto",
  "sessions.return": "Torna",
  "sessions.return_for": "Torna da {name}",
};
