import type { Translation } from "./core";
import type { en } from "./patient.en";
import { patientLineIt } from "./patient-line.it";
import { patientRoomIt } from "./patient-room.it";
import { patientTestIt } from "./patient-test.it";

export const it: Translation<typeof en> = {
  ...patientLineIt,
  ...patientTestIt,
  ...patientRoomIt,

  help: "Guida",
  opening: "Un momento.",
  unreachable_title: "Non riusciamo a raggiungere il server.",
  unreachable_text: "Controlli la connessione a Internet. Questa pagina continua a provare.",
  try_again: "Riprova",

  invalid_title: "Questo link non apre nessuna seduta.",
  invalid_text:
    "Potrebbe essere scaduto o sostituito da uno nuovo. Apra l’ultimo link ricevuto, oppure ne chieda uno nuovo a chi glielo ha inviato.",

  revoked_title: "Questo link non è più valido.",
  revoked_text:
    "{therapist} lo ha revocato. Il collegamento è chiuso: nessuno La vede o La sente. Può chiudere questa pagina.",

  no_cookies_title: "Questo browser non conserva il nostro cookie.",
  no_cookies_text:
    "Serve a riconoscere il Suo dispositivo, e a nient’altro. Consenta i cookie per questa pagina e riprovi, oppure apra il Suo link in un altro browser.",

  elsewhere_title: "Continuare qui?",
  elsewhere_text: "La seduta è aperta su un altro dispositivo. Se continua qui, là si chiude.",
  continue_here: "Continua qui",

  moved_title: "La seduta continua altrove.",
  moved_text:
    "È stata aperta in un’altra scheda o su un altro dispositivo. Può chiudere questa pagina.",

  ended_title: "La seduta è terminata.",
  ended_text: "Può chiudere questa pagina.",
  until_next: "Alla prossima, {name}.",
  ended_with: "La seduta con {therapist} è terminata. Si prenda un momento prima di proseguire.",
  together: { one: "{n} minuto insieme", other: "{n} minuti insieme" },
  devices_off: "Fotocamera e microfono sono spenti.",
  same_link: "La prossima volta apra lo stesso link.",

  left_title: "Ha lasciato la seduta.",
  left_with: "Ha lasciato la seduta con {therapist}.",
  left_text: "Nessuno La vede o La sente. Finché la seduta è aperta può rientrare.",
  left_text_link: "Nessuno La vede o La sente. Per rientrare apra di nuovo il Suo link.",
  go_back: "Rientra",

  taken_title: "Questo link appartiene a un altro dispositivo.",
  taken_text:
    "È stato usato prima lì, e funziona solo lì. Continui su quel dispositivo, oppure chieda un nuovo link.",
  hello_guest: "Buongiorno.",
  guest_name: "Il Suo nome",
  guest_name_hint: "{therapist} lo legge prima di farLa entrare.",
  guest_name_missing: "Scriva il Suo nome.",
  guest_name_refused: "Questo nome contiene un carattere che non si può mostrare. Lo riscriva.",

  hello: "Buongiorno {name}.",
  welcome_who: "Sta per incontrare {therapist}.",
  welcome_ask:
    "Premendo Continua, il browser chiede se questa pagina può usare microfono e fotocamera. Scelga «Consenti».",
  welcome_private: "Nessuno La vede o La sente finché {therapist} non La fa entrare.",
  welcome_without: "Senza fotocamera può partecipare con la sola voce.",
  continue: "Continua",

  will_let_in: "{therapist} La farà entrare.",
  in_room_now: "{therapist} è nella stanza virtuale e La farà entrare.",
  late: "{therapist} non è ancora qui. Può attendere su questa pagina.",
  back_title: "È di nuovo nella sala d’attesa.",
  back: "{therapist} La farà entrare di nuovo.",
  socket_blocked:
    "Questa rete o questo browser blocca una parte del nostro collegamento. Se nessuno La fa entrare, provi un’altra rete o un altro browser.",
  nobody_sees: "Nessuno La vede o La sente finché {therapist} non La fa entrare.",
  leave_open: "Può lasciare aperta questa pagina. Suonerà piano.",
  own_picture: "La Sua immagine",
  allow_now: "Scelga «Consenti» nel browser.",

  hear_you: "il Suo microfono funziona",
  hear_quiet: "dica una parola per provare il microfono",
  hear_nothing: "dal Suo microfono non arriva ancora audio",
  microphone_off: "il microfono è spento",
  camera_is_off: "La fotocamera è spenta.",
  no_own_picture: "Dalla Sua fotocamera non arriva l’immagine.",

  line_connecting: "La stiamo collegando.",
  line_back: "La stiamo ricollegando.",

  microphone: "Microfono",
  camera: "Fotocamera",
  speaker: "Altoparlante",
  nth_microphone: "Microfono {n}",
  nth_camera: "Fotocamera {n}",
  nth_speaker: "Altoparlante {n}",
  microphone_on: "Microfono acceso",
  camera_on: "Fotocamera accesa",
  speaker_by_device: "È il dispositivo a scegliere da dove esce l’audio.",
  play_tone: "Riproduci un suono",
  playing_tone: "In riproduzione",
  settings: "Microfono, fotocamera e altoparlante",
  close: "Chiudi",

  mute: "Spegni il microfono",
  unmute: "Accendi il microfono",
  camera_stop: "Spegni la fotocamera",
  camera_start: "Accendi la fotocamera",
  leave: "Esci",

  your_camera_is_on: "la fotocamera è accesa",
  in_room: "È in seduta con {therapist}.",
  admitted: "{therapist} La fa entrare.",
  elapsed: "Tempo trascorso",
  no_picture: "In questo momento non arriva l’immagine.",
  picture_paused: "L’immagine è in pausa, così l’audio resta chiaro.",
  no_picture_yet: "L’immagine sta arrivando.",
  reconnecting_you: "La stiamo ricollegando.",
  reconnecting_long: "Ci vuole più del solito. Controlli la connessione a Internet.",
  reconnecting_other: "{therapist} si sta ricollegando. Resti qui, non deve fare nulla.",
  reconnecting_soon: "Resti su questa pagina.",
  turn_on_sound: "Attiva l’audio",
  screen_of: "{therapist} condivide lo schermo",

  denied_both: "Il browser non lascia usare microfono e fotocamera a questa pagina.",
  denied_microphone: "Il browser non lascia usare il microfono a questa pagina.",
  denied_camera: "Il browser non lascia usare la fotocamera a questa pagina.",
  missing_both: "Non troviamo né microfono né fotocamera.",
  missing_microphone: "Non troviamo un microfono. Ne colleghi uno o scelga un altro dispositivo.",
  missing_camera: "Non troviamo una fotocamera.",
  busy_both: "Un altro programma sta usando microfono e fotocamera.",
  busy_microphone: "Un altro programma sta usando il microfono.",
  busy_camera: "Un altro programma sta usando la fotocamera.",
  busy_help: "Termini la telefonata o chiuda l’altra videochiamata. Se non torna da sé, riprovi.",
  missing_help: "Ne colleghi uno, poi riprovi. Può restare: vedrà e sentirà.",
  note_fold: "Riduci questo avviso",
  note_unfold: "Che cosa non va con i dispositivi",
  sound_only: "Può partecipare con la sola voce.",

  allow_chrome_desktop:
    "Prema il simbolo a sinistra dell’indirizzo, attivi microfono e fotocamera, poi riprovi.",
  allow_chrome_android:
    "Tocchi il simbolo a sinistra dell’indirizzo, poi Autorizzazioni, consenta microfono e fotocamera, poi riprovi.",
  allow_chrome_ios:
    "Apra le Impostazioni del dispositivo, cerchi questo browser, consenta microfono e fotocamera, poi torni qui.",
  allow_firefox_desktop:
    "Prema il simbolo barrato a sinistra dell’indirizzo, tolga il blocco, poi riprovi.",
  allow_firefox_android:
    "Tocchi il simbolo a sinistra dell’indirizzo, consenta microfono e fotocamera, poi riprovi.",
  allow_safari_desktop:
    "Nel menu Safari scelga Impostazioni per questo sito web, consenta microfono e fotocamera, poi riprovi.",
  allow_safari_ios:
    "Tocchi il simbolo accanto all’indirizzo, poi Impostazioni sito web, consenta microfono e fotocamera, poi riprovi.",
  allow_samsung:
    "Tocchi il simbolo accanto all’indirizzo, poi Autorizzazioni, consenta microfono e fotocamera, poi riprovi.",
  allow_system:
    "Le impostazioni del dispositivo non lo consentono. Apra le impostazioni sulla privacy, consenta microfono e fotocamera a questo browser, poi riprovi.",
  allow_closed: "La richiesta è stata chiusa. Riprovi, poi scelga «Consenti».",
  allow_other:
    "Consenta microfono e fotocamera a questa pagina nelle impostazioni del browser, poi riprovi.",

  in_app_title: "Apra questa pagina nel browser.",
  in_app_text: "{app} non lascia usare microfono e fotocamera a questa pagina.",
  in_app_unknown: "La finestra in cui si trova non lascia usare microfono e fotocamera.",
  in_app_hint:
    "Questa pagina è aperta dentro {app}, dove microfono e fotocamera spesso non funzionano.",
  in_app_hint_unknown:
    "Questa pagina è aperta dentro un’altra app, dove microfono e fotocamera spesso non funzionano.",
  in_app_ios:
    "Tocchi ··· o il simbolo di condivisione, poi «Apri in Safari». Oppure copi il link e lo incolli lì.",
  in_app_android:
    "Tocchi ⋮ o ···, poi «Apri nel browser». Oppure copi il link e lo incolli in Chrome.",
  copy_link: "Copia il link",
  copied: "Copiato",
  insecure_title: "Questo indirizzo non è sicuro.",
  insecure_text:
    "I browser consentono microfono e fotocamera solo su indirizzi che iniziano con https. Usi il link così come l’ha ricevuto.",
  unsupported_title: "Questo browser non può fare videochiamate.",
  unsupported_text: "Apra il link in una versione recente di Chrome, Edge, Firefox o Safari.",
};
