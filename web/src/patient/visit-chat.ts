/** The chat of a visit: what was written, and whether the person has it open. */
import { signal } from "@preact/signals";
import { type ChatView, NO_CHAT } from "../lib/chat";
import type { ChatState } from "../lib/types";
import type { VisitTools, Writing } from "./visit-tools";

export class VisitChat {
  readonly view = signal<ChatView>(NO_CHAT);
  /** What the person wished; null before there was a wish. */
  readonly open = signal<boolean | null>(null);

  private writing: Writing | null = null;

  constructor(private readonly tools: Pick<VisitTools, "newChat">) {}

  start(): void {
    this.writing = this.tools.newChat((view) => {
      this.view.value = view;
    });
    this.writing.start();
  }

  /** What control has pushed of the chat. */
  follow(state: ChatState): void {
    this.writing?.follow(state);
  }

  /** Write to the therapist. */
  say(text: string): void {
    this.writing?.say(text);
  }

  /** The click on "Send again". */
  again(id: string): void {
    this.writing?.again(id);
  }

  look(looking: boolean): void {
    this.writing?.look(looking);
  }

  stop(): void {
    this.writing?.stop();
    this.writing = null;
    this.view.value = NO_CHAT;
    this.open.value = null;
  }
}
