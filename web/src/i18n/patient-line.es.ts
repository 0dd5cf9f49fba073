import type { Translation } from "./core";
import type { patientLineEn } from "./patient-line.en";

/** The same in Spanish. */
export const patientLineEs: Translation<typeof patientLineEn> = {
  line_good: "Su conexión es buena.",
  line_border: "Su conexión es buena, cerca del límite.",
  line_other: "Su conexión es buena. El problema está en el otro lado.",
  line_fair: "Su conexión es regular.",
  line_poor: "Su conexión es mala.",
  line_late: "El sonido llega con un ligero retraso.",
  line_late_half:
    "El sonido llega con medio segundo de retraso, más o menos. Haga pausas más largas.",
  line_late_second:
    "El sonido llega con un segundo de retraso, más o menos. Haga pausas más largas.",
  line_late_much: "El sonido llega con retraso. Haga pausas más largas.",
  line_loss_up: "Su voz puede cortarse. El tramo débil va de usted a nosotros.",
  line_loss_down: "Puede perder alguna palabra. El tramo débil va de nosotros a usted.",
  line_jitter_up: "Su voz puede llegar entrecortada. El tramo débil va de usted a nosotros.",
  line_jitter_down: "Lo que oye puede llegar entrecortado. El tramo débil va de nosotros a usted.",
  line_capacity_up: "Su imagen será pequeña. El sonido va bien.",
  line_capacity_down: "Verá una imagen pequeña. El sonido va bien.",
  line_own_paused: "Su imagen está en pausa porque la línea es débil: así el sonido sigue claro.",
  line_bufferbloat: "Su línea se ralentiza cuando otros programas envían datos.",
  line_server: "Nuestro servidor está sobrecargado. No es su conexión.",
  line_no_call: "Su conexión es demasiado débil para una videollamada en este momento.",
  line_blocked: "Esta red bloquea las videollamadas. Pruebe otra red.",
  line_unjudged: "La conexión está lista.",
  line_black: "Su cámara envía una imagen negra. Quizá está tapada.",
  line_relay: "Conexión por la vía de reserva, más lenta.",
  check_again: "Comprobar de nuevo",
  check_running: "Comprobando, unos 8 segundos",
  check_often: "Se acaba de comprobar varias veces. Espere unos minutos, por favor.",
  line_unfold: "Cómo está la conexión",
  hint_router: "Puede ayudar acercarse al router.",
  hint_stop: "Si puede, deténgalos.",
  hint_network: "Pruebe otra red, o siga solo con el sonido.",
  sound_first: "{therapist} ha detenido las imágenes para que se oigan bien.",
  line_hint:
    "Un consejo: puede ayudar acercarse al wifi, usar un cable de red o detener otros envíos de datos.",
  line_hint_close: "Cerrar el consejo",
};
