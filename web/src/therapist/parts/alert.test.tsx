import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { aPage, textOf } from "../../ui/testing/dom";
import { AlertBlock } from "./alert";

const ALERT = {
  version: 1,
  email: false,
  sms: false,
  text: null,
  subject: "You can come in now",
  default_email: "Hello {name},\n\n{therapist} is ready: {link}",
  default_sms: "{name}: {link}",
  ways: { email: "sent", sms: "off" },
};
const PATIENT = { id: "p1", name: "Alex M.", email: "a@example.org", phone: null, language: "en" };
const SENT = {
  ways: { email: "sent", sms: "off" },
  items: [
    {
      id: "m1",
      kind: "alert",
      channel: "email",
      state: "refused",
      failure: "no_such_address",
      created_at: "2026-03-02T09:00:00Z",
      sent_at: null,
    },
  ],
};

let at: ReturnType<typeof aPage>;
beforeEach(() => {
  at = aPage();
  vi.stubGlobal("location", { host: "visavis.test" });
  vi.stubGlobal("fetch", async (path: string) =>
    Response.json(path.endsWith("/alert") ? ALERT : path.endsWith("/messages") ? SENT : PATIENT),
  );
});
afterEach(async () => {
  await at.draw(null);
  vi.unstubAllGlobals();
});

it("shows the alert as the patient reads it, what cannot be sent, and what did not arrive", async () => {
  await at.draw(<AlertBlock patientId="p1" name="Alex M." />);
  await at.when(() => undefined);
  const text = textOf(at.body);
  expect(text).toContain("Hello Alex,");
  expect(text).toContain("visavis.test/v#…");
  expect(text).toContain("SMS is not set up on this server.");
  expect(text).toContain("The message to Alex did not arrive.");
  expect(text).toContain("not delivered");
});
