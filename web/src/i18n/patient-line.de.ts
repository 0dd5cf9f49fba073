import type { Translation } from "./core";
import type { patientLineEn } from "./patient-line.en";

/** The same in German. */
export const patientLineDe: Translation<typeof patientLineEn> = {
  line_good: "Ihre Verbindung ist gut.",
  line_border: "Ihre Verbindung ist gut, nahe an der Grenze.",
  line_fair: "Ihre Verbindung ist mäßig.",
  line_poor: "Ihre Verbindung ist schlecht.",
  line_late: "Der Ton kommt etwas verspätet an.",
  line_late_half: "Der Ton kommt etwa eine halbe Sekunde verspätet an. Machen Sie längere Pausen.",
  line_late_second: "Der Ton kommt etwa eine Sekunde verspätet an. Machen Sie längere Pausen.",
  line_late_much: "Der Ton kommt verspätet an. Machen Sie längere Pausen.",
  line_loss_up: "Ihre Stimme kann aussetzen. Die schwache Strecke führt von Ihnen zu uns.",
  line_loss_down: "Ihnen können Wörter entgehen. Die schwache Strecke führt von uns zu Ihnen.",
  line_jitter_up: "Ihre Stimme kann stocken. Die schwache Strecke führt von Ihnen zu uns.",
  line_jitter_down: "Was Sie hören, kann stocken. Die schwache Strecke führt von uns zu Ihnen.",
  line_capacity_up: "Ihr Bild wird klein sein. Der Ton ist gut.",
  line_capacity_down: "Sie werden ein kleines Bild sehen. Der Ton ist gut.",
  line_own_paused: "Ihr Bild ist angehalten, weil die Leitung schwach ist: So bleibt der Ton klar.",
  line_bufferbloat: "Ihre Leitung wird langsam, wenn andere Programme Daten senden.",
  line_server: "Unser Server ist überlastet. Es liegt nicht an Ihrer Verbindung.",
  line_no_call: "Ihre Verbindung ist im Moment zu schwach für einen Videoanruf.",
  line_blocked: "Dieses Netz blockiert Videoanrufe. Versuchen Sie ein anderes Netz.",
  line_unjudged: "Sie sind verbunden.",
  line_black: "Ihre Kamera sendet ein schwarzes Bild. Vielleicht ist sie abgedeckt.",
  line_relay: "Verbunden über den langsameren Ersatzweg.",
  check_again: "Noch einmal prüfen",
  check_running: "Wird geprüft, etwa 8 Sekunden",
  check_often: "Sie wurde eben mehrmals geprüft. Bitte warten Sie einige Minuten.",
  line_unfold: "Wie die Verbindung ist",
  hint_router: "Näher am Router wird es vielleicht besser.",
  hint_stop: "Halten Sie diese an, wenn Sie können.",
  hint_network: "Versuchen Sie ein anderes Netz, oder bleiben Sie beim Ton allein.",
  sound_first: "{therapist} hat die Bilder angehalten, damit Sie einander gut hören.",
  line_hint:
    "Ein Hinweis: Es hilft vielleicht, näher am WLAN zu sitzen, ein Netzwerkkabel zu nehmen oder andere Uploads anzuhalten.",
  line_hint_close: "Hinweis schließen",
};
