import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useEscape } from "./hooks";
import { aPage, FakeElement } from "./testing/dom";

function Panel({ onClose }: { onClose: () => void }) {
  useEscape(() => onClose());
  return <aside />;
}

let at: ReturnType<typeof aPage>;
let keyboard: EventTarget;
beforeEach(() => {
  at = aPage();
  keyboard = new EventTarget();
  vi.stubGlobal("Element", FakeElement);
  vi.stubGlobal("addEventListener", keyboard.addEventListener.bind(keyboard));
  vi.stubGlobal("removeEventListener", keyboard.removeEventListener.bind(keyboard));
});
afterEach(async () => {
  await at.draw(null);
  vi.unstubAllGlobals();
});

const press = (key: string) => keyboard.dispatchEvent(Object.assign(new Event("keydown"), { key }));

test("Esc closes a panel from the moment it is drawn, and no other key does", () => {
  const onClose = vi.fn();
  render(<Panel onClose={onClose} />, at.body as unknown as Element);
  press("a");
  expect(onClose).not.toHaveBeenCalled();
  press("Escape");
  expect(onClose).toHaveBeenCalledOnce();
});

test("Esc does nothing more once the panel is gone", async () => {
  const onClose = vi.fn();
  await at.draw(<Panel onClose={onClose} />);
  await at.draw(null);
  press("Escape");
  expect(onClose).not.toHaveBeenCalled();
});
