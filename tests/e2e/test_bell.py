"""The bell: what really sounds in the browser and what it really shows on the desktop."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from playwright.async_api import Page, expect

from tests.e2e.harness.inspect import inspect
from tests.e2e.harness.page import eventually
from tests.e2e.harness.visits import Visit, Visits

RING_EVERY_MS = 20_000
RING_S = 2.0
"""A ring has died away by then."""
BELL_HZ = (500, 680)  # its two notes, web/src/lib/sounds.ts


@dataclass(frozen=True, slots=True)
class Note:
    """A desktop notification that the browser made."""

    title: str
    body: str
    shown: bool


class Desk:
    """A therapist's page whose loudspeaker and desktop are watched."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def rings(self) -> int:
        """Return how often the loudspeaker has rung so far."""
        rings = await inspect(self.page, "window.__desk.rings")
        for ring in rings:
            assert BELL_HZ[0] <= ring["hz"] <= BELL_HZ[1], f"that was no bell: {ring}"
        return len(rings)

    async def has_rung(self, times: int) -> None:
        async def rung() -> bool:
            return await self.rings() == times

        await eventually(rung, f"ring {times}")
        await asyncio.sleep(RING_S)
        assert await self.rings() == times, "one ring at a time"

    async def notes(self) -> list[Note]:
        return [Note(**note) for note in await inspect(self.page, "window.__desk.notes")]

    async def twenty_seconds_pass(self) -> None:
        """For the page's timers alone: the sound goes on in its own time."""
        await self.page.clock.fast_forward(RING_EVERY_MS)

    async def go_behind_another_window(self) -> None:
        """Playwright gives every page a focus that no person's page would have."""
        browser = await self.page.context.new_cdp_session(self.page)
        await browser.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
        other = await self.page.context.new_page()
        await other.bring_to_front()
        await self.page.wait_for_function("!document.hasFocus()")


async def at_the_desk(visit: Visit) -> Desk:
    page = visit.therapist.page
    await page.add_init_script(WATCH_DESK)
    await page.goto(visit.therapist.url)
    await expect(page.get_by_text("Nobody is waiting")).to_be_visible()
    return Desk(page)


async def work_on_something_else(desk: Desk) -> None:
    """That click also unlocks the bell."""
    await desk.page.get_by_role("link", name="PATIENTS").click()


async def test_the_bell_sounds_every_20_seconds_until_the_arrival_is_seen(visits: Visits) -> None:
    visit = await visits.arranged()
    await visit.therapist.page.clock.install()
    desk = await at_the_desk(visit)
    await work_on_something_else(desk)
    await visit.patient.come(visit.link)
    await desk.has_rung(1)
    await desk.twenty_seconds_pass()
    await desk.has_rung(2)
    await desk.twenty_seconds_pass()
    await desk.has_rung(3)
    await desk.page.get_by_role("link", name="Home").click()
    await expect(visit.therapist.waiting_card(visit.name)).to_be_visible()
    await desk.twenty_seconds_pass()
    await desk.has_rung(3)


async def test_a_muted_bell_is_silent(visits: Visits) -> None:
    visit = await visits.arranged()
    await visit.therapist.page.clock.install()
    desk = await at_the_desk(visit)
    await desk.page.get_by_role("button", name="Mute the bell").click()
    await work_on_something_else(desk)
    await visit.patient.come(visit.link)
    await expect(desk.page).to_have_title("(1) PATIENTS · Visavis")
    await desk.twenty_seconds_pass()
    await desk.has_rung(0)


async def test_before_the_first_click_the_page_says_why_it_is_silent(visits: Visits) -> None:
    visit = await visits.arranged()
    desk = await at_the_desk(visit)
    await visit.patient.come(visit.link)
    await expect(desk.page.get_by_text("keeps the bell silent until you click")).to_be_visible()
    await desk.has_rung(0)


async def test_the_button_allows_a_desktop_notification_that_names_nobody(visits: Visits) -> None:
    visit = await visits.arranged()
    desk = await at_the_desk(visit)
    await desk.page.context.grant_permissions(["notifications"])  # what the browser will answer
    allow = desk.page.get_by_role("button", name="Show desktop notifications")
    await allow.click()
    await expect(allow).to_be_hidden()
    await work_on_something_else(desk)
    await desk.go_behind_another_window()
    await visit.patient.come(visit.link)

    async def shown() -> list[Note]:
        return [note for note in await desk.notes() if note.shown]

    assert await eventually(shown, "a notification on the desktop") == [
        Note("Visavis", "Someone is in your waiting room", shown=True)
    ]
    await desk.page.evaluate("window.__desk.clickNote()")
    await expect(visit.therapist.waiting_card(visit.name)).to_be_visible()


async def test_nothing_is_put_on_the_desktop_while_the_page_is_before_her_eyes(
    visits: Visits,
) -> None:
    visit = await visits.arranged()
    await visit.therapist.page.context.grant_permissions(["notifications"])
    desk = await at_the_desk(visit)
    await visit.patient.come(visit.link)
    await expect(visit.therapist.waiting_card(visit.name)).to_be_visible()
    assert await desk.notes() == []


async def test_a_browser_that_refuses_notifications_is_explained(visits: Visits) -> None:
    visit = await visits.arranged()
    desk = await at_the_desk(visit)
    await desk.page.get_by_role("button", name="Show desktop notifications").click()
    await expect(desk.page.get_by_text("blocks notifications from Visavis")).to_be_visible()


WATCH_DESK = """(() => {
    const desk = { rings: [], notes: [] };
    window.__desk = desk;

    // Whatever goes to the loudspeaker is heard here too; a context that is suspended renders
    // nothing. A ring begins when it was quiet for a while, its pitch is the loudest in it.
    const ears = new Map();
    const connect = AudioNode.prototype.connect;
    AudioNode.prototype.connect = function (target, ...more) {
        if (target instanceof AudioDestinationNode) connect.call(this, earOf(this.context));
        return connect.call(this, target, ...more);
    };
    const earOf = (context) => {
        if (!ears.has(context)) ears.set(context, new AnalyserNode(context, { fftSize: 4096 }));
        return ears.get(context);
    };
    const [FLOOR, QUIET] = [0.01, 10];
    let quiet = QUIET;
    setInterval(() => {
        for (const ear of ears.values()) {
            const samples = new Float32Array(ear.fftSize);
            ear.getFloatTimeDomainData(samples);
            const rms = Math.sqrt(samples.reduce((sum, it) => sum + it * it, 0) / samples.length);
            if (rms < FLOOR) quiet += 1;
            else {
                const spectrum = new Float32Array(ear.frequencyBinCount);
                ear.getFloatFrequencyData(spectrum);
                const loudest = spectrum.indexOf(Math.max(...spectrum));
                const hz = (loudest * ear.context.sampleRate) / ear.fftSize;
                if (quiet >= QUIET) desk.rings.push({ hz, rms });
                quiet = 0;
            }
        }
    }, 40);

    let latest = null;
    window.Notification = class extends window.Notification {
        constructor(title, options) {
            super(title, options);
            latest = this;
            const note = { title, body: options.body, shown: false };
            desk.notes.push(note);
            this.addEventListener("show", () => (note.shown = true));
        }
    };
    desk.clickNote = () => latest.dispatchEvent(new Event("click"));
})()"""
