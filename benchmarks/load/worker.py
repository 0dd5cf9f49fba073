"""A process of media: `python -m benchmarks.load.worker RECORDING`.

Reads one JSON object a line, `{"id", "do", …}`, and answers each with `{"id", "answer"}` or
`{"id", "error"}`, in the order in which they are done. Ends with its standard input.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.load.figures import clock_error_s, report
from benchmarks.load.person import Page, Person
from benchmarks.load.recording import Recording, read

LINE_BYTES = 1 << 20
SETTLE_S = 0.4
"""After the end of what is judged, for what is still under way."""
LOOK_S = 0.01
ROLES = ("therapist", "patient")


class Failed(Exception):
    """What was asked for did not come about; the text says what."""


class Pairs:
    """Every visit of this process, by the caller's name for it."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._pairs: dict[str, dict[str, Person]] = {}

    # -- what can be asked -------------------------------------------------------------------

    async def offer(self, pair: str, role: str, video: bool) -> str:
        """Open a page of one side, in place of the one it has; returns its offer."""
        sides = self._pairs.setdefault(pair, {})
        if role not in sides:
            sides[role] = Person(self._recording, video=video)
            if len(sides) == len(ROLES):
                one, other = sides.values()
                one.other, other.other = other, one
        return sides[role].open_page().connection.offer

    async def connect(self, pair: str, role: str, sdp: str, within_s: float) -> float:
        """Take the answer to the offer; returns when media could flow."""
        page = self._page(pair, role)
        await page.take_answer(sdp)
        connection = page.connection
        await self._within(connection.connected.wait(), within_s, "the media did not connect")
        await self._within(connection.channels_open.wait(), within_s, "no data channels")
        assert page.connected_at is not None
        return page.connected_at

    async def checked(self, pair: str, role: str, within_s: float) -> None:
        """Wait until a check of this side's line is over."""
        page = self._page(pair, role)
        await self._within(page.check.wait(), within_s, "the check did not end")
        page.check.clear()

    async def heard(self, pair: str, since: float, within_s: float) -> float:
        """Return when the later of the two heard a first sound that was sent after `since`."""
        voices = [person.voice for person in self._both(pair)]
        until = time.monotonic() + within_s
        while True:
            first = [voice.first_heard(since) for voice in voices]
            if (found := [at for at in first if at is not None]) and len(found) == len(first):
                return max(found)
            if time.monotonic() > until:
                raise Failed("one does not hear the other")
            await asyncio.sleep(LOOK_S)

    async def report(
        self, pair: str, accepted_at: float, answered_at: float, begin: float
    ) -> dict[str, Any]:
        """Sum up what was since `begin`."""
        people, end = self._both(pair), time.monotonic()
        await asyncio.sleep(SETTLE_S)
        errors = [clock_error_s(person.clocks, accepted_at, answered_at) for person in people]
        counts = [person.counts(end) for person in people]
        return asdict(
            report(
                [person.voice for person in people],
                begin,
                end,
                accepted_at=accepted_at,
                foreign=sum(person.foreign for person in people),
                packets=(sum(expected for expected, _ in counts), sum(came for _, came in counts)),
                clock_error=max((error for error in errors if error is not None), default=None),
            )
        )

    async def drop(self, pair: str, role: str) -> float:
        """Lose the page of one side without a word; returns when."""
        self._pairs[pair][role].drop()
        return time.monotonic()

    async def leave(self, pair: str) -> None:
        """Close both pages and forget them."""
        for person in self._pairs.pop(pair, {}).values():
            person.leave()

    async def cost(self) -> float:
        """Return the seconds of CPU that this process used."""
        return time.process_time()

    # ----------------------------------------------------------------------------------------

    def _page(self, pair: str, role: str) -> Page:
        page = self._pairs[pair][role].page
        if page is None:
            raise Failed("there is no page")
        return page

    def _both(self, pair: str) -> list[Person]:
        people = list(self._pairs[pair].values())
        if len(people) < len(ROLES):
            raise Failed("one side is not there")
        return people

    @staticmethod
    async def _within(done: Any, within_s: float, else_: str) -> None:
        try:
            await asyncio.wait_for(done, within_s)
        except TimeoutError:
            raise Failed(f"{else_} within {within_s:.0f} s") from None


async def serve(recording: Recording, say: Callable[[str], None]) -> None:
    """Answer what standard input asks, until it ends."""
    pairs, doing = Pairs(recording), set[asyncio.Task[None]]()
    reader = asyncio.StreamReader(limit=LINE_BYTES)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    async def answer(asked: Mapping[str, Any]) -> None:
        task = {key: value for key, value in asked.items() if key not in ("id", "do")}
        try:
            said = {"answer": await getattr(pairs, asked["do"])(**task)}
        except Exception as error:  # whatever it is, the visit that asked shall know
            said = {"error": f"{error}" or type(error).__name__}
        say(json.dumps({"id": asked["id"]} | said))

    while line := await reader.readline():
        task = loop.create_task(answer(json.loads(line)))
        doing.add(task)
        task.add_done_callback(doing.discard)


def main() -> None:
    recording = read(Path(sys.argv[1]))
    gc.freeze()  # what is loaded stays
    uvloop.run(serve(recording, lambda line: print(line, flush=True)))


if __name__ == "__main__":
    main()
