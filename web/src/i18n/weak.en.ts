/** What the therapist reads of doing something about a weak line, and of both lines in the room. */
export const weakEn = {
  "sound.first": "Sound first",
  "sound.first_hint":
    "No picture travels either way, so that the sound has the line. {name} is told.",
  "sound.undo": "Show pictures again",
  "sound.now": "Sound first: the pictures are stopped, so that the sound stays clear.",
  "sound.ahead": "Sound first is on: you will meet without pictures.",
  "hint.send": "Send a hint",
  "hint.sent": "Hint sent",
  "hint.sent_told": "{name} reads what may help: closer to the Wi-Fi, a cable, no other uploads.",
  "trouble.no_page": "{name}’s page cannot be reached just now.",
  "levels.unknown": "not known",
} as const;
