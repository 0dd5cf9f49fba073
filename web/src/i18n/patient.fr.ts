import type { Translation } from "./core";
import type { en } from "./patient.en";
import { patientLineFr } from "./patient-line.fr";
import { patientTestFr } from "./patient-test.fr";

export const fr: Translation<typeof en> = {
  ...patientLineFr,
  ...patientTestFr,
  help: "Aide",
  opening: "Un instant.",
  unreachable_title: "Nous n’arrivons pas à joindre le serveur.",
  unreachable_text: "Veuillez vérifier votre connexion à Internet. Cette page continue d’essayer.",
  try_again: "Réessayer",

  invalid_title: "Ce lien n’ouvre aucune séance.",
  invalid_text:
    "Il a peut-être expiré ou un nouveau lien l’a remplacé. Veuillez ouvrir le dernier lien reçu, ou en demander un nouveau à la personne qui vous l’a envoyé.",

  revoked_title: "Ce lien n’est plus valable.",
  revoked_text:
    "{therapist} l’a révoqué. La connexion est fermée : personne ne vous voit ni ne vous entend. Vous pouvez fermer cette page.",

  no_cookies_title: "Ce navigateur ne garde pas notre cookie.",
  no_cookies_text:
    "Il sert à reconnaître votre appareil, et à rien d’autre. Veuillez autoriser les cookies pour cette page et réessayer, ou ouvrir votre lien dans un autre navigateur.",

  elsewhere_title: "Continuer ici ?",
  elsewhere_text:
    "Cette séance est ouverte sur un autre appareil. Si vous continuez ici, elle se ferme là-bas.",
  continue_here: "Continuer ici",

  moved_title: "Votre séance continue ailleurs.",
  moved_text:
    "Elle a été ouverte dans un autre onglet ou sur un autre appareil. Vous pouvez fermer cette page.",

  ended_title: "La séance est terminée.",
  ended_text: "Vous pouvez fermer cette page.",
  until_next: "À la prochaine fois, {name}.",
  ended_with: "Votre séance avec {therapist} est terminée. Prenez un moment avant de continuer.",
  together: { one: "{n} minute ensemble", other: "{n} minutes ensemble" },
  devices_off: "Votre caméra et votre micro sont coupés.",
  same_link: "La prochaine fois, ouvrez le même lien.",

  left_title: "Vous avez quitté la séance.",
  left_with: "Vous avez quitté la séance avec {therapist}.",
  left_text:
    "Personne ne vous voit ni ne vous entend. Tant que la séance est ouverte, vous pouvez revenir.",
  left_text_link:
    "Personne ne vous voit ni ne vous entend. Pour revenir, ouvrez de nouveau votre lien.",
  go_back: "Revenir",

  taken_title: "Ce lien appartient à un autre appareil.",
  taken_text:
    "Il a d’abord été utilisé là-bas, et ne fonctionne que là. Veuillez continuer sur cet appareil, ou demander un nouveau lien.",
  hello_guest: "Bonjour.",
  guest_name: "Votre nom",
  guest_name_hint: "{therapist} le lit avant de vous laisser entrer.",
  guest_name_missing: "Veuillez écrire votre nom.",
  guest_name_refused:
    "Ce nom contient un caractère que l’on ne peut pas afficher. Veuillez l’écrire à nouveau.",

  hello: "Bonjour {name}.",
  welcome_who: "Vous allez rencontrer {therapist}.",
  welcome_ask:
    "Quand vous continuez, votre navigateur demande si cette page peut utiliser le micro et la caméra. Veuillez choisir « Autoriser ».",
  welcome_private:
    "Personne ne vous voit ni ne vous entend tant que {therapist} ne vous fait pas entrer.",
  welcome_without: "Sans caméra, vous pouvez participer par le son.",
  continue: "Continuer",

  will_let_in: "{therapist} vous fera entrer.",
  in_room_now: "{therapist} est dans la salle virtuelle et vous fera entrer.",
  late: "{therapist} n’est pas encore là. Vous pouvez attendre ici.",
  back_title: "Vous êtes de nouveau dans la salle d’attente.",
  back: "{therapist} vous fera entrer de nouveau.",
  socket_blocked:
    "Ce réseau ou ce navigateur bloque une partie de notre connexion. Si personne ne vous fait entrer, veuillez essayer un autre réseau ou un autre navigateur.",
  nobody_sees:
    "Personne ne vous voit ni ne vous entend tant que {therapist} ne vous fait pas entrer.",
  leave_open: "Vous pouvez laisser cette page ouverte. Elle sonnera doucement.",
  own_picture: "Votre propre image",
  allow_now: "Veuillez choisir « Autoriser » dans votre navigateur.",

  hear_you: "votre micro fonctionne",
  hear_quiet: "dites un mot pour essayer votre micro",
  hear_nothing: "aucun son n’arrive encore de votre micro",
  microphone_off: "votre micro est coupé",
  camera_is_off: "Votre caméra est coupée.",
  no_own_picture: "Aucune image n’arrive de votre caméra.",

  line_connecting: "Connexion en cours.",
  line_back: "Nous rétablissons votre connexion.",

  microphone: "Micro",
  camera: "Caméra",
  speaker: "Haut-parleur",
  nth_microphone: "Micro {n}",
  nth_camera: "Caméra {n}",
  nth_speaker: "Haut-parleur {n}",
  microphone_on: "Micro activé",
  camera_on: "Caméra activée",
  speaker_by_device: "Votre appareil choisit par où sort le son.",
  play_tone: "Jouer un son",
  playing_tone: "Lecture en cours",
  settings: "Micro, caméra et haut-parleur",
  close: "Fermer",

  mute: "Couper le micro",
  unmute: "Activer le micro",
  camera_stop: "Couper la caméra",
  camera_start: "Activer la caméra",
  leave: "Quitter",

  your_camera_is_on: "votre caméra est activée",
  in_room: "Vous êtes en séance avec {therapist}.",
  admitted: "{therapist} vous fait entrer.",
  elapsed: "Temps écoulé",
  no_picture: "Aucune image n’arrive en ce moment.",
  picture_paused: "L’image est en pause pour que le son reste clair.",
  no_picture_yet: "L’image arrive.",
  reconnecting_you: "Nous rétablissons votre connexion.",
  reconnecting_long:
    "Cela prend plus de temps que d’habitude. Veuillez vérifier votre connexion à Internet.",
  reconnecting_other: "{therapist} retrouve la connexion. Restez ici, vous n’avez rien à faire.",
  reconnecting_soon: "Veuillez rester sur cette page.",
  turn_on_sound: "Activer le son",
  screen_of: "{therapist} partage l’écran",

  denied_both: "Votre navigateur ne laisse pas cette page utiliser le micro et la caméra.",
  denied_microphone: "Votre navigateur ne laisse pas cette page utiliser le micro.",
  denied_camera: "Votre navigateur ne laisse pas cette page utiliser la caméra.",
  missing_both: "Nous ne trouvons ni micro ni caméra.",
  missing_microphone:
    "Nous ne trouvons pas de micro. Veuillez en brancher un ou choisir un autre appareil.",
  missing_camera: "Nous ne trouvons pas de caméra.",
  busy_both: "Un autre programme utilise votre micro et votre caméra.",
  busy_microphone: "Un autre programme utilise votre micro.",
  busy_camera: "Un autre programme utilise votre caméra.",
  busy_help:
    "Terminez l’appel téléphonique ou fermez l’autre appel vidéo. Si rien ne revient tout seul, réessayez.",
  missing_help:
    "Veuillez brancher un appareil, puis réessayer. Vous pouvez rester : vous verrez et entendrez.",
  note_fold: "Replier cette note",
  note_unfold: "Ce qui ne va pas avec les appareils",
  sound_only: "Vous pouvez participer par le son seul.",

  allow_chrome_desktop:
    "Cliquez sur le signe à gauche de l’adresse, activez le micro et la caméra, puis réessayez.",
  allow_chrome_android:
    "Touchez le signe à gauche de l’adresse, puis Autorisations, autorisez le micro et la caméra, puis réessayez.",
  allow_chrome_ios:
    "Ouvrez les Réglages de votre appareil, cherchez ce navigateur, autorisez le micro et la caméra, puis revenez ici.",
  allow_firefox_desktop:
    "Cliquez sur le signe barré à gauche de l’adresse, retirez le blocage, puis réessayez.",
  allow_firefox_android:
    "Touchez le signe à gauche de l’adresse, autorisez le micro et la caméra, puis réessayez.",
  allow_safari_desktop:
    "Dans le menu Safari, choisissez Réglages pour ce site web, autorisez le micro et la caméra, puis réessayez.",
  allow_safari_ios:
    "Touchez le signe à côté de l’adresse, puis Réglages du site web, autorisez le micro et la caméra, puis réessayez.",
  allow_samsung:
    "Touchez le signe à côté de l’adresse, puis Autorisations, autorisez le micro et la caméra, puis réessayez.",
  allow_system:
    "Les réglages de votre appareil ne l’autorisent pas. Ouvrez ses réglages de confidentialité, autorisez le micro et la caméra pour ce navigateur, puis réessayez.",
  allow_closed: "La question a été fermée. Réessayez, puis choisissez « Autoriser ».",
  allow_other:
    "Autorisez le micro et la caméra pour cette page dans les réglages de votre navigateur, puis réessayez.",

  in_app_title: "Veuillez ouvrir cette page dans votre navigateur.",
  in_app_text: "{app} ne laisse pas cette page utiliser le micro et la caméra.",
  in_app_unknown:
    "La fenêtre où vous êtes ne laisse pas cette page utiliser le micro et la caméra.",
  in_app_hint:
    "Cette page est ouverte dans {app}, où le micro et la caméra ne fonctionnent souvent pas.",
  in_app_hint_unknown:
    "Cette page est ouverte dans une autre application, où le micro et la caméra ne fonctionnent souvent pas.",
  in_app_ios:
    "Touchez ··· ou le signe de partage, puis « Ouvrir dans Safari ». Ou copiez le lien et collez-le là-bas.",
  in_app_android:
    "Touchez ⋮ ou ···, puis « Ouvrir dans le navigateur ». Ou copiez le lien et collez-le dans Chrome.",
  copy_link: "Copier le lien",
  copied: "Copié",
  insecure_title: "Cette adresse n’est pas sûre.",
  insecure_text:
    "Les navigateurs n’autorisent le micro et la caméra que sur les adresses qui commencent par https. Veuillez utiliser le lien tel que vous l’avez reçu.",
  unsupported_title: "Ce navigateur ne peut pas faire d’appels vidéo.",
  unsupported_text:
    "Veuillez ouvrir votre lien dans une version récente de Chrome, Edge, Firefox ou Safari.",

  chat_title: "Chat",
  chat_title_with: "Chat avec {therapist}",
  chat_lead: "Ce chat n’est lu que par {therapist}. À la fin de la séance, il n’en reste rien.",
  chat_kept: "{therapist} conserve cette conversation avec la séance.",
  chat_empty: "Rien n’a encore été écrit.",
  chat_field: "Écrivez un message",
  chat_send: "Envoyer",
  chat_sending: "envoi en cours",
  chat_failed: "Ce message n’est pas arrivé.",
  chat_again: "Envoyer de nouveau",
  chat_close: "Fermer le chat",
  chat_me: "Vous",
  chat_unread: { one: "{n} nouveau message", other: "{n} nouveaux messages" },
  chat_left: { one: "encore {n} caractère", other: "encore {n} caractères" },
  chat_arrived: "{therapist} a écrit un message",
  chat_open: "Écrire un message pour {therapist}",

  screen_show: "Partager l’écran",
  screen_stop: "Arrêter le partage de l’écran",
  screen_now: "Vous partagez votre écran",
  small_window: "Petite fenêtre",
  full_screen: "Plein écran",
  leave_full_screen: "Quitter le plein écran",
  blur: "Flouter l’arrière-plan",
  blur_hint: "Votre appareil le fait avant l’envoi de l’image.",
  only_sound: "Son seul",
  only_sound_hint: "Votre caméra s’éteint et vous ne voyez pas d’image.",
  other_muted: "{therapist} : micro coupé",
  other_no_camera: "{therapist} : caméra coupée",
  other_both_off: "{therapist} : micro et caméra coupés",
  other_held: "{therapist} : micro utilisé ailleurs",
};
