/** The chat of the session in which the therapist is present. */
import { effect, signal, untracked } from "@preact/signals";
import { Chat, type ChatView, NO_CHAT } from "../../lib/chat";
import { api } from "../api";
import { asMe } from "./account";
import { place, placeId } from "./place";

export const chatView = signal<ChatView>(NO_CHAT);

let chat: Chat | null = null;

export const conversation = {
  say: (text: string) => chat?.say(text),
  again: (id: string) => chat?.again(id),
  look: (looking: boolean) => chat?.look(looking),
};

/** Have the chat of whichever session the therapist is present in; returns the way to stop. */
export function followChat(): () => void {
  const stopOpening = effect(() => {
    const id = placeId.value;
    untracked(() => open(id));
  });
  const stopFollowing = effect(() => {
    const state = place.value?.chat;
    if (state) untracked(() => chat?.follow(state));
  });
  return () => {
    stopFollowing();
    stopOpening();
    open(null);
  };
}

function open(sessionId: string | null): void {
  chat?.stop();
  chat = null;
  chatView.value = NO_CHAT;
  if (sessionId === null) return;
  const calls = {
    read: (after: number) => asMe(api.chat(sessionId, after)),
    write: (message: { id: string; text: string }) => asMe(api.write(sessionId, message)),
  };
  chat = new Chat("therapist", calls, (view) => {
    chatView.value = view;
  });
  chat.start();
}
