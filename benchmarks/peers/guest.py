"""A page's connection to a server that is not ours: sound and camera alone.

Our pages' screen line and data channels are left out: not every server has a use for them.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from itertools import count

from aiortc.sdp import SessionDescription

from benchmarks.relay.connection import Connection
from benchmarks.relay.load import Load
from benchmarks.relay.traffic import PER_S, Peer, Stream
from sfu.base.media import AUDIO_LEVEL_URI, TRANSPORT_CC_URI, Slot
from sfu.rtp.extensions import ExtensionIds

_SEEDS = count(1_000_000)
_SLOTS = {"audio": Slot.AUDIO, "video": Slot.CAMERA}
SECTION = re.compile(r"^(?=m=)", re.MULTILINE)
_NOT_OURS = re.compile(
    r"^a=(?:candidate|end-of-candidates|ice-options|ice-lite|msid|ssrc|ssrc-group)\b.*\r\n",
    re.MULTILINE,
)


class Guest(Connection):
    """Post its `offer` and take the answer, or take an offer and post the `answer_to` it."""

    def __init__(self) -> None:
        super().__init__(next(_SEEDS))
        self.address, self._port = "", 0
        self.sent = dict.fromkeys(PER_S, 0)
        """Packets of each stream that `begin` made."""

    def sit(self, load: Load) -> None:
        """Take an address of the load; before anything else."""
        self.address, self._port = load.seat(self), load.wire.port

    @property
    def offer(self) -> str:
        """The SDP to post, by the DTLS client."""
        return with_candidate(sound_and_camera(super().offer), self.address, self._port)

    def take_answer(self, text: str) -> tuple[str, int]:
        """Begin with connectivity checks; returns where the server is.

        The lines may come in any order, and again when there are more.
        """
        at = super().take_answer(text)
        self._browser.down_ssrcs = ssrcs_in(text)
        self._ids = ExtensionIds(
            level=extension_in(text, AUDIO_LEVEL_URI),
            transport_cc=extension_in(text, TRANSPORT_CC_URI),
        )
        return at

    def answer_to(self, offer: str) -> str:
        """Take a server's offer of media that only it sends; return the SDP to post.

        We begin with connectivity checks at once.
        """
        self.take_answer(offer)
        browser = self._browser
        text = answer_to(offer, browser.ufrag, browser.pwd, browser.fingerprint.value)
        return with_candidate(text, self.address, self._port)

    def begin(self) -> None:
        """Make a packet of each stream pending, for servers that know of none without."""
        for slot in PER_S:
            stream = Stream(self.lines[slot], down_ssrc=0, sent=self.sent[slot])
            self.send(stream.next_packet(time.monotonic(), self.sent[slot], key=True))
            self.sent[slot] = stream.sent

    def receive(self, data: bytes) -> None:
        """Feed one datagram that is no media."""
        self._browser.receive_datagram(data, (*self.node, 0), time.monotonic())
        if self._browser.connected:
            self.connected.set()


@dataclass(frozen=True, slots=True)
class Person:
    """One who sends by one connection and receives by another, or by the same."""

    up: Guest
    down: Guest

    def peer(self, other: Person) -> Peer:
        """Return this one as a sender of streams that `other` receives."""
        ssrcs = other.down.down_ssrcs
        streams = {
            slot: Stream(self.up.lines[slot], ssrcs[slot][0], sent=self.up.sent[slot])
            for slot in PER_S
        }
        return Peer(
            self.up.address,
            self.up.node,
            streams,
            self.up.protect,
            self.down.unprotect,
            inbox=self.down.address,
        )


def sound_and_camera(offer: str) -> str:
    """Return an offer of a page without its other lines, by a DTLS client."""
    head, audio, camera, *_ = SECTION.split(offer)
    head = re.sub(r"^a=group:BUNDLE.*$", "a=group:BUNDLE 0 1\r", head, flags=re.MULTILINE)
    text = head + audio + camera
    text = re.sub(r"^a=(?:candidate|ice-options):.*\r\n", "", text, flags=re.MULTILINE)
    return text.replace("a=setup:actpass", "a=setup:active")


def answer_to(offer: str, ufrag: str, pwd: str, fingerprint: str) -> str:
    """Return the answer of one who takes all that is offered and sends nothing."""
    text = _NOT_OURS.sub("", offer.replace("\r\n", "\n").replace("\n", "\r\n"))
    for pattern, ours in (
        (r"a=ice-ufrag:\S+", f"a=ice-ufrag:{ufrag}"),
        (r"a=ice-pwd:\S+", f"a=ice-pwd:{pwd}"),
        (r"a=fingerprint:\S+ \S+", f"a=fingerprint:sha-256 {fingerprint}"),
        (r"a=setup:\w+", "a=setup:active"),
        (r"a=send(?:recv|only)", "a=recvonly"),
    ):
        text = re.sub(pattern, ours, text)
    return text


def with_candidate(sdp: str, address: str, port: int) -> str:
    """Return an SDP whose first line has this candidate, and no other will follow."""
    candidate = f"a=candidate:1 1 udp 2113937151 {address} {port} typ host\r\n"
    head, first, *rest = SECTION.split(sdp)
    return "".join([head, first, candidate, "a=end-of-candidates\r\n", *rest])


def ssrcs_in(sdp: str) -> dict[Slot, tuple[int, int | None]]:
    """Return what the first line of sound and of picture will come under, and resends."""
    found: dict[Slot, tuple[int, int | None]] = {}
    for media in SessionDescription.parse(sdp).media:
        slot = _SLOTS.get(media.kind)
        if slot is not None and media.ssrc and slot not in found:
            own = [info.ssrc for info in media.ssrc]
            found[slot] = (own[0], own[1] if len(own) > 1 else None)
    return found


def extension_in(sdp: str, uri: str) -> int:
    """Return the id of a header extension; 0 where it is not negotiated."""
    found = re.search(rf"^a=extmap:(\d+)(?:/\w+)? {re.escape(uri)}\r?$", sdp, re.MULTILINE)
    return int(found[1]) if found else 0
