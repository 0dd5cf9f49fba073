"""One side's media: a tone goes out, and what comes in is listened to."""

from __future__ import annotations

import asyncio
import fractions
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from aiortc import (
    RTCConfiguration,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame

from canary.trouble import Trouble

SAMPLE_HZ = 48_000
FRAME = SAMPLE_HZ // 50
LOUDNESS = 0.3
QUIET = 0.01
"""Of full scale: less is silence."""
SHARE = 0.5
"""Of a frame's power, in the tone that is listened for."""
PING_EVERY_S = 0.1


class Tone(MediaStreamTrack):
    """A steady tone, 20 ms at a time."""

    kind = "audio"

    def __init__(self, hz: int) -> None:
        super().__init__()
        self._hz = hz
        self._samples = 0
        self._started_at: float | None = None

    async def recv(self) -> AudioFrame:
        self._started_at = await wait_until(self._started_at, self._samples / SAMPLE_HZ)
        at = (self._samples + np.arange(FRAME)) / SAMPLE_HZ
        sound = (LOUDNESS * 32767 * np.sin(2 * np.pi * self._hz * at)).astype(np.int16)
        frame = AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = SAMPLE_HZ
        frame.pts, frame.time_base = self._samples, fractions.Fraction(1, SAMPLE_HZ)
        self._samples += FRAME
        return frame


async def wait_until(started_at: float | None, offset_s: float) -> float:
    """Pace a source in real time; return when it started."""
    now = asyncio.get_running_loop().time()
    if started_at is None:
        return now
    await asyncio.sleep(max(0.0, started_at + offset_s - now))
    return started_at


@dataclass(frozen=True, slots=True)
class Heard:
    """How the other side's sound came."""

    loss_ratio: float
    jitter_ms: float
    rtt_ms: float
    """Between this side and the node."""


class Peer:
    """A peer connection as our pages build theirs: sound, and the two data channels."""

    def __init__(
        self, hz: int, *, listens_for: int = 0, relays: Sequence[RTCIceServer] = ()
    ) -> None:
        """Prepare; `offer` and `take` connect it.

        Args:
            hz: The tone that this side sends.
            listens_for: The other side's.
            relays: TURN servers, and then no other way but through the first of them.
        """
        self.heard = asyncio.Event()
        """The other side's tone was heard."""
        self.heard_at = 0.0
        """When, on the loop's clock."""
        self.listens_for = listens_for
        policy = RTCIceTransportPolicy.RELAY if relays else RTCIceTransportPolicy.ALL
        # Not MAX_BUNDLE: with it aiortc takes candidates from the last m-line alone.
        self.connection = RTCPeerConnection(
            RTCConfiguration(list(relays), iceTransportPolicy=policy)
        )
        self.connection.addTransceiver(Tone(hz), "sendrecv")
        self.state = self.connection.createDataChannel("state", negotiated=True, id=0)
        self.ping = self.connection.createDataChannel(
            "ping", negotiated=True, id=1, ordered=False, maxRetransmits=0
        )
        self.ping.on("message", lambda text: self.take_echo(text))
        self._rtts_s: list[float] = []
        self._readers: list[asyncio.Task[None]] = []
        self._changed = asyncio.Event()
        self.connection.on("connectionstatechange", self._changed.set)
        self.connection.on("track", self._read_track)

    async def offer(self) -> str:
        """Return the offer, for `take` to be given its answer."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        sdp: str = self.connection.localDescription.sdp
        return sdp

    async def take(self, answer: str) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def connected(self) -> None:
        """Return when media can flow.

        Raises:
            Trouble: The connection has failed.
        """
        while (state := self.connection.connectionState) != "connected":
            if state in ("failed", "closed"):
                raise Trouble("no media connection to the node came about on this path")
            self._changed.clear()
            await self._changed.wait()

    async def listen(self, for_s: float) -> Heard:
        """Listen on, at least until the round trip to the node is measured too.

        Raises:
            Trouble: Nothing came any more.
        """
        before, loop = await self._received(), asyncio.get_running_loop()
        until = loop.time() + for_s
        while loop.time() < until or not self._rtts_s:
            if self.ping.readyState == "open":
                self.ping.send(f"{time.monotonic():.6f}")
            await asyncio.sleep(min(PING_EVERY_S, for_s))
        after = await self._received()
        came, lost = (after[n] - before[n] for n in (0, 1))
        if came <= 0:
            raise Trouble("the sound stopped after it had begun")
        return Heard(
            loss_ratio=max(lost, 0) / (came + max(lost, 0)),
            jitter_ms=1000 * after[2] / SAMPLE_HZ,
            rtt_ms=1000 * statistics.median(self._rtts_s),
        )

    async def close(self) -> None:
        await self.connection.close()
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)

    def take_frame(self, kind: str, frame: Any) -> None:
        """Take what was decoded: `kind` is "audio" or "video"."""
        if kind == "audio" and not self.heard.is_set() and has_tone(frame, self.listens_for):
            self.heard_at = asyncio.get_running_loop().time()
            self.heard.set()

    def take_echo(self, text: str) -> None:
        """Take what the node sent back of what went out on `ping`."""
        self._rtts_s.append(time.monotonic() - float(text))

    async def _received(self) -> tuple[int, int, int]:
        """Return packets that came and that were lost, and the jitter in samples."""
        for one in (await self.connection.getStats()).values():
            if one.type == "inbound-rtp" and one.kind == "audio":
                return one.packetsReceived, one.packetsLost, one.jitter
        return 0, 0, 0

    def _read_track(self, track: MediaStreamTrack) -> None:
        self._readers.append(asyncio.ensure_future(self._read(track)))

    async def _read(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                self.take_frame(track.kind, await track.recv())
        except MediaStreamError:
            return


def has_tone(frame: AudioFrame, hz: int) -> bool:
    """Whether most of a frame of sound, stereo as aiortc decodes it, is this tone."""
    sound = frame.to_ndarray().reshape(-1)[::2] / 32768
    power = float(np.mean(sound**2))
    if power < QUIET**2:
        return False
    wave = np.exp(-2j * np.pi * hz * np.arange(len(sound)) / SAMPLE_HZ)
    return 2 * abs(complex(np.mean(sound * wave))) ** 2 / power > SHARE
