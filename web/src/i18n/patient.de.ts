import type { Translation } from "./core";
import type { en } from "./patient.en";
import { patientLineDe } from "./patient-line.de";
import { patientTestDe } from "./patient-test.de";

export const de: Translation<typeof en> = {
  ...patientLineDe,
  ...patientTestDe,
  help: "Hilfe",
  opening: "Einen Moment.",
  unreachable_title: "Wir erreichen den Server nicht.",
  unreachable_text:
    "Bitte prüfen Sie Ihre Internetverbindung. Diese Seite versucht es weiter von selbst.",
  try_again: "Noch einmal versuchen",

  invalid_title: "Dieser Link öffnet keine Sitzung.",
  invalid_text:
    "Vielleicht ist er abgelaufen oder durch einen neuen ersetzt. Bitte öffnen Sie den Link, den Sie zuletzt erhalten haben, oder bitten Sie um einen neuen.",

  revoked_title: "Dieser Link gilt nicht mehr.",
  revoked_text:
    "{therapist} hat ihn widerrufen. Die Verbindung ist geschlossen: Niemand sieht oder hört Sie. Sie können diese Seite schließen.",

  no_cookies_title: "Dieser Browser behält unser Cookie nicht.",
  no_cookies_text:
    "Wir erkennen daran Ihr Gerät und verwenden es für nichts anderes. Bitte erlauben Sie Cookies für diese Seite und versuchen Sie es noch einmal, oder öffnen Sie Ihren Link in einem anderen Browser.",

  elsewhere_title: "Hier fortfahren?",
  elsewhere_text:
    "Diese Sitzung ist auf einem anderen Gerät geöffnet. Wenn Sie hier fortfahren, wird sie dort geschlossen.",
  continue_here: "Hier fortfahren",

  moved_title: "Ihre Sitzung geht an anderer Stelle weiter.",
  moved_text:
    "Sie wurde in einem anderen Tab oder auf einem anderen Gerät geöffnet. Sie können diese Seite schließen.",

  ended_title: "Die Sitzung ist beendet.",
  ended_text: "Sie können diese Seite schließen.",
  until_next: "Bis zum nächsten Mal, {name}.",
  ended_with:
    "Ihre Sitzung mit {therapist} ist beendet. Nehmen Sie sich einen Moment Zeit, bevor Sie weitermachen.",
  together: { one: "{n} Minute gemeinsam", other: "{n} Minuten gemeinsam" },
  devices_off: "Ihre Kamera und Ihr Mikrofon sind aus.",
  same_link: "Öffnen Sie beim nächsten Mal denselben Link.",

  left_title: "Sie sind gegangen.",
  left_with: "Sie haben die Sitzung mit {therapist} verlassen.",
  left_text: "Niemand sieht oder hört Sie. Solange die Sitzung offen ist, können Sie zurückkehren.",
  left_text_link: "Niemand sieht oder hört Sie. Öffnen Sie Ihren Link erneut, um zurückzukehren.",
  go_back: "Zurückkehren",

  taken_title: "Dieser Link gehört zu einem anderen Gerät.",
  taken_text:
    "Dort wurde er zuerst benutzt, und nur dort gilt er. Bitte machen Sie dort weiter, oder bitten Sie um einen neuen Link.",
  hello_guest: "Guten Tag.",
  guest_name: "Ihr Name",
  guest_name_hint: "{therapist} liest ihn, bevor Sie eingelassen werden.",
  guest_name_missing: "Bitte schreiben Sie Ihren Namen.",
  guest_name_refused:
    "Dieser Name enthält ein Zeichen, das nicht gezeigt werden kann. Bitte schreiben Sie ihn neu.",

  hello: "Guten Tag, {name}.",
  welcome_who: "Gleich treffen Sie {therapist}.",
  welcome_ask:
    "Wenn Sie fortfahren, fragt Ihr Browser, ob diese Seite Mikrofon und Kamera verwenden darf. Bitte wählen Sie „Zulassen“ oder „Erlauben“.",
  welcome_private: "Niemand sieht oder hört Sie, bis {therapist} Sie hereinlässt.",
  welcome_without: "Ohne Kamera können Sie mit Ton teilnehmen.",
  continue: "Weiter",

  will_let_in: "{therapist} lässt Sie herein.",
  in_room_now: "{therapist} ist im virtuellen Raum und lässt Sie gleich herein.",
  late: "{therapist} ist noch nicht da. Sie können hier warten.",
  back_title: "Sie sind wieder im Wartezimmer.",
  back: "{therapist} lässt Sie wieder herein.",
  socket_blocked:
    "Dieses Netz oder dieser Browser blockiert einen Teil unserer Verbindung. Wenn niemand Sie hereinlässt, versuchen Sie es bitte in einem anderen Netz oder Browser.",
  nobody_sees: "Niemand sieht oder hört Sie, bis {therapist} Sie hereinlässt.",
  leave_open: "Sie können diese Seite offen lassen. Sie klingelt leise.",
  own_picture: "Ihr eigenes Bild",
  allow_now: "Bitte wählen Sie in Ihrem Browser „Zulassen“ oder „Erlauben“.",

  hear_you: "Ihr Mikrofon funktioniert",
  hear_quiet: "sagen Sie ein Wort, um Ihr Mikrofon zu prüfen",
  hear_nothing: "von Ihrem Mikrofon kommt noch kein Ton",
  microphone_off: "Ihr Mikrofon ist aus",
  camera_is_off: "Ihre Kamera ist aus.",
  no_own_picture: "Von Ihrer Kamera kommt kein Bild.",

  line_connecting: "Wir verbinden Sie.",
  line_back: "Wir verbinden Sie wieder.",

  microphone: "Mikrofon",
  camera: "Kamera",
  speaker: "Lautsprecher",
  nth_microphone: "Mikrofon {n}",
  nth_camera: "Kamera {n}",
  nth_speaker: "Lautsprecher {n}",
  microphone_on: "Mikrofon an",
  camera_on: "Kamera an",
  speaker_by_device: "Ihr Gerät bestimmt, wo der Ton herauskommt.",
  play_tone: "Ton abspielen",
  playing_tone: "Wird abgespielt",
  settings: "Mikrofon, Kamera und Lautsprecher",
  close: "Schließen",

  mute: "Mikrofon ausschalten",
  unmute: "Mikrofon einschalten",
  camera_stop: "Kamera ausschalten",
  camera_start: "Kamera einschalten",
  leave: "Verlassen",

  your_camera_is_on: "Ihre Kamera ist an",
  in_room: "Sie sind mit {therapist} im virtuellen Raum.",
  admitted: "{therapist} hat Sie hereingelassen.",
  elapsed: "Vergangene Zeit",
  no_picture: "Gerade kommt kein Bild an.",
  picture_paused: "Das Bild ist angehalten, damit der Ton klar bleibt.",
  no_picture_yet: "Das Bild kommt gleich.",
  reconnecting_you: "Wir verbinden Sie wieder.",
  reconnecting_long: "Das dauert länger als sonst. Bitte prüfen Sie Ihre Internetverbindung.",
  reconnecting_other:
    "{therapist} wird wieder verbunden. Bitte bleiben Sie, Sie müssen nichts tun.",
  reconnecting_soon: "Bitte bleiben Sie auf dieser Seite.",
  turn_on_sound: "Ton einschalten",
  screen_of: "{therapist} zeigt den Bildschirm",

  denied_both: "Ihr Browser lässt diese Seite Mikrofon und Kamera nicht verwenden.",
  denied_microphone: "Ihr Browser lässt diese Seite Ihr Mikrofon nicht verwenden.",
  denied_camera: "Ihr Browser lässt diese Seite Ihre Kamera nicht verwenden.",
  missing_both: "Wir finden kein Mikrofon und keine Kamera.",
  missing_microphone:
    "Wir finden kein Mikrofon. Bitte schließen Sie eines an oder wählen Sie ein anderes Gerät.",
  missing_camera: "Wir finden keine Kamera.",
  busy_both: "Ein anderes Programm verwendet Ihr Mikrofon und Ihre Kamera.",
  busy_microphone: "Ein anderes Programm verwendet Ihr Mikrofon.",
  busy_camera: "Ein anderes Programm verwendet Ihre Kamera.",
  busy_help:
    "Beenden Sie das Telefonat oder den anderen Videoanruf. Kommt es nicht von selbst zurück, versuchen Sie es noch einmal.",
  missing_help:
    "Bitte schließen Sie ein Gerät an, dann versuchen Sie es noch einmal. Sie können bleiben: Sie sehen und hören.",
  note_fold: "Diesen Hinweis einklappen",
  note_unfold: "Was mit den Geräten nicht stimmt",
  sound_only: "Sie können nur mit Ton teilnehmen.",

  allow_chrome_desktop:
    "Drücken Sie auf das Zeichen links neben der Adresse, schalten Sie Mikrofon und Kamera ein, dann versuchen Sie es noch einmal.",
  allow_chrome_android:
    "Tippen Sie auf das Zeichen links neben der Adresse, dann auf Berechtigungen, erlauben Sie Mikrofon und Kamera, dann versuchen Sie es noch einmal.",
  allow_chrome_ios:
    "Öffnen Sie die Einstellungen Ihres Geräts, suchen Sie diesen Browser, erlauben Sie Mikrofon und Kamera, dann kommen Sie hierher zurück.",
  allow_firefox_desktop:
    "Drücken Sie auf das durchgestrichene Zeichen links neben der Adresse, entfernen Sie die Sperre, dann versuchen Sie es noch einmal.",
  allow_firefox_android:
    "Tippen Sie auf das Zeichen links neben der Adresse, erlauben Sie Mikrofon und Kamera, dann versuchen Sie es noch einmal.",
  allow_safari_desktop:
    "Wählen Sie im Menü Safari die Einstellungen für diese Website, erlauben Sie Mikrofon und Kamera, dann versuchen Sie es noch einmal.",
  allow_safari_ios:
    "Tippen Sie auf das Zeichen neben der Adresse, dann auf Website-Einstellungen, erlauben Sie Mikrofon und Kamera, dann versuchen Sie es noch einmal.",
  allow_samsung:
    "Tippen Sie auf das Zeichen neben der Adresse, dann auf Berechtigungen, erlauben Sie Mikrofon und Kamera, dann versuchen Sie es noch einmal.",
  allow_system:
    "Die Einstellungen Ihres Geräts erlauben es nicht. Öffnen Sie dort den Datenschutz, erlauben Sie diesem Browser Mikrofon und Kamera, dann versuchen Sie es noch einmal.",
  allow_closed:
    "Die Frage wurde geschlossen. Versuchen Sie es noch einmal und wählen Sie „Zulassen“ oder „Erlauben“.",
  allow_other:
    "Erlauben Sie dieser Seite in den Einstellungen Ihres Browsers Mikrofon und Kamera, dann versuchen Sie es noch einmal.",

  in_app_title: "Bitte öffnen Sie diese Seite in Ihrem Browser.",
  in_app_text: "{app} lässt diese Seite Mikrofon und Kamera nicht verwenden.",
  in_app_unknown:
    "Das Fenster, in dem Sie sind, lässt diese Seite Mikrofon und Kamera nicht verwenden.",
  in_app_hint:
    "Diese Seite ist in {app} geöffnet. Mikrofon und Kamera funktionieren dort oft nicht.",
  in_app_hint_unknown:
    "Diese Seite ist in einer anderen App geöffnet. Mikrofon und Kamera funktionieren dort oft nicht.",
  in_app_ios:
    "Tippen Sie auf ··· oder das Teilen-Zeichen, dann auf „In Safari öffnen“. Oder kopieren Sie den Link und fügen Sie ihn dort ein.",
  in_app_android:
    "Tippen Sie auf ⋮ oder ···, dann auf „Im Browser öffnen“. Oder kopieren Sie den Link und fügen Sie ihn in Chrome ein.",
  copy_link: "Link kopieren",
  copied: "Kopiert",
  insecure_title: "Diese Adresse ist nicht sicher.",
  insecure_text:
    "Browser erlauben Mikrofon und Kamera nur auf Adressen, die mit https beginnen. Bitte verwenden Sie den Link so, wie Sie ihn erhalten haben.",
  unsupported_title: "Mit diesem Browser sind keine Videoanrufe möglich.",
  unsupported_text:
    "Bitte öffnen Sie Ihren Link in einem aktuellen Chrome, Edge, Firefox oder Safari.",

  chat_title: "Chat",
  chat_title_with: "Chat mit {therapist}",
  chat_lead: "Das liest nur {therapist}. Nach der Sitzung bleibt davon nichts.",
  chat_kept: "{therapist} bewahrt dieses Gespräch mit der Sitzung auf.",
  chat_empty: "Es wurde noch nichts geschrieben.",
  chat_field: "Nachricht schreiben",
  chat_send: "Senden",
  chat_sending: "wird gesendet",
  chat_failed: "Diese Nachricht ist nicht angekommen.",
  chat_again: "Noch einmal senden",
  chat_close: "Chat schließen",
  chat_me: "Sie",
  chat_unread: { one: "{n} neue Nachricht", other: "{n} neue Nachrichten" },
  chat_left: { one: "noch {n} Zeichen", other: "noch {n} Zeichen" },
  chat_arrived: "{therapist} hat eine Nachricht geschrieben",
  chat_open: "An {therapist} schreiben",

  screen_show: "Bildschirm zeigen",
  screen_stop: "Bildschirm nicht mehr zeigen",
  screen_now: "Sie zeigen Ihren Bildschirm",
  small_window: "Kleines Fenster",
  full_screen: "Ganzer Bildschirm",
  leave_full_screen: "Ganzen Bildschirm verlassen",
  blur: "Hintergrund unscharf stellen",
  blur_hint: "Das macht Ihr Gerät, bevor das Bild es verlässt.",
  only_sound: "Nur Ton",
  only_sound_hint: "Ihre Kamera geht aus, und Sie sehen kein Bild.",
  other_muted: "{therapist}: Mikrofon aus",
  other_no_camera: "{therapist}: Kamera aus",
  other_both_off: "{therapist}: Mikrofon und Kamera aus",
  other_held: "{therapist}: Mikrofon anderweitig belegt",
};
