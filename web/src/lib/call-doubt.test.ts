import { beforeEach, describe, expect, test } from "vitest";
import { CallingPage } from "./testing/call";

describe("a call in doubt about its line", () => {
  let page: CallingPage;

  beforeEach(() => {
    page = new CallingPage();
  });

  test("doubts the line sooner when the device says that its network changed", async () => {
    await page.connect();
    await page.world.pass(700);
    page.last().echoes = false;
    page.world.online();
    await page.world.pass(700);
    expect(page.state.phase).toBe("reconnecting");
    expect(page.last().iceRestarts).toBe(1);
  });

  test("asks often while an echo is late, and leaves a line alone that lost one", async () => {
    await page.connect();
    await page.world.pass(700);
    const asked = page.last().channel("ping").sent.length;
    page.last().echoes = false;
    await page.world.pass(900);
    page.last().echoes = true;
    await page.world.pass(100);
    expect(page.last().channel("ping").sent.length - asked).toBeGreaterThanOrEqual(4);
    const answered = page.last().channel("ping").sent.length;
    await page.world.pass(5000);
    expect(page.last().channel("ping").sent.length - answered).toBeLessThanOrEqual(11);
    expect(page.last().iceRestarts).toBe(0);
    expect(page.phases).toEqual(["connecting", "connected"]);
  });

  test("leaves a line alone that answers when the network changed", async () => {
    await page.connect();
    for (let i = 0; i < 5; i += 1) {
      page.world.online();
      await page.world.pass(700);
    }
    expect(page.last().iceRestarts).toBe(0);
    expect(page.world.checks).toBe(0);
    expect(page.phases).toEqual(["connecting", "connected"]);
  });

  test("restarts within 650 ms when media and echoes stop together", async () => {
    await page.connect();
    await page.hear(1000);
    page.last().echoes = false;
    await page.world.pass(650);
    expect(page.last().iceRestarts).toBe(1);
  });

  test("leaves a line alone whose media stops while it echoes, and asks it no more often", async () => {
    await page.connect();
    await page.hear(1000);
    await page.world.pass(1000);
    const pings = page.last().channel("ping").sent.length;
    await page.world.pass(5000);
    expect(page.last().iceRestarts).toBe(0);
    expect(page.last().channel("ping").sent.length - pings).toBe(10);
  });

  test("gives a line 0.9 s whose pings are lost while media flows", async () => {
    await page.connect();
    page.last().echoes = false;
    await page.hear(880);
    expect(page.last().iceRestarts).toBe(0);
  });

  test("gives a long line whose media stops the time of its round trips", async () => {
    await page.connect();
    page.last().delayEchoes((say) => page.world.after(400, say));
    await page.hear(1000);
    page.last().echoes = false;
    await page.world.pass(1000);
    expect(page.last().iceRestarts).toBe(0);
    await page.world.pass(1000);
    expect(page.last().iceRestarts).toBe(1);
  });
});
