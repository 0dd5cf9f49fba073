import type { Translation } from "./core";
import type { patientTestEn } from "./patient-test.en";

/** The same in French. */
export const patientTestFr: Translation<typeof patientTestEn> = {
  test_button: "Tester la caméra et la connexion",
  test_with: "Pour votre séance avec {therapist}",
  test_title: "Tester la caméra et la connexion",
  test_private: "cette image n’est visible que par vous",
  test_connection: "Connexion",
  test_running: "Vérification en cours. Elle dure environ dix secondes.",
  test_camera_works: "Votre caméra fonctionne.",
  test_microphone_works: "Votre micro fonctionne.",
  test_microphone_quiet: "Dites un mot pour le tester.",
  test_camera_frozen: "L’image s’arrête. Fermez les autres programmes, puis refaites le test.",
  test_sees: "{therapist} voit ce résultat, pas votre image. Personne n’est appelé.",
  test_same_link: "Le jour du rendez-vous, ouvrez le même lien.",
  test_again: "Refaire le test",
  test_back: "Retour",
  test_often: "Vous venez de faire plusieurs tests. Veuillez attendre quelques minutes.",
  test_blocked: "Ce réseau bloque les appels vidéo. Essayez un autre réseau.",
  level_good: "bon",
  level_fair: "moyen",
  level_poor: "faible",
};
