import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { locale } from "../../i18n/core";
import { aPage } from "../../ui/testing/dom";
import { openSessions } from "../state/sessions";
import { aSession } from "../testing/session";
import { StartButton } from "./start-button";

const asked: string[] = [];
let at: ReturnType<typeof aPage>;
beforeEach(() => {
  locale.value = "en";
  asked.length = 0;
  openSessions.value = null;
  at = aPage();
  vi.stubGlobal("fetch", async (path: string, { method }: RequestInit = {}) => {
    asked.push(`${method} ${path}`);
    return Response.json(aSession({ id: "bruna", gate_open: true }));
  });
});
afterEach(async () => {
  await at.draw(null);
  openSessions.value = null;
  vi.unstubAllGlobals();
});

const bruna = aSession({ id: "bruna", patient_name: "Bruna T.", therapist_entered: true });
const start = () => at.body.find("button");
const press = () => at.when(() => start()?.dispatchEvent(new Event("click")));

it("waits until the page knows who else is in contact, and then asks before anything happens", async () => {
  await at.draw(<StartButton session={bruna} />);
  expect(start()?.attributes.has("disabled")).toBe(true);

  const alex = aSession({ id: "alex", patient_name: "Alex M.", gate_open: true });
  await at.when(() => {
    openSessions.value = [alex, bruna];
  });
  expect(start()?.attributes.has("disabled")).toBe(false);
  await press();
  expect(at.body.find("dialog")).toBeTruthy();
  expect(asked).toEqual([]);
});

it("lets in at once who waits while nobody is in contact", async () => {
  openSessions.value = [bruna];
  await at.draw(<StartButton session={bruna} />);
  await press();
  expect(asked).toEqual(["POST /api/sessions/bruna/accept"]);
});
