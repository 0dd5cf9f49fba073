"""What leaves a core, and when: datagrams in their order, and the deadlines of all peers."""

from __future__ import annotations

from collections import deque

from sfu.base.address import Address
from sfu.base.stats import DropReason, Stats
from sfu.base.timers import Timers
from sfu.relay.down.padding import PADDING_BYTES, Probe
from sfu.relay.leg import Leg
from sfu.relay.roster import Roster
from sfu.relay.rtcp import outbound
from sfu.rtp import rtcp

_SHORTEST_WAIT_S = 0.001


class Outbox:
    """Sends by legs; what is due at a time is composed and sent by `handle_timeout`."""

    __slots__ = ("_ntp_offset", "_roster", "_stats", "datagrams", "timers")

    def __init__(self, roster: Roster, stats: Stats, ntp_offset: float) -> None:
        """Make an empty one.

        Args:
            ntp_offset: UTC minus monotonic time, in seconds, for NTP timestamps.
        """
        self.datagrams: deque[tuple[bytes, Address]] = deque()
        """To be sent, the oldest first; `PythonCore` appends media itself."""
        self._roster = roster
        self._stats = stats
        self._ntp_offset = ntp_offset
        self.timers = Timers[int]()
        """By peer; `PythonCore` reads when the next is due."""

    def ntp(self, now: float) -> int:
        """Return the present NTP timestamp of our clock."""
        return rtcp.ntp64(now + self._ntp_offset)

    def wake(self, leg: Leg, at: float) -> None:
        """Serve this leg at `at`, or before; without an address nothing is due any sooner."""
        if leg.wake_at is None or (at < leg.wake_at and leg.address is not None):
            leg.wake_at = at
            self.timers.set(leg.id, at)

    def forget(self, leg: Leg) -> None:
        """Serve this leg no more."""
        self.timers.cancel(leg.id)

    def handle_timeout(self, now: float) -> None:
        """Send what is due."""
        while (peer := self.timers.pop_due(now)) is not None:
            leg = self._roster.leg(peer)
            leg.wake_at = None
            if leg.suspended:
                continue
            if leg.address is None:  # what is due waits until there is somewhere to send it
                self.wake(leg, now + outbound.KEEPALIVE_S)
                continue
            self._serve(leg, now)
            self.wake(leg, max(outbound.next_at(leg), now + _SHORTEST_WAIT_S))

    def _serve(self, leg: Leg, now: float) -> None:
        if leg.probe is not None:
            self._pad(leg, leg.probe, now)
        compound = outbound.take_due(leg, now, self.ntp(now))
        if compound is not None:
            self.send_rtcp(leg, compound, now)

    def _pad(self, leg: Leg, probe: Probe, now: float) -> None:
        if leg.padded is None or probe.is_over(now):
            leg.probe = None
            leg.departures.cluster = 0
            return
        for _ in range(probe.due_packets(leg.departures, PADDING_BYTES, now)):
            packet = leg.padded.padding(now)
            if packet is not None:
                self.send(leg, packet, now)

    def send_rtcp(self, leg: Leg, compound: bytes, now: float) -> None:
        """Protect one compound and send it."""
        leg.keepalive_at = now + outbound.KEEPALIVE_S
        protected = leg.srtp.protect_rtcp(compound)
        if protected is None:
            self._stats.drop(leg.srtp.failure)
        else:
            self.send(leg, protected, now)

    def send(self, leg: Leg, protected: bytes, now: float) -> None:
        """Send one protected packet to where this leg's peer is."""
        if leg.address is None:
            self._stats.drop(DropReason.NO_ADDRESS)
            return
        leg.keepalive_at = now + outbound.KEEPALIVE_S
        self.datagrams.append((protected, leg.address))
