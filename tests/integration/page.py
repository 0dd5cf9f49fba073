"""A page without a browser: an aiortc peer connection built as our page builds its own."""

from __future__ import annotations

import fractions
import json
from typing import Any

import numpy as np
from aiohttp import ClientSession
from aiortc.mediastreams import MediaStreamTrack
from av import AudioFrame, VideoFrame

from canary.peer import SAMPLE_HZ, Peer, wait_until

FRAMES_PER_S = 15
WIDTH, HEIGHT = 160, 120


class Plain(MediaStreamTrack):
    """A picture of one brightness."""

    kind = "video"

    def __init__(self, luma: int) -> None:
        super().__init__()
        self._luma = luma
        self._frames = 0
        self._started_at: float | None = None

    async def recv(self) -> VideoFrame:
        self._started_at = await wait_until(self._started_at, self._frames / FRAMES_PER_S)
        picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
        picture[:HEIGHT] = self._luma
        frame = VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts, frame.time_base = self._frames, fractions.Fraction(1, FRAMES_PER_S)
        self._frames += 1
        return frame


class Page(Peer):
    """One side of a visit: sends a tone and a plain picture, keeps what it hears and sees."""

    def __init__(self, role: str, *, hz: int, luma: int) -> None:
        super().__init__(hz)
        self.role = role
        self.location = ""
        self.sounds: list[AudioFrame] = []
        self.pictures: list[VideoFrame] = []
        self.messages: list[dict[str, Any]] = []
        self.echoes: list[str] = []
        self.connection.addTransceiver(Plain(luma), "sendrecv")
        self.connection.addTransceiver("video", "sendrecv")
        self.state.on("message", lambda text: self.messages.append(json.loads(text)))

    def take_frame(self, kind: str, frame: Any) -> None:
        (self.sounds if kind == "audio" else self.pictures).append(frame)

    def take_echo(self, text: str) -> None:
        self.echoes.append(text)

    def say(self, text: str) -> None:
        """Send a message on `state`."""
        self.state.send(text)

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

    @property
    def is_closed(self) -> bool:
        """Whether the node said goodbye."""
        return self.connection.connectionState == "closed"

    def said(self, kind: str) -> list[dict[str, Any]]:
        """Messages of one type that the node sent on `state`."""
        return [message for message in self.messages if message["type"] == kind]


def pitch_hz(frames: list[AudioFrame]) -> float:
    """The strongest frequency of what was heard."""
    sound = np.concatenate([frame.to_ndarray().reshape(-1)[::2] for frame in frames])
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * SAMPLE_HZ / len(sound))


def brightness(frame: VideoFrame) -> float:
    """Mean luma of a picture."""
    return float(frame.to_ndarray(format="yuv420p")[: frame.height].mean())
