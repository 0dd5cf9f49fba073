import type { Translation } from "./core";
import type { en } from "./patient.en";
import { patientLineEs } from "./patient-line.es";
import { patientTestEs } from "./patient-test.es";

export const es: Translation<typeof en> = {
  ...patientLineEs,
  ...patientTestEs,
  help: "Ayuda",
  opening: "Un momento.",
  unreachable_title: "No podemos conectar con el servidor.",
  unreachable_text: "Compruebe su conexión a Internet. Esta página sigue intentándolo.",
  try_again: "Volver a intentar",

  invalid_title: "Este enlace no abre ninguna sesión.",
  invalid_text:
    "Puede que haya caducado o que lo sustituya uno nuevo. Abra el último enlace que recibió o pida otro a quien se lo envió.",

  revoked_title: "Este enlace ya no es válido.",
  revoked_text:
    "{therapist} lo ha revocado. La conexión está cerrada: nadie puede verle ni oírle. Puede cerrar esta página.",

  no_cookies_title: "Este navegador no guarda nuestra cookie.",
  no_cookies_text:
    "Sirve para reconocer su dispositivo y para nada más. Permita las cookies en esta página y vuelva a intentarlo, o abra su enlace en otro navegador.",

  elsewhere_title: "¿Continuar aquí?",
  elsewhere_text: "Esta sesión está abierta en otro dispositivo. Si continúa aquí, allí se cierra.",
  continue_here: "Continuar aquí",

  moved_title: "Su sesión continúa en otro lugar.",
  moved_text: "Se ha abierto en otra pestaña o en otro dispositivo. Puede cerrar esta página.",

  ended_title: "La sesión ha terminado.",
  ended_text: "Puede cerrar esta página.",
  until_next: "Hasta la próxima, {name}.",
  ended_with: "Su sesión con {therapist} ha terminado. Tómese un momento antes de seguir.",
  together: { one: "{n} minuto de encuentro", other: "{n} minutos de encuentro" },
  devices_off: "Su cámara y su micrófono están apagados.",
  same_link: "La próxima vez, abra el mismo enlace.",

  left_title: "Ha salido.",
  left_with: "Ha salido de la sesión con {therapist}.",
  left_text: "Nadie puede verle ni oírle. Mientras la sesión siga abierta, puede volver.",
  left_text_link: "Nadie puede verle ni oírle. Para volver, abra de nuevo su enlace.",
  go_back: "Volver",

  taken_title: "Este enlace pertenece a otro dispositivo.",
  taken_text:
    "Se usó primero allí, y solo funciona allí. Continúe en ese dispositivo o pida un enlace nuevo.",
  hello_guest: "Buenos días.",
  guest_name: "Su nombre",
  guest_name_hint: "{therapist} lo lee antes de dejarle entrar.",
  guest_name_missing: "Escriba su nombre.",
  guest_name_refused:
    "Este nombre contiene un carácter que no se puede mostrar. Escríbalo de nuevo.",

  hello: "Hola, {name}.",
  welcome_who: "Va a reunirse con {therapist}.",
  welcome_ask:
    "Al continuar, su navegador pregunta si esta página puede usar el micrófono y la cámara. Elija «Permitir».",
  welcome_private: "Nadie puede verle ni oírle hasta que {therapist} le haga pasar.",
  welcome_without: "Sin cámara puede participar con el sonido.",
  continue: "Continuar",

  will_let_in: "{therapist} le hará pasar.",
  in_room_now: "{therapist} está en la sala virtual y le hará pasar.",
  late: "{therapist} todavía no ha llegado. Puede esperar aquí.",
  back_title: "Está de nuevo en la sala de espera.",
  back: "{therapist} le hará pasar de nuevo.",
  socket_blocked:
    "Esta red o este navegador bloquea una parte de nuestra conexión. Si nadie le hace pasar, pruebe con otra red u otro navegador.",
  nobody_sees: "Nadie puede verle ni oírle hasta que {therapist} le haga pasar.",
  leave_open: "Puede dejar abierta esta página. Sonará con suavidad.",
  own_picture: "Su propia imagen",
  allow_now: "Elija «Permitir» en su navegador.",

  hear_you: "su micrófono funciona",
  hear_quiet: "diga una palabra para probar su micrófono",
  hear_nothing: "todavía no llega sonido de su micrófono",
  microphone_off: "su micrófono está apagado",
  camera_is_off: "Su cámara está apagada.",
  no_own_picture: "No llega imagen de su cámara.",

  line_connecting: "Conectando.",
  line_back: "Recuperando su conexión.",

  microphone: "Micrófono",
  camera: "Cámara",
  speaker: "Altavoz",
  nth_microphone: "Micrófono {n}",
  nth_camera: "Cámara {n}",
  nth_speaker: "Altavoz {n}",
  microphone_on: "Micrófono encendido",
  camera_on: "Cámara encendida",
  speaker_by_device: "Su dispositivo decide por dónde sale el sonido.",
  play_tone: "Reproducir un tono",
  playing_tone: "Reproduciendo",
  settings: "Micrófono, cámara y altavoz",
  close: "Cerrar",

  mute: "Apagar el micrófono",
  unmute: "Encender el micrófono",
  camera_stop: "Apagar la cámara",
  camera_start: "Encender la cámara",
  leave: "Salir",

  your_camera_is_on: "su cámara está encendida",
  in_room: "Está en sesión con {therapist}.",
  admitted: "{therapist} le ha hecho pasar.",
  elapsed: "Tiempo transcurrido",
  no_picture: "Ahora no llega ninguna imagen.",
  picture_paused: "La imagen está en pausa para que el sonido siga claro.",
  no_picture_yet: "La imagen está en camino.",
  reconnecting_you: "Recuperando su conexión.",
  reconnecting_long: "Tarda más de lo habitual. Compruebe su conexión a Internet.",
  reconnecting_other: "{therapist} está recuperando la conexión. Quédese, no tiene que hacer nada.",
  reconnecting_soon: "Quédese en esta página.",
  turn_on_sound: "Activar el sonido",
  screen_of: "{therapist} comparte la pantalla",

  denied_both: "Su navegador no permite que esta página use el micrófono y la cámara.",
  denied_microphone: "Su navegador no permite que esta página use el micrófono.",
  denied_camera: "Su navegador no permite que esta página use la cámara.",
  missing_both: "No encontramos ni micrófono ni cámara.",
  missing_microphone: "No encontramos un micrófono. Conecte uno o elija otro dispositivo.",
  missing_camera: "No encontramos una cámara.",
  busy_both: "Otro programa está usando su micrófono y su cámara.",
  busy_microphone: "Otro programa está usando su micrófono.",
  busy_camera: "Otro programa está usando su cámara.",
  busy_help:
    "Termine la llamada telefónica o cierre la otra videollamada. Si no vuelve por sí solo, inténtelo de nuevo.",
  missing_help: "Conecte un dispositivo y vuelva a intentarlo. Puede quedarse: podrá ver y oír.",
  note_fold: "Ocultar este aviso",
  note_unfold: "Qué ocurre con los dispositivos",
  sound_only: "Puede participar solo con el sonido.",

  allow_chrome_desktop:
    "Pulse el símbolo a la izquierda de la dirección, active el micrófono y la cámara y vuelva a intentarlo.",
  allow_chrome_android:
    "Toque el símbolo a la izquierda de la dirección, después Permisos, permita el micrófono y la cámara y vuelva a intentarlo.",
  allow_chrome_ios:
    "Abra los Ajustes de su dispositivo, busque este navegador, permita el micrófono y la cámara y vuelva aquí.",
  allow_firefox_desktop:
    "Pulse el símbolo tachado a la izquierda de la dirección, quite el bloqueo y vuelva a intentarlo.",
  allow_firefox_android:
    "Toque el símbolo a la izquierda de la dirección, permita el micrófono y la cámara y vuelva a intentarlo.",
  allow_safari_desktop:
    "En el menú Safari elija Ajustes para este sitio web, permita el micrófono y la cámara y vuelva a intentarlo.",
  allow_safari_ios:
    "Toque el símbolo junto a la dirección, después Ajustes del sitio web, permita el micrófono y la cámara y vuelva a intentarlo.",
  allow_samsung:
    "Toque el símbolo junto a la dirección, después Permisos, permita el micrófono y la cámara y vuelva a intentarlo.",
  allow_system:
    "Los ajustes de su dispositivo no lo permiten. Abra sus ajustes de privacidad, permita el micrófono y la cámara para este navegador y vuelva a intentarlo.",
  allow_closed: "La pregunta se ha cerrado. Vuelva a intentarlo y elija «Permitir».",
  allow_other:
    "Permita el micrófono y la cámara para esta página en los ajustes de su navegador y vuelva a intentarlo.",

  in_app_title: "Abra esta página en su navegador.",
  in_app_text: "{app} no permite que esta página use el micrófono y la cámara.",
  in_app_unknown: "La ventana en la que está no permite usar el micrófono y la cámara.",
  in_app_hint:
    "Esta página está abierta dentro de {app}. Allí el micrófono y la cámara suelen fallar.",
  in_app_hint_unknown:
    "Esta página está abierta dentro de otra aplicación. Allí el micrófono y la cámara suelen fallar.",
  in_app_ios:
    "Toque ··· o el símbolo de compartir, después «Abrir en Safari». O copie el enlace y péguelo allí.",
  in_app_android:
    "Toque ⋮ o ···, después «Abrir en el navegador». O copie el enlace y péguelo en Chrome.",
  copy_link: "Copiar el enlace",
  copied: "Copiado",
  insecure_title: "Esta dirección no es segura.",
  insecure_text:
    "Los navegadores permiten el micrófono y la cámara solo en direcciones que empiezan por https. Use el enlace tal como lo recibió.",
  unsupported_title: "Este navegador no puede hacer videollamadas.",
  unsupported_text: "Abra su enlace en una versión actual de Chrome, Edge, Firefox o Safari.",

  chat_title: "Chat",
  chat_title_with: "Chat con {therapist}",
  chat_lead: "Solo lo lee {therapist}. Cuando la sesión termina, no queda nada.",
  chat_kept: "{therapist} conserva esta conversación con la sesión.",
  chat_empty: "Todavía no se ha escrito nada.",
  chat_field: "Escriba un mensaje",
  chat_send: "Enviar",
  chat_sending: "enviando",
  chat_failed: "Este mensaje no ha llegado.",
  chat_again: "Enviar de nuevo",
  chat_close: "Cerrar el chat",
  chat_me: "Usted",
  chat_unread: { one: "{n} mensaje nuevo", other: "{n} mensajes nuevos" },
  chat_left: { one: "queda {n} carácter", other: "quedan {n} caracteres" },
  chat_arrived: "{therapist} ha escrito un mensaje",
  chat_open: "Escribir un mensaje para {therapist}",

  screen_show: "Compartir la pantalla",
  screen_stop: "Dejar de compartir la pantalla",
  screen_now: "Está compartiendo la pantalla",
  small_window: "Ventana pequeña",
  full_screen: "Pantalla completa",
  leave_full_screen: "Salir de la pantalla completa",
  blur: "Desenfocar el fondo",
  blur_hint: "Lo hace su dispositivo antes de enviar la imagen.",
  only_sound: "Solo sonido",
  only_sound_hint: "Su cámara se apaga y no ve ninguna imagen.",
  other_muted: "{therapist}: micrófono apagado",
  other_no_camera: "{therapist}: cámara apagada",
  other_both_off: "{therapist}: micrófono y cámara apagados",
  other_held: "{therapist}: micrófono ocupado por otro programa",
};
