"""One side of a visit: talks from the moment its page opens, over one connection after another."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import time
from contextlib import suppress
from struct import Struct
from typing import Any

from benchmarks.load.figures import FRAME_S, Clock, Voice
from benchmarks.load.listener import Listener
from benchmarks.load.recording import MARK_BYTES, Recording, split_mark
from benchmarks.load.speaker import Speaker
from benchmarks.relay.connection import Connection
from sfu.io.datachannel import Channel

PING_EVERY_S = 0.5
REPORT_EVERY_S = 1.0
BUFFER_BYTES = 1 << 20
DATAGRAM_BYTES, ANCILLARY_BYTES = 2048, 64
SO_TIMESTAMPNS = 35  # of Linux; Python has no name for it
_TIMESPEC = Struct("qq")


class Page:
    """One media connection and its socket, which says when the kernel got what came."""

    def __init__(self, person: Person) -> None:
        self.connection = Connection(
            secrets.randbits(48), on_message=self._told, tells_round_trip=True
        )
        self.speaker = Speaker(self.connection, person.recording, person.mark, video=person.video)
        self.listener = Listener(self.connection, person.hear)
        self._person = person
        self._socket: socket.socket | None = None
        self._ping_at = self._report_at = 0.0
        self.connected_at: float | None = None
        self.check = asyncio.Event()
        """A check of the line is over."""
        self.closed: str | None = None
        """Why the node ended this connection, in its words."""

    async def take_answer(self, text: str) -> None:
        """Begin to connect."""
        node = self.connection.take_answer(text)
        self.listener.begin()
        family = socket.AF_INET6 if ":" in node[0] else socket.AF_INET
        udp = self._socket = socket.socket(family, socket.SOCK_DGRAM)
        udp.setblocking(False)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        udp.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        udp.connect(node)
        asyncio.get_running_loop().add_reader(udp, self._receive)
        self.flush()

    def _receive(self) -> None:
        """Take what is there."""
        udp = self._socket
        to_monotonic_s = time.monotonic() - time.time()
        while udp is not None and udp is self._socket:
            try:
                data, ancillary, _, _ = udp.recvmsg(DATAGRAM_BYTES, ANCILLARY_BYTES)
            except OSError:
                return  # nothing more; or a node that is away, as the kernel says once
            self._take(data, _stamp(ancillary), to_monotonic_s)

    def _take(self, data: bytes, utc_s: float, to_monotonic_s: float) -> None:
        if data[0] < 128:
            self.connection.receive(data)
            if self.connected_at is None and self.connection.connected.is_set():
                self.connected_at = time.monotonic()
            self.flush()
            return
        self.connection.note(data, utc_s)
        compounds = self.listener.receive(data, utc_s + to_monotonic_s)
        for compound in compounds:
            self.speaker.obey(compound)
        if compounds:
            self.flush()  # the node times how soon it is answered

    @property
    def ready(self) -> bool:
        """Whether media can flow."""
        return self.connected_at is not None and self._socket is not None

    def flush(self) -> None:
        """Send what is pending."""
        udp = self._socket
        if udp is not None:
            for data in self.connection.pending():
                with suppress(OSError):  # full, or a node that is away: lost, as on any line
                    udp.send(data)

    def serve(self, now: float) -> None:
        """Do what a browser does beside its media."""
        self.connection.tell(time.time())
        self.listener.ask(now)
        if now >= self._report_at:
            self._report_at = now + REPORT_EVERY_S
            for report in self.speaker.reports(time.time()):
                self.connection.report(report)
        if now >= self._ping_at and self.connection.channels_open.is_set():
            self._ping_at = now + PING_EVERY_S
            self.connection.say(Channel.PING, b"ping")

    def close(self, *, goodbye: bool) -> None:
        """End it, with a word or without."""
        if goodbye:
            self.connection.close()
            self.flush()
        else:
            self.connection.vanish()
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def _told(self, channel: Channel, message: str | bytes) -> None:
        if channel is not Channel.STATE:
            return
        told: dict[str, Any] = json.loads(message)
        now = time.monotonic()
        match told["type"]:
            case "cap":
                self.speaker.cap_bps = told["video_bps"]
                self.speaker.end_fill()
            case "fill":
                self.speaker.begin_fill(told["video_bps"], told["for_ms"] / 1000, now)
            case "check" if told["state"] != "running":
                self.check.set()
            case "clock":
                self._person.clocks.append(Clock(now, told["elapsed_s"]))
            case "closed":
                self.closed = told["reason"]


def _stamp(ancillary: list[tuple[int, int, bytes]]) -> float:
    """Return when the kernel got a datagram, in seconds UTC."""
    for _, kind, stamp in ancillary:
        if kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack_from(stamp)
            return float(seconds + nanoseconds / 1e9)
    return time.time()


class Person:
    """Talks, listens and sees the clock."""

    def __init__(self, recording: Recording, *, video: bool) -> None:
        """Make one; needs a running event loop.

        Args:
            recording: What is said and shown.
            video: Send picture as well.
        """
        self.recording, self.video = recording, video
        self.mark = secrets.token_bytes(MARK_BYTES)
        """In all that is said, so that whoever hears it knows who says it."""
        self.voice = Voice(len(recording.sound))
        self.other: Person | None = None
        self.foreign = 0
        """Packets of sound that came and that the other did not say: an echo, another visit."""
        self.clocks: list[Clock] = []
        self.page: Page | None = None
        self._earlier: list[Listener] = []
        """Of connections that are gone."""
        self._places = {payload[1:]: place for place, payload in enumerate(recording.sound)}
        self._loop = asyncio.get_running_loop()
        self._due_at = time.monotonic() + secrets.randbelow(20) / 1000
        self._timer = self._loop.call_at(self._due_at, self._tick)

    def open_page(self) -> Page:
        """Leave the present page without a word, as a reload does, and open another."""
        self.drop()
        self.page = Page(self)
        return self.page

    def drop(self) -> None:
        """Lose the present page."""
        if self.page is not None:
            self.page.close(goodbye=False)
            self._earlier.append(self.page.listener)
            self.page = None

    def leave(self) -> None:
        """Stop talking, and close the page."""
        self._timer.cancel()
        if self.page is not None:
            self.page.close(goodbye=True)

    def hear(self, payload: bytes, now: float) -> None:
        """Note a packet of sound."""
        frame, mark = split_mark(payload)
        place = self._places.get(frame)
        if place is None or self.other is None or mark != self.other.mark:
            self.foreign += 1
        else:
            self.other.voice.hear(place, now)

    def counts(self, end: float) -> tuple[int, int]:
        """Return how many packets were expected by this side until then, and how many came."""
        listeners = [*self._earlier, *([self.page.listener] if self.page else [])]
        pairs = [listener.counts(end) for listener in listeners]
        return sum(expected for expected, _ in pairs), sum(came for _, came in pairs)

    def _tick(self) -> None:
        page, now = self.page, time.monotonic()
        while self._due_at <= now:
            number = self.voice.say(self._due_at, *self._speak(page))
            self._due_at += FRAME_S
            if page is not None and page.ready:
                page.speaker.picture(number)
                page.speaker.fill(now)
        if page is not None:
            if page.ready:
                page.serve(now)
            page.flush()
        self._timer = self._loop.call_at(self._due_at, self._tick)

    def _speak(self, page: Page | None) -> tuple[float, ...]:
        """Send the next frame of sound, where there is a connection; returns when."""
        if page is None or not page.ready:
            return ()
        page.speaker.sound(len(self.voice.due_at))
        sent_at = time.monotonic()
        page.flush()
        return (sent_at,)
