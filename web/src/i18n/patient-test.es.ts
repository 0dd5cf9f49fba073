import type { Translation } from "./core";
import type { patientTestEn } from "./patient-test.en";

/** The same in Spanish. */
export const patientTestEs: Translation<typeof patientTestEn> = {
  test_button: "Probar la cámara y la conexión",
  test_with: "Para su sesión con {therapist}",
  test_title: "Pruebe la cámara y la conexión",
  test_private: "esta imagen la ve solo usted",
  test_connection: "Conexión",
  test_running: "Comprobando. Tarda unos diez segundos.",
  test_camera_works: "Su cámara funciona.",
  test_microphone_works: "Su micrófono funciona.",
  test_microphone_quiet: "Diga una palabra para probarlo.",
  test_camera_frozen: "La imagen se detiene. Cierre otros programas y repita la prueba.",
  test_sees: "{therapist} ve este resultado, no su imagen. No se llama a nadie.",
  test_same_link: "El día de la cita, abra el mismo enlace.",
  test_again: "Repetir la prueba",
  test_back: "Volver",
  test_often: "Acaba de hacer varias pruebas. Espere unos minutos, por favor.",
  test_blocked: "Esta red bloquea las videollamadas. Pruebe otra red.",
  level_good: "bien",
  level_fair: "regular",
  level_poor: "mal",
};
