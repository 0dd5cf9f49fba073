"""Janus, as Debian packages it, with two of its plugins: EchoTest and VideoRoom.

Started on a configuration of our own and spoken to by its WebSocket API. It is an ICE-lite server
here, as ours is, with one event loop for all connections, as one core is compared.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Any

from aiohttp import ClientConnectionError, ClientSession, ClientWebSocketResponse

from benchmarks.peers import place
from benchmarks.peers.adapter import START_S, Running, free_port, last_words, output_of, process
from benchmarks.peers.guest import Guest, Person
from benchmarks.relay.joining import LIMIT_S, Pair
from benchmarks.relay.load import Load
from benchmarks.relay.processes import Relay
from benchmarks.relay.traffic import Call

Json = dict[str, Any]
PROGRAM = "janus"
_CORE = """
general: {{ session_timeout = 0, event_loops = 1, debug_level = 3, debug_colors = false }}
nat: {{ ice_lite = true, ice_enforce_list = "{interface}" }}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
"""
_WEBSOCKETS = """
general: {{ json = "compact", ws = true, ws_port = {port}, ws_ip = "127.0.0.1" }}
"""
_PLUGINS = "audiobridge duktape lua nosip recordplay sip streaming textroom videocall voicemail"
_TRANSPORTS = "http mqtt nanomsg pfunix rabbitmq"


class Janus:
    """One plugin of it as a server to compare."""

    calls = 20

    def __init__(self, plugin: str, label: str, unfair: str) -> None:
        self.name = f"janus-{plugin}"
        self.label, self.unfair = label, unfair
        self._plugin = plugin

    def missing(self) -> str | None:
        """Say why it cannot run here."""
        if shutil.which(PROGRAM) is None:
            return "Janus is not installed (Debian: apt-get install janus)"
        if not place.has_address():
            return "Janus offers no loopback addresses, and there is no network of our own"
        return None

    def version(self) -> str:
        """Return what it says of itself."""
        found = re.search(r"Janus version: \d+ \(([^)]+)\)", output_of(PROGRAM, "--version"))
        return f"Janus {found[1]}" if found else "Janus"

    @asynccontextmanager
    async def running(self, port: int) -> AsyncIterator[Running]:
        """Start it; it finds out itself where the load sends from."""
        api = free_port()
        with tempfile.TemporaryDirectory() as folder:
            _configure(Path(folder), api)
            with process(self.name, [PROGRAM, "-F", folder]) as (relay, log):
                async with ClientSession() as http:
                    async with await _connect(http, api, relay, log) as socket:
                        session = await Session.open(socket)
                        try:
                            yield Running(relay, _SERVERS[self._plugin](session))
                        finally:
                            await session.close()


def _configure(folder: Path, port: int) -> None:
    core = _CORE.format(
        interface=place.INTERFACE,
        plugins=",".join(f"libjanus_{name}.so" for name in _PLUGINS.split()),
        transports=",".join(f"libjanus_{name}.so" for name in _TRANSPORTS.split()),
    )
    (folder / "janus.jcfg").write_text(core)
    (folder / "janus.transport.websockets.jcfg").write_text(_WEBSOCKETS.format(port=port))


async def _connect(
    http: ClientSession, port: int, relay: Relay, log: IO[str]
) -> ClientWebSocketResponse:
    async with asyncio.timeout(START_S):
        while relay.process.poll() is None:
            try:
                url = f"ws://127.0.0.1:{port}"
                return await http.ws_connect(url, protocols=("janus-protocol",))
            except ClientConnectionError:
                await asyncio.sleep(0.05)
    raise RuntimeError(f"Janus did not start: {last_words(log)}")


class Session:
    """A session of its API, with all handles."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._id = 0
        self._asked: dict[str, asyncio.Future[Json]] = {}
        self._up: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, socket: ClientWebSocketResponse) -> Session:
        session = cls(socket)
        session._id = (await session._ask({"janus": "create"}))["data"]["id"]
        return session

    async def close(self) -> None:
        await self._socket.close()
        await self._reading

    async def attach(self, plugin: str) -> int:
        """Return a handle of a plugin."""
        said = await self._ask({"janus": "attach", "plugin": f"janus.plugin.{plugin}"})
        handle: int = said["data"]["id"]
        return handle

    async def say(self, handle: int, body: Json, kind: str = "", sdp: str = "") -> str:
        """Send a message to a plugin; return the SDP that comes with its answer, if any.

        Args:
            kind: Of the SDP that goes with it: offer or answer.
        """
        jsep = {"jsep": {"type": kind, "sdp": sdp}} if kind else {}
        said = await self._ask({"janus": "message", "handle_id": handle, "body": body} | jsep)
        data = said["plugindata"]["data"]
        if "error" in data:
            raise RuntimeError(f"Janus refused {body.get('request', body)}: {data['error']}")
        back: str = said.get("jsep", {}).get("sdp", "")
        return back

    async def wait_until_up(self, handle: int) -> None:
        """Return when Janus has this handle's media connection, and its plugin knows."""
        await asyncio.wait_for(self._up[handle].wait(), LIMIT_S)

    async def _ask(self, message: Json) -> Json:
        transaction = secrets.token_hex(8)
        answer = self._asked[transaction] = asyncio.get_running_loop().create_future()
        session = {"session_id": self._id} if self._id else {}
        await self._socket.send_json(message | session | {"transaction": transaction})
        said: Json = await asyncio.wait_for(answer, LIMIT_S)
        if said["janus"] == "error":
            raise RuntimeError(f"Janus refused {message['janus']}: {said['error']['reason']}")
        return said

    async def _read(self) -> None:
        """Hand out answers; an `ack` only says that one will come."""
        async for message in self._socket:
            said: Json = message.json()
            if said["janus"] == "webrtcup":
                self._up[said["sender"]].set()
            elif said["janus"] != "ack" and said.get("transaction") in self._asked:
                self._asked.pop(said["transaction"]).set_result(said)


class EchoTest:
    """Each person gets back what they send, so a call is two of them side by side."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pair(self, number: int) -> Pair:
        return _EchoPair(self._session)


class _EchoPair:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._guests = [Guest(), Guest()]
        self._people: list[Person] = []

    async def prepare(self) -> None:
        """Nothing is to be made before."""

    async def join(self, load: Load) -> None:
        self._people = list(await asyncio.gather(*(self._join(load, g) for g in self._guests)))

    async def _join(self, load: Load, guest: Guest) -> Person:
        guest.sit(load)
        handle = await self._session.attach("echotest")
        body = {"audio": True, "video": True, "audiocodec": "opus", "videocodec": "vp8"}
        guest.take_answer(await self._session.say(handle, body, "offer", guest.offer))
        await load.connect(guest.address)
        return Person(guest, guest)

    async def settle(self) -> None:
        """Nothing comes after."""

    def call(self) -> Call:
        one, other = self._people
        return Call(one.peer(one), other.peer(other), echoes=True)


class VideoRoom:
    """A room for each call: each person publishes by one connection and subscribes by another."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pair(self, number: int) -> Pair:
        return _RoomPair(self._session, 1 + number)


class _RoomPair:
    def __init__(self, session: Session, room: int) -> None:
        self._session, self._room = session, room
        self._up, self._down = [Guest(), Guest()], [Guest(), Guest()]
        self._people: list[Person] = []

    async def prepare(self) -> None:
        handle = await self._session.attach("videoroom")
        codecs = {"audiocodec": "opus", "videocodec": "vp8"}
        await self._session.say(handle, self._body("create", publishers=2, bitrate=0) | codecs)

    async def join(self, load: Load) -> None:
        for guest in (*self._up, *self._down):
            guest.sit(load)
        await asyncio.gather(*(self._publish(load, n) for n in range(2)))
        self._people = list(await asyncio.gather(*(self._meet(load, n) for n in range(2))))

    async def _publish(self, load: Load, which: int) -> None:
        handle = await self._session.attach("videoroom")
        body = self._body("joinandconfigure", ptype="publisher", id=1 + which)
        guest = self._up[which]
        guest.take_answer(await self._session.say(handle, body, "offer", guest.offer))
        await load.connect(guest.address)
        await self._session.wait_until_up(handle)

    async def _meet(self, load: Load, which: int) -> Person:
        """Subscribe to the other, who publishes by now."""
        up, down = self._up[which], self._down[which]
        handle = await self._session.attach("videoroom")
        feeds = [{"feed": 2 - which}]
        body = self._body("join", ptype="subscriber", streams=feeds)
        answer = down.answer_to(await self._session.say(handle, body))
        await self._session.say(handle, {"request": "start"}, "answer", answer)
        await load.connect(down.address)
        return Person(up, down)

    def _body(self, request: str, **more: Any) -> Json:
        return {"request": request, "room": self._room} | more

    async def settle(self) -> None:
        """Nothing comes after."""

    def call(self) -> Call:
        one, other = self._people
        return Call(one.peer(other), other.peer(one))


_SERVERS: dict[str, type[EchoTest] | type[VideoRoom]] = {
    "echotest": EchoTest,
    "videoroom": VideoRoom,
}

ECHOTEST = Janus(
    "echotest",
    "Janus, EchoTest",
    "It is C, and the simplest thing that Janus does: each packet goes back to who sent it, and "
    "nobody estimates bandwidth towards the receiver.",
)
VIDEOROOM = Janus(
    "videoroom",
    "Janus, VideoRoom",
    "It is C; each person has two connections there, one to publish and one to subscribe, and "
    "nobody estimates bandwidth towards the receiver.",
)
