import { patientLineEn } from "./patient-line.en";
import { patientRoomEn } from "./patient-room.en";
import { patientTestEn } from "./patient-test.en";

/** What the patient reads. Short, concrete, kind: whose side, what to do; no codes, no blame. */
export const en = {
  ...patientLineEn,
  ...patientTestEn,
  ...patientRoomEn,

  help: "Help",
  opening: "One moment.",
  unreachable_title: "We cannot reach the server.",
  unreachable_text: "Please check your internet connection. This page keeps trying.",
  try_again: "Try again",

  invalid_title: "This link does not open a session.",
  invalid_text:
    "It may have expired or been replaced by a new one. Please open the latest link you received, or ask your therapist to send it again.",

  revoked_title: "This link is no longer valid.",
  revoked_text:
    "{therapist} has revoked it. The connection is closed: nobody can see or hear you. You can close this page.",

  no_cookies_title: "This browser does not keep our cookie.",
  no_cookies_text:
    "We know your device by it, and use it for nothing else. Please allow cookies for this page and try again, or open your link in another browser.",

  elsewhere_title: "Continue here?",
  elsewhere_text: "This session is open on another device. If you continue here, it closes there.",
  continue_here: "Continue here",

  moved_title: "Your session goes on in another place.",
  moved_text: "It was opened in another tab or on another device. You can close this page.",

  ended_title: "The session has ended.",
  ended_text: "You can close this page.",
  until_next: "Until next time, {name}.",
  ended_with: "Your session with {therapist} has ended. Take a moment before you go on.",
  together: { one: "{n} minute together", other: "{n} minutes together" },
  devices_off: "Your camera and microphone are off.",
  same_link: "Next time, open the same link.",

  left_title: "You have left.",
  left_with: "You have left the session with {therapist}.",
  left_text: "Nobody can see or hear you. While the session is open you can go back.",
  left_text_link: "Nobody can see or hear you. To go back, open your link again.",
  go_back: "Go back",

  taken_title: "This link belongs to another device.",
  taken_text:
    "It was used there first, and works there alone. Please go on there, or ask for a new link.",
  hello_guest: "Hello.",
  guest_name: "Your name",
  guest_name_hint: "{therapist} reads it before letting you in.",
  guest_name_missing: "Please write your name.",
  guest_name_refused: "This name holds a character that cannot be shown. Please write it anew.",

  hello: "Hello {name}.",
  welcome_who: "You are about to meet {therapist}.",
  welcome_ask:
    "When you continue, your browser asks whether this page may use your microphone and your camera. Please choose “Allow”.",
  welcome_private: "Nobody can see or hear you until {therapist} lets you in.",
  welcome_without: "Without a camera you can take part by sound.",
  continue: "Continue",

  will_let_in: "{therapist} will let you in.",
  in_room_now: "{therapist} is in the virtual room and will let you in.",
  late: "{therapist} has not come yet. You can wait here.",
  back_title: "You are back in the waiting room.",
  back: "{therapist} will let you in again.",
  socket_blocked:
    "This network or browser blocks a part of our connection. If nobody lets you in, please try another network or another browser.",
  nobody_sees: "Nobody can see or hear you until {therapist} lets you in.",
  leave_open: "You can leave this page open. It will ring softly.",
  own_picture: "Your own picture",
  allow_now: "Please choose “Allow” in your browser.",

  hear_you: "your microphone works",
  hear_quiet: "say a word to try your microphone",
  hear_nothing: "no sound from your microphone yet",
  microphone_off: "your microphone is off",
  camera_is_off: "Your camera is off.",
  no_own_picture: "No picture comes from your camera.",

  line_connecting: "Connecting you.",
  line_back: "We are reconnecting you.",

  microphone: "Microphone",
  camera: "Camera",
  speaker: "Speaker",
  nth_microphone: "Microphone {n}",
  nth_camera: "Camera {n}",
  nth_speaker: "Speaker {n}",
  microphone_on: "Microphone on",
  camera_on: "Camera on",
  speaker_by_device: "Your device chooses where the sound comes out.",
  play_tone: "Play a tone",
  playing_tone: "Playing",
  settings: "Microphone, camera and speaker",
  close: "Close",

  mute: "Turn microphone off",
  unmute: "Turn microphone on",
  camera_stop: "Turn camera off",
  camera_start: "Turn camera on",
  leave: "Leave",

  your_camera_is_on: "your camera is on",
  in_room: "You are with {therapist}.",
  admitted: "{therapist} has let you in.",
  elapsed: "Elapsed time",
  no_picture: "No picture arrives right now.",
  picture_paused: "The picture is paused so that the sound stays clear.",
  no_picture_yet: "The picture is on its way.",
  reconnecting_you: "We are reconnecting you.",
  reconnecting_long: "This takes longer than usual. Please check your internet connection.",
  reconnecting_other: "{therapist} is reconnecting. Please stay, there is nothing you need to do.",
  reconnecting_soon: "Please stay on this page.",
  turn_on_sound: "Turn on sound",
  screen_of: "{therapist}’s screen",

  denied_both: "Your browser does not let this page use your microphone and camera.",
  denied_microphone: "Your browser does not let this page use your microphone.",
  denied_camera: "Your browser does not let this page use your camera.",
  missing_both: "We find no microphone and no camera.",
  missing_microphone: "We find no microphone. Please plug one in or choose another device.",
  missing_camera: "We find no camera.",
  busy_both: "Another program is using your microphone and camera.",
  busy_microphone: "Another program is using your microphone.",
  busy_camera: "Another program is using your camera.",
  busy_help:
    "End the phone call or close the other video call. If it does not come back by itself, try again.",
  missing_help: "Please plug one in, then try again. You can stay: you will see and hear.",
  note_fold: "Fold this note away",
  note_unfold: "What is wrong with the devices",
  sound_only: "You can take part by sound alone.",

  allow_chrome_desktop:
    "Press the sign to the left of the address, switch microphone and camera on, then try again.",
  allow_chrome_android:
    "Touch the sign to the left of the address, then Permissions, allow microphone and camera, then try again.",
  allow_chrome_ios:
    "Open Settings on your device, find this browser, allow microphone and camera, then come back here.",
  allow_firefox_desktop:
    "Press the crossed-out sign to the left of the address, remove the block, then try again.",
  allow_firefox_android:
    "Touch the sign to the left of the address, allow microphone and camera, then try again.",
  allow_safari_desktop:
    "In the menu Safari choose Settings for This Website, allow microphone and camera, then try again.",
  allow_safari_ios:
    "Touch the sign beside the address, then Website Settings, allow microphone and camera, then try again.",
  allow_samsung:
    "Touch the sign beside the address, then Permissions, allow microphone and camera, then try again.",
  allow_system:
    "The settings of your device do not allow it. Open its privacy settings, allow microphone and camera for this browser, then try again.",
  allow_closed: "The question was closed. Try again, then choose “Allow”.",
  allow_other:
    "Allow microphone and camera for this page in your browser’s settings, then try again.",

  in_app_title: "Please open this page in your browser.",
  in_app_text: "{app} does not let this page use your microphone and camera.",
  in_app_unknown: "The window you are in does not let this page use your microphone and camera.",
  in_app_hint: "This page is open inside {app}. Microphone and camera often fail there.",
  in_app_hint_unknown:
    "This page is open inside another app. Microphone and camera often fail there.",
  in_app_ios:
    "Touch ··· or the share sign, then “Open in Safari”. Or copy the link and paste it there.",
  in_app_android:
    "Touch ⋮ or ···, then “Open in browser”. Or copy the link and paste it in Chrome.",
  copy_link: "Copy the link",
  copied: "Copied",
  insecure_title: "This address is not a safe one.",
  insecure_text:
    "Browsers allow microphone and camera only on addresses that begin with https. Please use the link as you received it.",
  unsupported_title: "This browser cannot make video calls.",
  unsupported_text: "Please open your link in a current Chrome, Edge, Firefox or Safari.",
} as const;
