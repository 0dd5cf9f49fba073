/** What the therapist reads of chat, screen and picture. */
export const roomEn = {
  "chat.title": "Chat with {name}",
  "chat.lead": "Only {name} reads it. It is gone when the session ends.",
  "chat.kept": "This conversation is kept with the session. {name} is told so.",
  "chat.empty": "Nothing has been written yet.",
  "chat.empty_absent": "{name} is not here now, and reads it on coming in.",
  "chat.field": "Write a message",
  "chat.send": "Send",
  "chat.sending": "sending",
  "chat.failed": "This message did not arrive.",
  "chat.again": "Send again",
  "chat.close": "Close the chat",
  "chat.me": "You",
  "chat.unread": { one: "{n} new message", other: "{n} new messages" },
  "chat.left": { one: "{n} character left", other: "{n} characters left" },
  "chat.arrived": "{name} has written a message",
  "chat.keep": "Keep this conversation",
  "chat.keep_title": "Keep this conversation?",
  "chat.keep_text":
    "It is stored encrypted with this session, with what is written from now on, and erased with the patient. {name} is told that it is kept.",
  "chat.keep_yes": "Keep it",
  "chat.kept_title": "CONVERSATION YOU KEPT",
} as const;
