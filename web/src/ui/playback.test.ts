import { expect, test } from "vitest";
import { flushPromises } from "../lib/testing/world";
import { Playback } from "./playback";

const REFUSED = new DOMException("no gesture", "NotAllowedError");
const ABORTED = new DOMException("a newer source", "AbortError");

function aPlayback() {
  const page = new EventTarget();
  const said: boolean[] = [];
  const answers: ((error?: DOMException) => void)[] = [];
  const media = {
    play: () =>
      new Promise<void>((resolve, reject) =>
        answers.push((error) => (error ? reject(error) : resolve())),
      ),
  };
  const playback = new Playback(media, (blocked) => said.push(blocked), page);
  /** The browser's answer to the last try. */
  const answer = async (error?: DOMException) => {
    answers.at(-1)?.(error);
    await flushPromises();
  };
  return { page, said, answers, answer, playback };
}

test("says nothing when the browser plays", async () => {
  const { said, answer, playback } = aPlayback();
  void playback.play();
  await answer();
  expect(said).toEqual([]);
});

test("plays again when capture starts after the refusal", async () => {
  const { said, answers, answer, playback } = aPlayback();
  void playback.play();
  await answer(REFUSED);
  playback.handleCapture();
  await answer();
  expect(answers).toHaveLength(2);
  expect(said).toEqual([true, false]);
});

test("plays again when capture started before the refusal came", async () => {
  const { said, answers, answer, playback } = aPlayback();
  void playback.play();
  playback.handleCapture();
  await answer(REFUSED);
  expect(answers).toHaveLength(2);
  await answer();
  expect(said).toEqual([]);
});

test("a capture that starts while all is well starts nothing", async () => {
  const { answers, answer, playback } = aPlayback();
  void playback.play();
  await answer();
  playback.handleCapture();
  expect(answers).toHaveLength(1);
});

test.each(["pointerdown", "pointerup", "touchend", "keydown", "click"])(
  "plays again on %s, anywhere on the page, until it plays",
  async (gesture) => {
    const { page, said, answers, answer, playback } = aPlayback();
    void playback.play();
    await answer(REFUSED);
    page.dispatchEvent(new Event(gesture));
    await answer(REFUSED);
    page.dispatchEvent(new Event(gesture));
    await answer();
    page.dispatchEvent(new Event(gesture));
    expect(answers).toHaveLength(3);
    expect(said).toEqual([true, false]);
  },
);

test("a source that replaced another is played although the first try was aborted", async () => {
  const { said, answers, answer, playback } = aPlayback();
  void playback.play();
  void playback.play();
  expect(answers).toHaveLength(1);
  await answer(ABORTED);
  expect(answers).toHaveLength(2);
  await answer(REFUSED);
  expect(said).toEqual([true]);
});

test("nothing is played or said after the element went away", async () => {
  const { page, said, answers, answer, playback } = aPlayback();
  void playback.play();
  await answer(REFUSED);
  playback.stop();
  page.dispatchEvent(new Event("click"));
  playback.handleCapture();
  void playback.play();
  expect(answers).toHaveLength(1);
  expect(said).toEqual([true]);
});
