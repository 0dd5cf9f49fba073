"""One synthetic visit over one path, from the link to the goodbye."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiortc import RTCIceServer

from canary.browser import Browser, Live
from canary.peer import Heard, Peer
from canary.settings import Settings
from canary.tcp import TcpBridge
from canary.trouble import NotOffered, Trouble, WrongAccount
from sfu.probe import score

TONES_HZ = {"therapist": 440, "patient": 880}
LOOK_S = 0.2
NAME = "Canary"
"""Of the patient who is nobody."""


class Stage(StrEnum):
    """What a visit goes through, in this order."""

    REACH = "reach"  # the address answers, its certificate is good, control is healthy
    LOG_IN = "log_in"
    LINK = "link"  # a patient is added, and the link opens on a device
    LOBBY = "lobby"  # the therapist sees who waits, and both sides have a media connection
    ACCEPT = "accept"
    HEAR = "hear"  # both hear each other
    LEAVE = "leave"  # the session ends, and the patient is erased


class State(StrEnum):
    """What became of a path."""

    OK = "ok"
    FAILED = "failed"
    NOT_CONFIGURED = "not_configured"


@dataclass(frozen=True, slots=True)
class Path:
    """How media goes; see the package."""

    name: str
    turn_url: str | None = None


UDP, TCP = Path("udp"), Path("tcp")


def turn_path(url: str) -> Path:
    """Name the path through one TURN server by how it is reached."""
    kind = "tls" if url.startswith("turns:") else "tcp" if "transport=tcp" in url else "udp"
    return Path(f"turn_{kind}", url)


@dataclass(slots=True)
class Visit:
    """What is known of one visit; filled while it goes on."""

    path: str
    state: State = State.FAILED
    stages_s: dict[Stage, float] = field(default_factory=dict)
    """How long each took that was done."""
    failed: Stage | None = None
    words: str = ""
    """Why it failed, or is not configured."""
    first_audio_s: float | None = None
    """From ACCEPT until both heard the other."""
    r: float | None = None
    """Of the E-model, 0 to 93.2: the worse side's."""
    loss_ratio: float | None = None
    rtt_ms: float | None = None
    """Between both sides, by way of the node."""
    turn_urls: tuple[str, ...] | None = None
    """Which control named; None where the visit did not come so far."""


async def walk(settings: Settings, path: Path) -> Visit:
    """Make one visit; it is erased, whatever comes of it.

    Raises:
        WrongAccount: The account is no canary's.
    """
    visit = Visit(path.name)
    async with AsyncExitStack() as stack:
        try:
            await _Walk(settings, path, visit, stack).go()
            visit.state = State.OK
        except NotOffered as reason:
            visit.state, visit.words = State.NOT_CONFIGURED, str(reason)
        except Trouble as trouble:
            visit.words = str(trouble)
    return visit


class _Walk:
    """The steps of one visit."""

    def __init__(self, settings: Settings, path: Path, visit: Visit, stack: AsyncExitStack) -> None:
        self._settings = settings
        self._path = path
        self._visit = visit
        self._stack = stack
        self._therapist = Browser(settings.url)
        self._patient = Browser(settings.url)
        self._patient_id: str | None = None
        self._is_logged_in = False

    async def go(self) -> None:
        for browser in (self._therapist, self._patient):
            await self._stack.enter_async_context(browser)
        self._stack.push_async_callback(self._clean_up)
        async with self._stage(Stage.REACH):
            await self._reach()
        async with self._stage(Stage.LOG_IN):
            await self._log_in()
        async with self._stage(Stage.LINK):
            await self._open_link()
        async with self._stage(Stage.LOBBY):
            session, lives, peers = await self._wait()
        async with self._stage(Stage.ACCEPT):
            accepted_at = await self._accept(session, lives)
        async with self._stage(Stage.HEAR, more_s=self._settings.listen_s):
            await self._hear(session, peers, accepted_at)
        async with self._stage(Stage.LEAVE):
            await self._therapist.call("POST", f"/api/sessions/{session}/end")
            await self._erase_all()

    @asynccontextmanager
    async def _stage(self, stage: Stage, more_s: float = 0.0) -> AsyncIterator[None]:
        began = time.monotonic()
        self._visit.failed = stage
        try:
            async with asyncio.timeout(self._settings.patience_s + more_s):
                yield
        except (Trouble, NotOffered, WrongAccount):
            raise
        except TimeoutError:
            raise Trouble(_late(stage, self._path, self._settings.patience_s)) from None
        except Exception as error:  # the one place where anything else becomes a failed visit
            raise Trouble(f"unexpected: {type(error).__name__}") from error
        self._visit.failed = None
        self._visit.stages_s[stage] = time.monotonic() - began

    async def _reach(self) -> None:
        await self._therapist.call("GET", "/api/health")
        page = await self._patient.call("GET", "/v")
        if not isinstance(page, str) or "<html" not in page:
            raise Trouble("the patient's page is not there")

    async def _log_in(self) -> None:
        form = {"email": self._settings.email, "password": self._settings.password}
        try:
            me = await self._therapist.call("POST", "/api/login", form)
        except Trouble as trouble:
            if "bad_credentials" in str(trouble):
                raise WrongAccount("e-mail or password of the canary's account are wrong") from None
            raise
        self._is_logged_in = True
        if not me.get("is_canary"):
            raise WrongAccount(
                "this account is no canary's, and a canary erases all patients of its account; "
                "make one by `visavis therapist add --canary`"
            )
        await self._erase_all()

    async def _open_link(self) -> None:
        form = {"name": NAME}
        self._patient_id = (await self._therapist.call("POST", "/api/patients", form))["id"]
        path = f"/api/patients/{self._patient_id}/invitation"
        url, _, token = (await self._therapist.call("GET", path))["url"].partition("#")
        if url != f"{self._settings.url}/v":
            raise Trouble("links lead to another address than the canary's (VISAVIS_PUBLIC_URL)")
        await self._patient.call("POST", "/api/visit", {"token": token})

    async def _wait(self) -> tuple[str, dict[str, Live], dict[str, Peer]]:
        lives = {
            "therapist": await self._therapist.live("/api/live"),
            "patient": await self._patient.live("/api/visit/live"),
        }
        for live in lives.values():
            self._stack.push_async_callback(live.close)
        session: str = await lives["therapist"].until(_waiting)
        peers = {
            "therapist": await self._connect(
                self._therapist, f"/api/sessions/{session}", "therapist", listens_to="patient"
            ),
            "patient": await self._connect(
                self._patient, "/api/visit", "patient", listens_to="therapist"
            ),
        }
        await asyncio.gather(*(peer.connected() for peer in peers.values()))
        return session, lives, peers

    async def _connect(self, browser: Browser, base: str, role: str, *, listens_to: str) -> Peer:
        """Offer one side's media, and let it take the path that is walked."""
        servers = (await browser.call("GET", f"{base}/ice-servers"))["servers"]
        self._visit.turn_urls = tuple(url for server in servers for url in server["urls"])
        relays = _relays(servers, self._path)
        peer = Peer(TONES_HZ[role], listens_for=TONES_HZ[listens_to], relays=relays)
        self._stack.push_async_callback(peer.close)
        offer = await peer.offer()
        if relays and " typ relay" not in offer:
            raise Trouble(f"TURN ({self._path.turn_url}) does not answer, or refuses us")
        answer = await browser.offer(f"{base}/offer", offer)
        if self._path == TCP:
            bridge, answer = await TcpBridge.open(answer)
            self._stack.push_async_callback(bridge.close)
        await peer.take(answer)
        return peer

    async def _accept(self, session: str, lives: dict[str, Live]) -> float:
        await self._therapist.call("POST", f"/api/sessions/{session}/enter")
        at = asyncio.get_running_loop().time()
        await self._therapist.call("POST", f"/api/sessions/{session}/accept")
        await lives["patient"].until(
            lambda told: told["type"] == "visit" and told["visit"]["state"] == "in_contact"
        )
        return at

    async def _hear(self, session: str, peers: dict[str, Peer], accepted_at: float) -> None:
        await asyncio.gather(*(peer.heard.wait() for peer in peers.values()))
        self._visit.first_audio_s = max(peer.heard_at for peer in peers.values()) - accepted_at
        sides = await asyncio.gather(
            *(peer.listen(self._settings.listen_s) for peer in peers.values())
        )
        self._visit.loss_ratio = max(side.loss_ratio for side in sides)
        self._visit.rtt_ms = sum(side.rtt_ms for side in sides)
        self._visit.r = min(_r(side, self._visit.rtt_ms) for side in sides)
        if self._path in (UDP, TCP):
            await self._check_path(session)

    async def _check_path(self, session: str) -> None:
        """Let the node say how the packets came; control hears of it once a second."""
        ways: set[str | None] = {None}
        while None in ways:
            found = await self._therapist.call("GET", f"/api/sessions/{session}")
            proofs = (found["therapist_proof"], found["patient_proof"])
            ways = {(proof or {}).get("transit") for proof in proofs}
            await asyncio.sleep(LOOK_S if None in ways else 0)
        if ways != {self._path.name}:
            raise Trouble(f"media did not go by {self._path.name}")

    async def _erase_all(self) -> None:
        """Erase every patient of this account: ours, and what a former visit has left."""
        while found := (await self._therapist.call("GET", "/api/patients"))["items"]:
            for patient in found:
                await self._therapist.call("DELETE", f"/api/patients/{patient['id']}")
        self._patient_id = None

    async def _clean_up(self) -> None:
        """Erase what a visit that went wrong has left; control does where we cannot."""
        with suppress(Trouble, TimeoutError):
            async with asyncio.timeout(self._settings.patience_s):
                if self._patient_id is not None:
                    await self._erase_all()
                if self._is_logged_in:
                    await self._therapist.call("POST", "/api/logout")


def _waiting(told: dict[str, Any]) -> str:
    """Return the id of the session whose patient has come; empty without one."""
    if told["type"] != "sessions":
        return ""
    return next((one["id"] for one in told["sessions"] if one["patient_present"]), "")


def _relays(servers: list[dict[str, Any]], path: Path) -> list[RTCIceServer]:
    """Return the TURN server that a path goes through, alone; none for a direct path.

    Raises:
        NotOffered: Control does not name it any more.
    """
    url = path.turn_url
    if url is None:
        return []
    found = [
        RTCIceServer(url, server["username"], server["credential"])
        for server in servers
        if url in server["urls"]
    ]
    if not found:
        raise NotOffered(f"control does not name {url} any more (VISAVIS_TURN_URLS)")
    return found


def _r(side: Heard, rtt_ms: float) -> float:
    return score.r_factor(score.delay_ms((rtt_ms,), side.jitter_ms), side.loss_ratio)


def _late(stage: Stage, path: Path, patience_s: float) -> str:
    """Say what did not come within the patience."""
    way = f"TURN ({path.turn_url})" if path.turn_url else path.name.upper()
    what = {
        Stage.REACH: "the server did not answer",
        Stage.LOG_IN: "logging in did not end",
        Stage.LINK: "the link did not open",
        Stage.LOBBY: f"the patient did not arrive, or media did not connect by {way}",
        Stage.ACCEPT: "the patient was not told of ACCEPT",
        Stage.HEAR: "the two did not hear each other",
        Stage.LEAVE: "the session did not end",
    }
    return f"{what[stage]} within {patience_s:.0f} s"
