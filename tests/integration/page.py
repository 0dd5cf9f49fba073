"""A page without a browser: an aiortc peer connection built as our page builds its own."""

from __future__ import annotations

import asyncio
import fractions
import json
from typing import Any

import numpy as np
from aiohttp import ClientSession
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, VideoFrame

SAMPLE_HZ = 48_000
FRAMES_PER_S = 15
WIDTH, HEIGHT = 160, 120


class Tone(MediaStreamTrack):
    """A steady tone, 20 ms at a time."""

    kind = "audio"

    def __init__(self, hz: int) -> None:
        super().__init__()
        self._hz = hz
        self._samples = 0
        self._started_at: float | None = None

    async def recv(self) -> AudioFrame:
        count = SAMPLE_HZ // 50
        self._started_at = await _wait_until(self._started_at, self._samples / SAMPLE_HZ)
        at = (self._samples + np.arange(count)) / SAMPLE_HZ
        sound = (0.3 * 32767 * np.sin(2 * np.pi * self._hz * at)).astype(np.int16)
        frame = AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = SAMPLE_HZ
        frame.pts, frame.time_base = self._samples, fractions.Fraction(1, SAMPLE_HZ)
        self._samples += count
        return frame


class Plain(MediaStreamTrack):
    """A picture of one brightness."""

    kind = "video"

    def __init__(self, luma: int) -> None:
        super().__init__()
        self._luma = luma
        self._frames = 0
        self._started_at: float | None = None

    async def recv(self) -> VideoFrame:
        self._started_at = await _wait_until(self._started_at, self._frames / FRAMES_PER_S)
        picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
        picture[:HEIGHT] = self._luma
        frame = VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts, frame.time_base = self._frames, fractions.Fraction(1, FRAMES_PER_S)
        self._frames += 1
        return frame


async def _wait_until(started_at: float | None, offset_s: float) -> float:
    """Pace a source in real time."""
    now = asyncio.get_running_loop().time()
    if started_at is None:
        return now
    await asyncio.sleep(max(0.0, started_at + offset_s - now))
    return started_at


class Page:
    """One side of a visit: sends a tone and a plain picture, keeps what it hears and sees."""

    def __init__(self, role: str, *, hz: int, luma: int) -> None:
        self.role = role
        self.location = ""
        self.sounds: list[AudioFrame] = []
        self.pictures: list[VideoFrame] = []
        self.messages: list[dict[str, Any]] = []
        self.echoes: list[str] = []
        self._readers: list[asyncio.Task[None]] = []
        # Not MAX_BUNDLE: with it aiortc takes candidates from the last m-line alone.
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connection.addTransceiver(Tone(hz), "sendrecv")
        self._connection.addTransceiver(Plain(luma), "sendrecv")
        self._connection.addTransceiver("video", "sendrecv")
        self._state = self._connection.createDataChannel("state", negotiated=True, id=0)
        self.ping = self._connection.createDataChannel(
            "ping", negotiated=True, id=1, ordered=False, maxRetransmits=0
        )
        self._state.on("message", lambda text: self.messages.append(json.loads(text)))
        self.ping.on("message", self.echoes.append)
        self._connection.on("track", self._read_track)

    async def join(self, control: ClientSession, room: str, participant: str = "") -> None:
        """Post the offer, take the answer."""
        response = await control.post(
            f"/rooms/{room}/peers",
            params={"participant": participant or self.role, "role": self.role},
            data=await self.offer(),
            headers={"Content-Type": "application/sdp"},
        )
        text = await response.text()
        assert response.status == 201, text
        self.location = response.headers["Location"]
        await self.take(text)

    async def offer(self) -> str:
        """Return the offer, for `take` to be given its answer."""
        await self._connection.setLocalDescription(await self._connection.createOffer())
        sdp: str = self._connection.localDescription.sdp
        return sdp

    async def take(self, answer: str) -> None:
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    def say(self, text: str) -> None:
        """Send a message on `state`."""
        self._state.send(text)

    async def close(self) -> None:
        await self._connection.close()
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)

    @property
    def is_closed(self) -> bool:
        """Whether the node said goodbye."""
        return self._connection.connectionState == "closed"

    def said(self, kind: str) -> list[dict[str, Any]]:
        """Messages of one type that the node sent on `state`."""
        return [message for message in self.messages if message["type"] == kind]

    def _read_track(self, track: MediaStreamTrack) -> None:
        kept: list[Any] = self.sounds if track.kind == "audio" else self.pictures
        self._readers.append(asyncio.ensure_future(_keep(track, kept)))


async def _keep(track: MediaStreamTrack, kept: list[Any]) -> None:
    try:
        while True:
            kept.append(await track.recv())
    except MediaStreamError:
        return


def pitch_hz(frames: list[AudioFrame]) -> float:
    """The strongest frequency of what was heard."""
    sound = np.concatenate([frame.to_ndarray().reshape(-1)[::2] for frame in frames])
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * SAMPLE_HZ / len(sound))


def brightness(frame: VideoFrame) -> float:
    """Mean luma of a picture."""
    return float(frame.to_ndarray(format="yuv420p")[: frame.height].mean())
