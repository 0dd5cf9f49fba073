"""The node at run time: reads the clock, feeds the engine, drains it, sets the one timer.

Whatever happens goes through `_step`: one reading of the clock, one mutation of the engine, one
drain. It holds the plane's only `except Exception`: a peer whose handling raises is counted,
logged once and closed, and the node goes on with the others.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from sfu import messages
from sfu.base.address import Address
from sfu.base.limits import NodeLimits
from sfu.config import Config
from sfu.engine.engine import Engine, EngineEvent
from sfu.engine.entrance import Entrance
from sfu.engine.fencing import ALWAYS, Validity
from sfu.engine.outputs import ChannelOutput
from sfu.errors import ConfigError
from sfu.io import figures, journal
from sfu.io.addresses import announced, open_sockets
from sfu.io.channels import ChannelSet
from sfu.io.drops import DropWatch
from sfu.io.events import EventLog
from sfu.io.garbage import PauseMeter
from sfu.io.load import RELAY_EVERY, LoadMeter
from sfu.io.socket_filter import PortGuard, SocketFilter
from sfu.io.tcp import FIRST_TCP_LINK, TcpLinks, transit_of
from sfu.io.udp import UdpLink
from sfu.io.version import installed_version
from sfu.relay.native import make_packet_core, packet_core_kind
from sfu.transport import Certificate

logger = logging.getLogger(__name__)
T = TypeVar("T")

TIMER_GRAIN_S = 0.0005
"""uvloop rounds delays to milliseconds; half of one keeps it from firing early."""


REFUSALS = ("late", "stale", "full", "slow_down", "place_taken", "draining", "unauthorized")
"""Codes whose counters are there from the start, at zero."""


class Draining(Exception):
    """The node takes no peers of new visits, or none at all since it is being stopped."""


class Worker:
    """One media node: engine, sockets, data channels, event stream."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.packet_core = packet_core_kind(config.native)
        self.version = installed_version()  # read once: an upgrade installs another under us
        self.links: list[UdpLink] = []
        self.filters: list[SocketFilter] = []
        self._guard: PortGuard | None = None
        self.tcp = TcpLinks(
            on_datagram=self._on_datagram,
            on_closed=lambda addr: self._step(addr, self.engine.forget_address, addr),
            owner=lambda addr: self.engine.peers.owner(addr),
        )
        self._announced: list[tuple[str, int]] = []
        self._channels: ChannelSet | None = None
        self.meter = LoadMeter()
        self.pauses = PauseMeter()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._busy = self._closing = self._stopped = False
        self._logged: set[str] = set()
        self._engine: Engine | None = None
        self.events = EventLog(lambda: self.engine.rooms.states(time.monotonic()))
        self.commanded_at = 0.0
        """When control last called the API with the right token; of `clock`."""
        self._drops = DropWatch(self.filters, self.links)
        self.peer_errors = 0
        self.refusals = dict.fromkeys(REFUSALS, 0)
        """Answers of the API from 400 up, by code."""
        self.received_datagrams = self.received_bytes = 0
        self.sent_datagrams = self.sent_bytes = 0

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            raise RuntimeError("the worker is not started")
        return self._engine

    @property
    def draining(self) -> bool:
        """Whether this node takes no new visits, and begins no check by itself."""
        return self._engine is not None and self._engine.measuring.is_draining

    @draining.setter
    def draining(self, draining: bool) -> None:
        self.engine.measuring.is_draining = draining

    @property
    def media_addresses(self) -> list[tuple[str, int]]:
        """Where browsers reach this node, as answers announce it."""
        return self._announced

    async def start(self) -> None:
        """Open the sockets and begin to serve.

        Raises:
            ConfigError: An address or port cannot be used.
        """
        try:
            self._open_links()
        except ConfigError:
            self._close_links()
            raise
        self._engine = engine = self._make_engine(time.monotonic())
        self._guard = PortGuard(self.filters, engine.peers, engine.core)
        self._channels = ChannelSet(self._engine, self._step)
        for link in self.links:
            await link.open()
        await self.tcp.open()
        self.meter.start()
        self.pauses.start()
        logger.info(
            "media node up: boot %s, %d link(s), %s packet core",
            self.events.boot_id,
            len(self.links),
            self.packet_core,
        )

    def _open_links(self) -> None:
        ports: dict[str, int] = {}
        for address, bound in announced(self._config):
            if bound not in ports:
                sockets = open_sockets(bound, self._config)
                self.filters.append(SocketFilter(sockets.udp, len(self.links)))
                link = UdpLink(sockets.udp, len(self.links), self._on_datagram)
                self.links.append(link)
                if sockets.tcp is not None:
                    self.tcp.add_listener(sockets.tcp)
                ports[bound] = link.local[1]
            self._announced.append((address, ports[bound]))

    def _close_links(self) -> None:
        for link in self.links:
            link.close()
        self.tcp.close()

    def _make_engine(self, now: float) -> Engine:
        utc_offset = time.time() - now
        core = make_packet_core(
            now=now,
            ntp_offset=utc_offset,
            random=random.SystemRandom(),
            setting=self._config.native,
        )
        entrance = Entrance(
            core,
            Certificate.generate(),
            addresses=self._announced,
            tcp=self._config.media_tcp,
            transit=transit_of,
            new_id=lambda: secrets.token_urlsafe(12),
        )
        limits = NodeLimits(self._config.max_rooms, self._config.max_half_open_peers)
        return Engine(entrance, utc_offset=utc_offset, limits=limits)

    async def stop(self) -> None:
        """Say goodbye to every peer and close the sockets; rooms are control's to place anew."""
        self.draining = self._closing = True
        if self._channels is not None:
            self._channels.stop()
        self._step(None, self.engine.shut_down)
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        self.meter.stop()
        self.pauses.stop()
        self.events.close()
        self._close_links()
        await asyncio.sleep(0)  # the transports close in the loop's next round
        logger.info("media node down: boot %s", self.events.boot_id)

    # -- commands --------------------------------------------------------------------------

    def clock(self) -> float:
        """The time that deadlines of commands are judged by, in seconds."""
        return time.monotonic()

    def run(self, command: Callable[..., T], *args: Any) -> T:
        """Run one command of the engine; its errors are the caller's.

        Args:
            command: A bound method of `engine` whose last argument is `now`.
        """
        now = self.clock()
        try:
            return command(*args, now)
        finally:
            self._drain(now)

    def change(self, validity: Validity, command: Callable[..., T], room: str, *args: Any) -> T:
        """Run one command that changes a room, if it is still valid at this very moment.

        Args:
            command: As of `run`; its first argument is the room.

        Raises:
            Late, Stale: Nothing was changed.
        """

        def obey(now: float) -> T:
            self.engine.admit_command(room, validity, now)
            return command(room, *args, now)

        return self.run(obey)

    def join(
        self,
        room: str,
        participant: str,
        role: messages.Role,
        offer_sdp: str,
        validity: Validity = ALWAYS,
        *,
        light: bool = False,
    ) -> tuple[str, str]:
        """`Engine.join`, refused while draining unless the visit has begun.

        A reload, or a line that changed, is part of a running visit.

        Raises:
            Draining, and what `change` and `Engine.join` raise.
        """
        known = self.engine.rooms.get(room)
        if self._closing or (self.draining and not (known and known.has_begun)):
            raise Draining("this node is being stopped")
        join = partial(self.engine.join, light=light)
        return self.change(validity, join, room, participant, role, offer_sdp)

    # -- the one step ----------------------------------------------------------------------

    def _on_datagram(self, data: bytes, addr: Address) -> None:
        self.received_datagrams += 1
        self.received_bytes += len(data)
        if self.received_datagrams % RELAY_EVERY:
            self._step(addr, self.engine.receive_datagram, data, addr)
        else:
            self._relay_timed(data, addr)

    def _relay_timed(self, data: bytes, addr: Address) -> None:
        """Do the same, and time it if something leaves for it."""
        began, sent = time.perf_counter(), self.sent_datagrams
        self._step(addr, self.engine.receive_datagram, data, addr)
        if self.sent_datagrams > sent and data[0] & 0xC0 == 0x80:  # RTP and RTCP, RFC 7983
            self.meter.relays_s.add(time.perf_counter() - began)

    def _on_timer(self) -> None:
        self._timer = None
        # Follows the machine's clock when that is set after our start.
        now = time.monotonic()
        self.engine.utc_offset = time.time() - now
        self._step(None, self.engine.handle_timeout)
        self.engine.measuring.health.note_drops(self._drops.look(now), now)
        if self._guard is not None:
            self._guard.tidy(now)

    def _step(self, culprit: str | Address | None, step: Callable[..., None], *args: Any) -> None:
        """Mutate, then drain.

        Args:
            culprit: Whom to close when it raises: a peer, or the owner of an address.
            step: Takes `now` as its last argument.
        """
        now = time.monotonic()
        try:
            step(*args, now)
        except Exception as error:
            self._blame(culprit, error, now)
        self._drain(now)

    def _blame(self, culprit: str | Address | None, error: Exception, now: float) -> None:
        """Count, log once and close; the error's text may hold what a log must not."""
        engine = self.engine
        owner = engine.peers.owner(culprit) if isinstance(culprit, tuple) else culprit
        peer, engine.current = engine.current or owner, None
        self.peer_errors += 1
        place = journal.place_of(error)
        if peer is not None:
            logger.error("peer %s closed: %s", peer, place, extra={"peer": peer})
            engine.fail(peer, now)
        elif place not in self._logged:  # strangers must not fill the disk
            self._logged.add(place)
            logger.error("no peer's fault, further ones only counted: %s", place)

    def _drain(self, now: float) -> None:
        """Send and tell everything; nested calls leave it to the outermost."""
        if self._busy:
            return
        self._busy = True
        engine = self.engine
        try:
            if self._guard is not None:
                self._guard.admit()  # before the answer that lets the browser go on
            due_at = self._catch_up(engine, now)
            while True:
                while (datagram := engine.poll_transmit()) is not None:
                    self._send(*datagram)
                event = engine.next_event()
                if event is None:
                    break
                self._follow(event)
                due_at = engine.next_timeout()
        finally:
            self._busy = False
        self._arm(due_at, now)

    def _follow(self, event: EngineEvent) -> None:
        if not isinstance(event, ChannelOutput):
            self.events.append(event)
            journal.write(event)
        elif self._channels is not None:
            self._channels.follow(event)

    def _catch_up(self, engine: Engine, now: float) -> float | None:
        """Do what became due by this very step, before events that take longer to tell.

        An opened gate asks for key frames; beside two browsers on two cores the timer took up to
        60 ms to do so.

        Returns:
            When there is something to do next.
        """
        at = engine.next_timeout()
        if at is None or at > now:
            return at
        self._step(None, engine.handle_timeout)
        return engine.next_timeout()

    def _send(self, data: bytes, addr: Address) -> None:
        self.sent_datagrams += 1
        self.sent_bytes += len(data)
        link = addr[2]
        (self.links[link] if link < FIRST_TCP_LINK else self.tcp).send(data, addr)

    def _arm(self, at: float | None, now: float) -> None:
        if self._stopped:
            at = None
        if self._timer is not None:
            if at is not None and at >= self._timer_at:
                return  # it fires first, and looks again then
            self._timer.cancel()
            self._timer = None
        if at is None:
            return
        self._timer_at = at
        delay_s = max(0.0, at - now) + TIMER_GRAIN_S
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._on_timer)

    # -- figures ---------------------------------------------------------------------------

    def load(self) -> messages.NodeLoad:
        return figures.read_load(self)

    @property
    def max_rooms(self) -> int:
        return self._config.max_rooms

    def troubles(self) -> list[str]:
        """Say why no new visit can begin here now; nothing when one can."""
        found = ["stopping"] if self._closing else ["draining"] if self.draining else []
        if len(self.engine.rooms) >= self.max_rooms:
            found.append("full")
        return found

    def figures(self) -> figures.Figures:
        """One reading for `/metrics`."""
        return figures.read(self)
