import { beforeEach, describe, expect, test } from "vitest";
import { ApiError } from "./api";
import { Chat, type ChatView, NO_CHAT } from "./chat";
import { flushPromises, World } from "./testing/world";
import type { Chat as ChatAnswer, ChatMessage, Role } from "./types";

/** Control, as far as a chat knows it. */
class Control {
  id = "c1";
  kept = false;
  down: ApiError | null = null;
  messages: ChatMessage[] = [];
  readonly asked: number[] = [];

  hear(author: Role, text: string, id = `m${this.messages.length + 1}`): ChatMessage {
    const number = this.messages.length + 1;
    const message = { number, id, author, text, sent_at: `2026-11-23T09:00:${10 + number}Z` };
    this.messages.push(message);
    return message;
  }
  get state() {
    return { id: this.id, last: this.messages.length, kept: this.kept };
  }
  read = async (after: number): Promise<ChatAnswer> => {
    this.asked.push(after);
    if (this.down) throw this.down;
    const messages = this.messages.filter(({ number }) => number > after);
    return { id: this.id, kept: this.kept, messages };
  };
  write = async ({ id, text }: { id: string; text: string }): Promise<ChatMessage> => {
    if (this.down) throw this.down;
    return this.messages.find((one) => one.id === id) ?? this.hear("patient", text, id);
  };
}

const AWAY = new ApiError(0, "unreachable", "No answer.");

describe("a chat", () => {
  let control: Control;
  let world: World;
  let view: ChatView;
  let chat: Chat;

  beforeEach(() => {
    control = new Control();
    world = new World();
    view = NO_CHAT;
    let ids = 0;
    chat = new Chat(
      "patient",
      control,
      (changed) => {
        view = changed;
      },
      world,
      () => `p${++ids}`,
    );
  });

  const texts = () => view.lines.map(({ text, state }) => `${text} ${state}`);
  async function pushed() {
    chat.follow(control.state);
    await flushPromises();
  }

  test("asks at once for what was written before, and then only for what is new", async () => {
    control.hear("therapist", "one");
    chat.start();
    await flushPromises();
    control.hear("therapist", "two");
    await pushed();
    expect(texts()).toEqual(["one sent", "two sent"]);
    expect(control.asked).toEqual([0, 1]);
    await pushed();
    expect(control.asked).toEqual([0, 1]);
  });

  test("counts what nobody has looked at", async () => {
    control.hear("therapist", "one");
    await pushed();
    expect(view.unread).toBe(1);
    chat.look(true);
    expect(view.unread).toBe(0);
    control.hear("therapist", "two");
    await pushed();
    expect(view.unread).toBe(0);
    chat.look(false);
    control.hear("therapist", "three");
    control.hear("patient", "mine", "elsewhere");
    await pushed();
    expect(view.unread).toBe(1);
  });

  test("shows its own message at once, and once when it comes back", async () => {
    chat.say("  hello ");
    expect(texts()).toEqual(["hello sending"]);
    await flushPromises();
    await pushed();
    expect(texts()).toEqual(["hello sent"]);
  });

  test("says what did not arrive, and sends it again under the same id", async () => {
    control.down = AWAY;
    chat.say("hello");
    await flushPromises();
    expect(texts()).toEqual(["hello failed"]);
    control.down = null;
    control.hear("patient", "hello", "p1"); // it had arrived, its answer had not
    chat.again("p1");
    await flushPromises();
    await pushed();
    expect(texts()).toEqual(["hello sent"]);
    expect(control.messages).toHaveLength(1);
  });

  test("writes nothing that is empty", async () => {
    chat.say("   ");
    await flushPromises();
    expect(view.lines).toEqual([]);
    expect(control.messages).toEqual([]);
  });

  test("asks again while control is away, and gives up where it may not read", async () => {
    control.down = AWAY;
    chat.start();
    await flushPromises();
    await world.pass(2_000);
    expect(control.asked.length).toBeGreaterThan(2);
    control.down = new ApiError(409, "ended", "Over.");
    await world.pass(10_000);
    const asked = control.asked.length;
    await world.pass(10_000);
    expect(control.asked).toHaveLength(asked);
  });

  test("keeps on the page what a restart of control has lost", async () => {
    control.hear("therapist", "before");
    await pushed();
    control.id = "c2";
    control.messages = [];
    control.hear("therapist", "after", "other");
    await pushed();
    expect(texts()).toEqual(["before sent", "after sent"]);
  });

  test("takes a kept conversation back from control, nothing twice", async () => {
    control.hear("therapist", "before");
    await pushed();
    control.id = "c2";
    control.kept = true;
    control.messages = [];
    control.hear("therapist", "before", "kept-1");
    await pushed();
    expect(texts()).toEqual(["before sent"]);
    expect(view.kept).toBe(true);
  });

  test("tells that it is kept without asking again", async () => {
    control.hear("therapist", "one");
    await pushed();
    control.kept = true;
    await pushed();
    expect(view.kept).toBe(true);
    expect(control.asked).toEqual([0]);
  });

  test("says nothing after it has stopped", async () => {
    chat.stop();
    control.hear("therapist", "one");
    await pushed();
    expect(view).toBe(NO_CHAT);
    expect(world.pending).toBe(0);
  });
});
