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

  "notices.title": "MESSAGES TO YOU",
  "notices.wait": "When somebody waits and you have not seen it",
  "notices.never": "Send nothing",
  "notices.after": { one: "Tell me after {n} minute", other: "Tell me after {n} minutes" },
  "notices.wait_hint":
    "Once for each wait, without a name. Nothing is sent when you have used a page that shows the card, or are in contact with somebody.",
  "notices.phone": "Your phone number",
  "notices.no_way": "Choose e-mail or SMS.",
  "notices.quiet": "Quiet hours",
  "notices.begin": "From",
  "notices.end": "Until",
  "notices.hours_missing": "Write both times, as 21:00.",
  "notices.same_hours": "Choose two different times.",
  "notices.quiet_hint":
    "By the clock of this device. Nothing is sent to you then; the bell of an open page still rings. Alerts to patients go whenever you enter.",
  "notices.failed_hint":
    "When a message to a patient does not arrive, your pages say so. While none is open, we tell you by e-mail.",

  "sent.no_such_address":
    "The message to {name} did not arrive. There is no such address: ask for the right one and send it again.",
  "sent.mailbox_full":
    "The message to {name} did not arrive. The mailbox is full: call, or use another address.",
  "sent.refused_there":
    "The message to {name} did not arrive. The mail server there refuses it: call, or use another address.",
  "sent.given_up":
    "The message to {name} did not arrive. The mail server there cannot be reached: check the address and send it again.",
  "sent.sms_taken":
    "For an SMS, “sent” means that the SMS service has taken it. If it fails later, nobody tells us: only {name} can say.",

  "failed.call": "Call {phone}",
  "failed.dismiss": "Close the note about {name}",
} as const;
