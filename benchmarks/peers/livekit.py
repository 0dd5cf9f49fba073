"""LiveKit, as `go install` makes it: two connections for each person, one for each way.

Spoken to by its WebSocket protocol in JSON; what it says before our first word comes as protobuf.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import re
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import (
    ClientConnectionError,
    ClientSession,
    ClientWebSocketResponse,
    TCPConnector,
    WSMsgType,
)

from benchmarks.peers.adapter import START_S, Running, free_port, last_words, output_of, process
from benchmarks.peers.guest import Guest, Person, with_candidate
from benchmarks.relay.joining import LIMIT_S, Pair
from benchmarks.relay.load import Load
from benchmarks.relay.traffic import Call

Json = dict[str, Any]
Place = tuple[str, int]
"""Address and port."""
PROGRAM = "livekit-server"
KEY, SECRET = "benchmark", "not-a-secret-but-long-enough-for-livekit"
PROTOCOL = 15
BEGIN_S = 0.05
"""Between two first packets of what one publishes: it is offered to the other when it comes."""
_TRACKS = (
    ("audio", {"type": "AUDIO", "source": "MICROPHONE", "disableRed": True}),
    ("video", {"type": "VIDEO", "source": "CAMERA", "width": 640, "height": 480}),
)
_CONFIG = """
port: {port}
bind_addresses: ["127.0.0.1"]
keys: {{ {key}: {secret} }}
logging: {{ level: error }}
rtc:
  udp_port: {media}
  tcp_port: 0
  node_ip: 127.0.0.1
  use_external_ip: false
  enable_loopback_candidate: true
  use_ice_lite: true
  interfaces: {{ includes: [lo] }}
"""


class LiveKit:
    """It as a server to compare."""

    name, label, calls = "livekit", "LiveKit", 20
    unfair = (
        "It is Go; each person has two connections there, one to publish and one to subscribe, and "
        "it estimates the bandwidth towards each subscriber, as ours does."
    )

    def missing(self) -> str | None:
        """Say why it cannot run here."""
        if shutil.which(PROGRAM) is None:
            return f"LiveKit is not installed: no {PROGRAM} on the path (see docs/benchmarks.md)"
        return None

    def version(self) -> str:
        """Return what it says of itself."""
        found = re.search(r"version (\S+)", output_of(PROGRAM, "--version"))
        return f"LiveKit {found[1]}" if found else "LiveKit"

    @asynccontextmanager
    async def running(self, port: int) -> AsyncIterator[Running]:
        """Start it; it finds out itself where the load sends from."""
        api = free_port()
        config = _CONFIG.format(port=api, media=free_port(), key=KEY, secret=SECRET)
        with process(self.name, [PROGRAM, "--config-body", config]) as (relay, log):
            everybody = TCPConnector(limit=0)  # one socket each, for as long as they are there
            async with ClientSession(f"http://127.0.0.1:{api}", connector=everybody) as http:
                async with asyncio.timeout(START_S):
                    while not await _listens(http):
                        if relay.process.poll() is not None:
                            raise RuntimeError(f"LiveKit did not start: {last_words(log)}")
                        await asyncio.sleep(0.05)
                server = LiveKitServer(http)
                try:
                    yield Running(relay, server)
                finally:
                    server.stop()


async def _listens(http: ClientSession) -> bool:
    try:
        async with http.get("/") as response:
            return response.status < 500
    except ClientConnectionError:
        return False


class LiveKitServer:
    """A room for each call."""

    def __init__(self, http: ClientSession) -> None:
        self._http = http
        self._members: list[_Member] = []

    def pair(self, number: int) -> Pair:
        members = [_Member(self._http, f"call-{number}", name) for name in ("one", "other")]
        self._members += members
        return _RoomPair(members)

    def stop(self) -> None:
        """Listen no more; the server is about to end, and answers no goodbye."""
        for member in self._members:
            member.stop()


class _RoomPair:
    def __init__(self, members: list[_Member]) -> None:
        self._members = members

    async def prepare(self) -> None:
        """Rooms make themselves."""

    async def join(self, load: Load) -> None:
        await asyncio.gather(*(member.join(load) for member in self._members))

    async def settle(self) -> None:
        """Nothing comes after."""

    def call(self) -> Call:
        one, other = (Person(member.up, member.down) for member in self._members)
        return Call(one.peer(other), other.peer(one))


class _Member:
    """One person in a room: publishes by one connection and is offered the other's by another."""

    def __init__(self, http: ClientSession, room: str, name: str) -> None:
        self.up, self.down = Guest(), Guest()
        self._http = http
        self._token = token(room, f"{room}-{name}", time.time())
        self._socket: ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None
        self._published = 0
        self._answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._up_at: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        self._down_at: Place | None = None
        self._offer: Json | None = None
        self._all_published, self._all_offered = asyncio.Event(), asyncio.Event()

    async def join(self, load: Load) -> None:
        self.up.sit(load)
        self.down.sit(load)
        given = {"access_token": self._token, "protocol": str(PROTOCOL), "auto_subscribe": "1"}
        self._socket = await self._http.ws_connect("/rtc", params=given)
        self._reading = asyncio.create_task(self._read())
        ids = dict(zip(("audio", "video"), track_ids(self.up.offer), strict=True))
        for kind, track in _TRACKS:
            await self._say("addTrack", {"cid": ids[kind], "name": kind} | track)
        async with asyncio.timeout(LIMIT_S):
            await self._all_published.wait()
            await self._say("offer", {"type": "offer", "sdp": self.up.offer})
            self.up.take_answer(with_candidate(await self._answer, *await self._up_at))
            await load.connect(self.up.address)
            while not self._all_offered.is_set():
                self.up.begin()
                await load.connect(self.up.address)  # sends what is pending
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._all_offered.wait(), BEGIN_S)
            await load.connect(self.down.address)

    def stop(self) -> None:
        if self._reading is not None:
            self._reading.cancel()

    async def _say(self, what: str, body: Json) -> None:
        assert self._socket is not None
        await self._socket.send_json({what: body})

    async def _read(self) -> None:
        assert self._socket is not None
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                await self._hear(message.json())
            elif message.type is WSMsgType.BINARY:
                await self._hear(from_protobuf(message.data))

    async def _hear(self, said: Json) -> None:
        if "trackPublished" in said:
            self._published += 1
            if self._published == len(_TRACKS):
                self._all_published.set()
        elif "answer" in said:
            self._answer.set_result(said["answer"]["sdp"])
        elif "trickle" in said:
            self._note_candidate(said["trickle"])
            await self._answer_offer()
        elif "offer" in said:
            self._offer = said["offer"]
            await self._answer_offer()

    def _note_candidate(self, trickle: Json) -> None:
        place = place_in(json.loads(trickle.get("candidateInit") or "{}").get("candidate", ""))
        if place is None:
            return
        if trickle.get("target") == "SUBSCRIBER":
            self._down_at = place
        elif not self._up_at.done():
            self._up_at.set_result(place)

    async def _answer_offer(self) -> None:
        """Answer what the server offers to send, once its candidate is known.

        It offers again as the other one publishes.
        """
        if self._offer is None or self._down_at is None:
            return
        offer, self._offer = self._offer, None
        answer = self.down.answer_to(with_candidate(offer["sdp"], *self._down_at))
        await self._say("answer", {"type": "answer", "sdp": answer, "id": offer.get("id", 0)})
        if len(self.down.down_ssrcs) == len(_TRACKS):
            self._all_offered.set()


def token(room: str, identity: str, now: float) -> str:
    """Return a JSON Web Token that lets one into a room for an hour."""
    grant = {"roomJoin": True, "room": room}
    times = {"nbf": int(now) - 60, "exp": int(now) + 3600}
    claims = {"iss": KEY, "sub": identity, "video": grant} | times
    text = ".".join(_encoded(part) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    signed = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{_base64(signed)}"


def _encoded(part: Json) -> str:
    return _base64(json.dumps(part, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_protobuf(data: bytes) -> Json:
    """Return an offer or candidate as JSON would have it; other messages are not needed."""
    said = fields(data)
    if 3 in said:
        offer = fields(said[3])
        return {"offer": {"sdp": offer[2].decode(), "id": offer.get(3, 0)}}
    if 4 in said:
        trickle = fields(said[4])
        target = {"target": "SUBSCRIBER"} if trickle.get(2) else {}
        return {"trickle": {"candidateInit": trickle.get(1, b"").decode()} | target}
    return {}


def fields(data: bytes) -> dict[int, Any]:
    """Return the fields of a protobuf message by number: integers, and bytes of all else."""
    found: dict[int, Any] = {}
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        if key & 7 == 0:
            found[key >> 3], at = _varint(data, at)
            continue
        size, at = (4, at) if key & 7 == 5 else (8, at) if key & 7 == 1 else _varint(data, at)
        found[key >> 3], at = data[at : at + size], at + size
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number and where the next byte is."""
    value = shift = 0
    while data[at] >= 0x80:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return value | data[at] << shift, at + 1


def place_in(text: str) -> Place | None:
    """Return address and port of the first IPv4 candidate by UDP; None without any."""
    found = re.search(r"candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) ", text, re.IGNORECASE)
    return (found[1], int(found[2])) if found else None


def track_ids(sdp: str) -> list[str]:
    """Return the ids of the tracks that an offer sends, in the order of its lines."""
    return re.findall(r"^a=msid:\S+ (\S+)\r?$", sdp, re.MULTILINE)


LIVEKIT = LiveKit()
