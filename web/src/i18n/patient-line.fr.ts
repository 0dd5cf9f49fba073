import type { Translation } from "./core";
import type { patientLineEn } from "./patient-line.en";

/** The same in French. */
export const patientLineFr: Translation<typeof patientLineEn> = {
  line_good: "Votre connexion est bonne.",
  line_border: "Votre connexion est bonne, proche de la limite.",
  line_other: "Votre connexion est bonne. La perturbation vient de l’autre côté.",
  line_fair: "Votre connexion est moyenne.",
  line_poor: "Votre connexion est faible.",
  line_late: "Le son arrive avec un léger retard.",
  line_late_half:
    "Le son arrive avec environ une demi-seconde de retard. Faites des pauses plus longues.",
  line_late_second:
    "Le son arrive avec environ une seconde de retard. Faites des pauses plus longues.",
  line_late_much: "Le son arrive en retard. Faites des pauses plus longues.",
  line_loss_up: "Votre voix peut se couper. La partie faible va de vous à nous.",
  line_loss_down: "Des mots peuvent vous échapper. La partie faible va de nous à vous.",
  line_jitter_up: "Votre voix peut être hachée. La partie faible va de vous à nous.",
  line_jitter_down: "Ce que vous entendez peut être haché. La partie faible va de nous à vous.",
  line_capacity_up: "Votre image sera petite. Le son passe bien.",
  line_capacity_down: "Vous verrez une petite image. Le son passe bien.",
  line_own_paused: "Votre image est en pause car la ligne est faible : ainsi le son reste clair.",
  line_bufferbloat: "Votre ligne ralentit quand d’autres programmes envoient des données.",
  line_server: "Notre serveur est surchargé. Votre connexion n’est pas en cause.",
  line_no_call: "Votre connexion est trop faible pour un appel vidéo en ce moment.",
  line_blocked: "Ce réseau bloque les appels vidéo. Essayez un autre réseau.",
  line_unjudged: "La connexion est établie.",
  line_black: "Votre caméra envoie une image noire. Elle est peut-être couverte.",
  line_relay: "Connexion par la voie de secours, plus lente.",
  check_again: "Vérifier à nouveau",
  check_running: "Vérification en cours, environ 8 secondes",
  check_often: "Elle vient d’être vérifiée plusieurs fois. Veuillez attendre quelques minutes.",
  line_unfold: "L’état de la connexion",
  hint_router: "Se rapprocher du routeur peut aider.",
  hint_stop: "Arrêtez-les, si vous le pouvez.",
  hint_network: "Essayez un autre réseau, ou restez avec le son seul.",
  sound_first: "{therapist} a arrêté les images, pour que vous vous entendiez bien.",
  line_hint:
    "Un conseil : se rapprocher du Wi-Fi, utiliser un câble réseau ou arrêter d’autres envois peut aider.",
  line_hint_close: "Fermer le conseil",
};
