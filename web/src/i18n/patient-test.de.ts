import type { Translation } from "./core";
import type { patientTestEn } from "./patient-test.en";

/** The same in German. */
export const patientTestDe: Translation<typeof patientTestEn> = {
  test_button: "Kamera und Verbindung testen",
  test_with: "Für Ihre Sitzung mit {therapist}",
  test_title: "Kamera und Verbindung testen",
  test_private: "dieses Bild sehen nur Sie",
  test_connection: "Verbindung",
  test_running: "Wird geprüft. Es dauert etwa zehn Sekunden.",
  test_camera_works: "Ihre Kamera funktioniert.",
  test_microphone_works: "Ihr Mikrofon funktioniert.",
  test_microphone_quiet: "Sagen Sie ein Wort, um es zu testen.",
  test_camera_frozen:
    "Das Bild bleibt stehen. Schließen Sie andere Programme und testen Sie noch einmal.",
  test_sees: "{therapist} sieht dieses Ergebnis, nicht Ihr Bild. Niemand wird angerufen.",
  test_same_link: "Öffnen Sie zum Termin denselben Link.",
  test_again: "Noch einmal testen",
  test_back: "Zurück",
  test_often: "Sie haben eben mehrmals getestet. Bitte warten Sie einige Minuten.",
  test_blocked: "Dieses Netz blockiert Videoanrufe. Versuchen Sie ein anderes Netz.",
  level_good: "gut",
  level_fair: "mäßig",
  level_poor: "schlecht",
};
