/** What the patient reads of chat and screen. */
export const patientRoomEn = {
  chat_title: "Chat",
  chat_title_with: "Chat with {therapist}",
  chat_lead: "Only {therapist} reads it. It is gone when the session ends.",
  chat_kept: "{therapist} keeps this conversation with the session.",
  chat_empty: "Nothing has been written yet.",
  chat_field: "Write a message",
  chat_send: "Send",
  chat_sending: "sending",
  chat_failed: "This message did not arrive.",
  chat_again: "Send again",
  chat_close: "Close the chat",
  chat_me: "You",
  chat_unread: { one: "{n} new message", other: "{n} new messages" },
  chat_left: { one: "{n} character left", other: "{n} characters left" },
  chat_arrived: "A message from {therapist} has arrived",
  chat_open: "Write to {therapist}",
} as const;
