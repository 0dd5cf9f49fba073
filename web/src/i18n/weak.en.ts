/** What the therapist reads of doing something about a weak line, and of both lines in the room. */
export const weakEn = {
  "sound.first": "Sound first",
  "sound.first_hint":
    "No picture travels either way, so that the sound has the line. {name} is told.",
  "sound.undo": "Pictures again",
  "sound.now": "Sound first: the pictures are stopped, so that the sound stays clear.",
  "sound.ahead": "Sound first is on: you will meet without pictures.",
  "hint.send": "Send a hint",
  "hint.sent": "Hint sent",
  "hint.sent_told": "{name} reads what may help: closer to the Wi-Fi, a cable, no other uploads.",
  "trouble.no_page": "{name}’s page cannot be reached just now.",
  "levels.unknown": "not known",

  "tone.ask": "Did you hear the tone?",
  "tone.yes": "Yes",
  "tone.no": "No",
  "tone.help": "Turn the volume up, or choose another speaker or headphones, then play it again.",
  "line.speaker": "Speaker",
  "tone.untried": "not tried",
  "tone.heard": "tone heard",
  "tone.not_heard": "tone not heard",
  "tone.own_word": "(own word)",
  "look.moving": "picture moves",
  "look.black": "black",
  "look.frozen": "stands still",
  "look.by_page": "(page)",
} as const;
