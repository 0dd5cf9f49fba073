/** What new patients begin with, and messages to the therapist herself. */
export const notifyEn = {
  "default.title": "SETTING FOR NEW PATIENTS",
  "default.lead":
    "Each new patient begins with it. Patients you have already keep their own; change theirs in CUSTOMIZE SETTING.",
  "default.someone": "Alex",
  "default.screen_off": "{name} has no button for it.",
  "default.alert": "Notify new patients when I enter",
  "default.alert_hint":
    "Words of your own go to everybody as you write them. Leave ours, and each patient reads them in their language.",
  "default.use": "Use for new patients",
  "default.save_first": "Save the message first.",
  "default.used": "New patients begin with this setting.",
  "default.where": "Change it in your account",
} as const;
