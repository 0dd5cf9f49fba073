"""Look and listen in a page by `probe.js`: every figure comes from the pictures and sound there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, Literal, TypeVar

from playwright.async_api import Page

from tests.e2e.harness.inspect import inspect
from tests.support.media import FRAMES_PER_S, LENGTH_S, LOOKS, PERIOD_S

Whose = Literal["local", "remote"]
T = TypeVar("T")

COLOUR_TOLERANCE = 30
LENGTH_FRAMES = LENGTH_S * FRAMES_PER_S
MOVED_FRAMES = 3
LIPS_MS = 80  # the most by which picture and sound may differ
LIPS_S = 7.0
LIPS_TRIES = 3
JITTER_MS = 60  # flashes or beeps that come more irregularly than this measure nothing
TONE_TOLERANCE_HZ = 15  # a bin of the analyser is 11.7 Hz


@dataclass(frozen=True, slots=True)
class Picture:
    """What a video element shows at one instant."""

    rgb: tuple[int, int, int]
    frame: int
    flash: bool
    width: int

    def is_of(self, role: str) -> bool:
        """Whether it has the colour of that role's known picture."""
        distance = max(abs(a - b) for a, b in zip(self.rgb, LOOKS[role].rgb, strict=True))
        return distance <= COLOUR_TOLERANCE


@dataclass(frozen=True, slots=True)
class Sound:
    """The loudest frequency over a second."""

    hz: float
    db: float

    def is_of(self, role: str) -> bool:
        return abs(self.hz - LOOKS[role].tone_hz) <= TONE_TOLERANCE_HZ and self.db > -60


@dataclass(frozen=True, slots=True)
class Stats:
    """Sums over the page's live connections, as the browser counts them; `at` in epoch ms."""

    at: float
    framesReceived: int
    framesDecoded: int
    audioEnergy: float
    samples: int
    audioPackets: int
    audioLost: int
    videoBytes: int
    concealed: int
    freezes: int
    pairs: int
    framesSent: int
    sentVideoBytes: int


@dataclass(frozen=True, slots=True)
class VideoStream:
    """The one video stream that is received, or sent; `nacks` are those of its receiver."""

    codec: str
    keyFrames: int
    nacks: int
    resent: int


@dataclass(frozen=True, slots=True)
class Lips:
    """Milliseconds of flashes seen and beeps heard, by one clock of one page."""

    flashes: list[float]
    beeps: list[float]

    @property
    def jitter_ms(self) -> float:
        """The worst difference between one interval and the median interval of its kind."""
        worst = 0.0
        for instants in (self.flashes, self.beeps):
            between = [later - earlier for earlier, later in pairwise(instants)]
            middle = median(between) if between else 0.0
            worst = max([worst, *(abs(interval - middle) for interval in between)])
        return worst

    @property
    def flash_after_beep_ms(self) -> float:
        """Median distance, within half a period either way."""
        assert len(self.flashes) >= 3, f"too few flashes seen: {self}"
        assert len(self.beeps) >= 3, f"too few beeps heard: {self}"
        return median(
            min((_wrap(flash - beep) for beep in self.beeps), key=abs) for flash in self.flashes
        )


def lip_shift_ms(sent: Lips, shown: Lips) -> float:
    """How much later the picture comes beside its sound than it was sent; negative: earlier."""
    return _wrap(shown.flash_after_beep_ms - sent.flash_after_beep_ms)


async def regular_lips(*sides: tuple[Watched, Whose]) -> list[Lips]:
    """Measure all sides at once, again when flashes or beeps were not regular."""
    for _ in range(LIPS_TRIES):
        lips = await asyncio.gather(*(side.lips(whose, LIPS_S) for side, whose in sides))
        if max(each.jitter_ms for each in lips) <= JITTER_MS:
            return lips
    raise AssertionError(f"{LIPS_TRIES} runs were irregular by more than {JITTER_MS} ms")


def _wrap(ms: float) -> float:
    period = PERIOD_S * 1000
    return (ms + period / 2) % period - period / 2


class Watched:
    """A page under `probe.js`."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def inspect(self, script: str, *arguments: object) -> Any:
        """Read the page without a user gesture; see `harness.inspect`."""
        return await inspect(self.page, script, *arguments)

    async def look(self, whose: Whose) -> Picture | None:
        seen = await self.inspect("whose => window.__probe.look(whose)", whose)
        return seen and Picture(tuple(seen["rgb"]), seen["frame"], seen["flash"], seen["width"])

    async def listen(self, whose: Whose) -> Sound | None:
        heard = await self.inspect("whose => window.__probe.listen(whose)", whose)
        return heard and Sound(heard["hz"], heard["db"])

    async def stats(self) -> Stats:
        return Stats(**await self.inspect("window.__probe.stats()"))

    async def video_stream(self, direction: Literal["inbound", "outbound"]) -> VideoStream:
        found = await self.inspect("type => window.__probe.videoStream(type)", f"{direction}-rtp")
        assert found, f"there is {direction} video"
        return VideoStream(**found)

    async def route(self) -> tuple[str | None, str] | None:
        """Our address, where the browser tells it, and the media node's, of the path in use."""
        pair = await self.inspect("window.__probe.route()")
        return pair and (pair[0], pair[1])

    async def protocol(self) -> str | None:
        """Over what the path in use goes, "udp" or "tcp"; None without one."""
        protocol: str | None = await self.inspect("window.__probe.protocol()")
        return protocol

    async def restarts(self) -> int:
        """How often the page restarted ICE so far."""
        restarts: int = await self.inspect("window.__probe.restarts")
        return restarts

    async def relay(self) -> str | None:
        """How the path in use reaches a TURN server ("udp", "tcp", "tls"); None without one."""
        protocol: str | None = await self.inspect("window.__probe.relay()")
        return protocol

    async def lips(self, whose: Whose, seconds: float) -> Lips:
        found = await self.inspect(
            "(whose, seconds) => window.__probe.lips(whose, seconds)", whose, seconds
        )
        return Lips(found["flashes"], found["beeps"])

    async def speaker(self) -> dict[str, Any] | None:
        """The state of the element that plays the other side's sound."""
        state: dict[str, Any] | None = await self.inspect("window.__probe.speaker()")
        return state

    async def frames_shown(self) -> int:
        """Frames of the other side put on the screen so far."""
        frames: int = await self.inspect("window.__probe.frames")
        return frames

    async def record(self, every_ms: int) -> None:
        """Begin to keep `Stats` in the page, regardless of what the test does meanwhile."""
        await self.inspect("ms => window.__probe.record(ms)", every_ms)

    async def recorded(self, *, stop: bool = True) -> list[Stats]:
        ask = "stopRecording" if stop else "recorded"
        rows = await self.inspect(f"window.__probe.{ask}()")
        return [Stats(**row) for row in rows]

    async def receives(self, within_s: float = 15) -> None:
        """Wait until picture and sound arrive, of any kind: not every browser is fed known ones."""

        async def receiving() -> bool:
            stats = await self.stats()
            return stats.framesDecoded > 10 and stats.audioEnergy > 0

        await eventually(receiving, "picture and sound of the other side", within_s)

    async def sees(self, role: str, within_s: float = 15) -> Picture:
        """Wait until the known picture of `role` moves here as the other side's."""

        first: Picture | None = None

        async def moving() -> Picture | None:
            nonlocal first
            now = await self.look("remote")
            if now is None or not now.is_of(role) or now.frame >= LENGTH_FRAMES:
                first = None
                return None
            frames = (now.frame - first.frame) % LENGTH_FRAMES if first else 0
            if first is None or frames > LENGTH_FRAMES / 2:  # that would be back
                first = now
            # However few come a second on a busy machine: a picture that stands never gets there.
            return now if MOVED_FRAMES <= frames <= LENGTH_FRAMES / 2 else None

        return await eventually(moving, f"the moving picture of the {role}", within_s)

    async def hears(self, role: str, within_s: float = 15) -> Sound:
        """Wait until the known tone of `role` arrives, and is played rather than only received."""

        async def sounding() -> Sound | None:
            speaker = await self.speaker()
            if not speaker or speaker["paused"] or speaker["muted"] or not speaker["volume"]:
                return None
            sound = await self.listen("remote")
            return sound if sound and sound.is_of(role) else None

        return await eventually(sounding, f"the tone of the {role}", within_s)


async def eventually(
    ask: Callable[[], Awaitable[T | None]], what: str, within_s: float = 15, every_s: float = 0.1
) -> T:
    """Ask until the answer is true; raises AssertionError saying what did not come."""
    until = time.monotonic() + within_s
    while True:
        if answer := await ask():
            return answer
        assert time.monotonic() < until, f"waited {within_s} s in vain for {what}"
        await asyncio.sleep(every_s)


async def assert_nothing_arrived(watched: Watched) -> None:
    async def sends() -> Stats | None:
        stats = await watched.stats()
        return stats if stats.pairs > 0 and stats.framesSent > 30 else None

    stats = await eventually(sends, "this side to send, else this proves nothing")
    assert stats.framesReceived == 0
    assert stats.audioEnergy == 0
    assert stats.audioPackets == 0
