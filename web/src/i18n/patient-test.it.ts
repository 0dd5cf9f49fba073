import type { Translation } from "./core";
import type { patientTestEn } from "./patient-test.en";

/** The same in Italian. */
export const patientTestIt: Translation<typeof patientTestEn> = {
  test_button: "Provi fotocamera e connessione",
  test_with: "Per la Sua seduta con {therapist}",
  test_title: "Prova di fotocamera e connessione",
  test_private: "questa immagine la vede solo Lei",
  test_connection: "Connessione",
  test_running: "Verifica in corso. Bastano circa dieci secondi.",
  test_camera_works: "La Sua fotocamera funziona.",
  test_microphone_works: "Il Suo microfono funziona.",
  test_microphone_quiet: "Dica una parola per provarlo.",
  test_camera_frozen: "L’immagine si ferma. Chiuda altri programmi, poi ripeta la prova.",
  test_sees: "{therapist} vede l’esito, non la Sua immagine. Nessuno viene chiamato.",
  test_same_link: "Il giorno dell’appuntamento apra lo stesso link.",
  test_again: "Ripeti la prova",
  test_back: "Indietro",
  test_often: "Ha già fatto più prove. Attenda qualche minuto.",
  test_blocked: "Questa rete blocca le videochiamate. Provi un’altra rete.",
  level_good: "buona",
  level_fair: "discreta",
  level_poor: "scarsa",
};
