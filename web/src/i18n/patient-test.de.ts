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
  report: "Bericht herunterladen",
  report_json: "Als JSON",
  report_title: "Bericht zur Verbindung",
  report_file: "verbindungsbericht",
  report_up: "Von Ihnen zu uns",
  report_down: "Von uns zu Ihnen",
  report_round: "Hin und zurück",
  report_lost: "verloren",
  report_varies: "Verzögerung schwankt um",
  report_carries: "Durchsatz",
  report_none: "nicht gemessen",
  level_good: "gut",
  level_fair: "mäßig",
  level_poor: "schlecht",
};
