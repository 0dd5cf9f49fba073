import type { Translation } from "./core";
import type { patientLineEn } from "./patient-line.en";

/** The same in Italian. */
export const patientLineIt: Translation<typeof patientLineEn> = {
  line_good: "La Sua connessione è buona.",
  line_border: "La Sua connessione è buona, vicina al limite.",
  line_other: "La Sua connessione va bene. Il disturbo è dall’altra parte.",
  line_fair: "La Sua connessione è discreta.",
  line_poor: "La Sua connessione è scarsa.",
  line_late: "L’audio arriva con un leggero ritardo.",
  line_late_half: "L’audio arriva con circa mezzo secondo di ritardo. Lasci pause più lunghe.",
  line_late_second: "L’audio arriva con circa un secondo di ritardo. Lasci pause più lunghe.",
  line_late_much: "L’audio arriva in ritardo. Lasci pause più lunghe.",
  line_loss_up: "La Sua voce può interrompersi. Il tratto debole va da Lei a noi.",
  line_loss_down: "Può perdere qualche parola. Il tratto debole va da noi a Lei.",
  line_jitter_up: "La Sua voce può spezzarsi. Il tratto debole va da Lei a noi.",
  line_jitter_down: "Ciò che sente può spezzarsi. Il tratto debole va da noi a Lei.",
  line_capacity_up: "La Sua immagine sarà piccola. L’audio va bene.",
  line_capacity_down: "Vedrà un’immagine piccola. L’audio va bene.",
  line_own_paused:
    "La Sua immagine è in pausa perché la linea è debole: così l’audio resta chiaro.",
  line_bufferbloat: "La Sua linea rallenta quando altri programmi inviano dati.",
  line_server: "Il nostro server è sovraccarico. La Sua connessione non c’entra.",
  line_no_call: "La Sua connessione ora è troppo debole per una videochiamata.",
  line_blocked: "Questa rete blocca le videochiamate. Provi un’altra rete.",
  line_unjudged: "Il collegamento è attivo.",
  line_black: "La Sua fotocamera invia un’immagine nera. Forse è coperta.",
  line_relay: "Collegamento per la via di riserva, più lenta.",
  check_again: "Ripeti la verifica",
  check_running: "Verifica in corso, circa 8 secondi",
  check_often: "È già stata verificata più volte. Attenda qualche minuto.",
  line_unfold: "Com’è la connessione",
  hint_router: "Può essere utile avvicinarsi al router.",
  hint_stop: "Se può, li fermi.",
  hint_network: "Provi un’altra rete, oppure resti con la sola voce.",
  sound_first: "{therapist} ha fermato le immagini, così vi sentite meglio.",
  line_hint:
    "Un consiglio: può aiutare avvicinarsi al Wi-Fi, usare un cavo di rete o fermare altri invii di dati.",
  line_hint_close: "Chiudi il consiglio",
};
