"""The loop that carries real packets: reads one device, writes the other, in real time.

It runs as a process of its own (`python -m benchmarks.netlab.emulator FD CLIENT SERVER`, started
by `lab`), so that no test and no browser shares its interpreter. Where allowed it runs under
SCHED_FIFO: with both cores busy an ordinary process is woken milliseconds late, this one is not.
It sleeps in select(2), whose timeout is kept by a high-resolution timer, until `SPIN_S` before a
deadline, and polls from there. The kernel limits real-time processes to 95 % of the time.
"""

from __future__ import annotations

import gc
import os
import select
import sys
import time
from array import array
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from multiprocessing.connection import Connection
from struct import Struct

from benchmarks.netlab.fatelog import Direction, FateLog, Report, Totals, percentile, why_void
from benchmarks.netlab.link import Fate, Link, Outcome
from benchmarks.netlab.nat import Nat
from benchmarks.netlab.profiles import Profile

SPIN_S = 120e-6
#: The longest sleep: every wake-up is also a sample of how punctually the loop is woken.
TICK_S = 0.005
READ_BATCH = 32
BUFFER_BYTES = 2048
MAX_WAKES = 1_000_000
_UDP = 17
_RTP = Struct("!2xH4xI")


class Ask(Enum):
    """What the parent may ask for besides `Profile`s, which take effect at once."""

    RESULT = "result"
    REBIND = "rebind"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Begin:
    """The parent's first message."""

    profile: Profile
    seed: int


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to `Ask`."""

    report: Report
    log: FateLog


_Frame = tuple[int, float, bytes]  # number in the log, time in, the IP packet


class Emulator:
    """Two links between two devices; index 0 is the client's side and the way up."""

    def __init__(self, devices: tuple[int, int], begin: Begin, realtime: bool) -> None:
        now = time.monotonic()
        self._devices = devices
        self._profile = begin.profile
        self._seed = begin.seed
        self._realtime = realtime
        self._began = now
        # One seed, two independent sequences.
        self._links: tuple[Link[_Frame], Link[_Frame]] = (
            Link(begin.profile.up, seed=2 * begin.seed, now=now),
            Link(begin.profile.down, seed=2 * begin.seed + 1, now=now),
        )
        self._nat = Nat()
        self._log = FateLog()
        self._sent = [0, 0]
        self._bytes_in = [0, 0]
        self._copies = [0, 0]
        self._fates = ([0] * len(Fate), [0] * len(Fate))
        self._wakes = array("f")

    def apply(self, profile: Profile) -> None:
        """Go on with another profile, whose schedule begins now."""
        self._profile = profile
        now = time.monotonic()
        for link, schedule in zip(self._links, (profile.up, profile.down), strict=True):
            link.apply(schedule, now)

    def rebind(self) -> float:
        """Let the client's NAT forget all; returns when, in monotonic seconds."""
        self._nat.rebind()
        return time.monotonic()

    def turn(self, control: int) -> bool:
        """Wait for and do what is due; True when the parent has something to say."""
        wait_s, wake_at = self._next_wait()
        readable, _, _ = select.select([*self._devices, control], [], [], wait_s)
        if not readable and wait_s and len(self._wakes) < MAX_WAKES:
            self._wakes.append(time.monotonic() - wake_at)
        for direction in Direction:
            if self._devices[direction] in readable:
                self._read(direction)
        for direction in Direction:
            self._deliver(direction)
        return control in readable

    def result(self) -> Result:
        """Sum up; takes a while, so ask when no packet matters."""
        lateness = self._log.lateness_ms()
        late_p99 = percentile(lateness, 0.99)
        wake_p99 = percentile(self._wakes, 0.99) * 1000
        report = Report(
            profile=self._profile.name,
            seed=self._seed,
            seconds=round(time.monotonic() - self._began, 3),
            up=self._totals(Direction.UP),
            down=self._totals(Direction.DOWN),
            lateness_ms_p50=round(percentile(lateness, 0.5), 4),
            lateness_ms_p99=round(late_p99, 4),
            wake_ms_p99=round(wake_p99, 4),
            kernel_drops=0,  # the parent can see them, and adds them
            unlogged=self._log.missing,
            realtime=self._realtime,
            void=why_void(late_p99, wake_p99, 0),
        )
        return Result(report, self._log)

    def _next_wait(self) -> tuple[float, float]:
        """Return how long to sleep, and until when that is."""
        now = time.monotonic()
        due = min((at for link in self._links if (at := link.next_timeout())), default=now + 1.0)
        wait_s = min(due - now - SPIN_S, TICK_S)
        return (wait_s, now + wait_s) if wait_s > 0 else (0.0, now)

    def _read(self, direction: Direction) -> None:
        device, link = self._devices[direction], self._links[direction]
        for _ in range(READ_BATCH):
            try:
                packet = os.read(device, BUFFER_BYTES)
            except BlockingIOError:
                return
            if direction is Direction.UP:
                packet = self._nat.outbound(packet)
            now = time.monotonic()
            number = self._log.enter(now, direction, len(packet), False, _rtp_stream(packet))
            self._sent[direction] += 1
            self._bytes_in[direction] += len(packet)
            link.send((number, now, packet), len(packet), now, is_udp=_is_udp(packet))

    def _deliver(self, direction: Direction) -> None:
        for outcome in self._links[direction].poll(time.monotonic()):
            if outcome.copy:
                self._copies[direction] += 1
                outcome = self._with_own_record(outcome, direction)
            number, _, packet = outcome.packet
            fate, at, late = outcome.fate, outcome.at, 0.0
            if fate is Fate.DELIVERED:
                at = time.monotonic()
                late = at - outcome.at
                fate = self._hand_over(direction, packet)
            self._fates[direction][fate] += 1
            self._log.close(number, fate, at, late)

    def _with_own_record(self, copy: Outcome[_Frame], direction: Direction) -> Outcome[_Frame]:
        _, time_in, packet = copy.packet
        number = self._log.enter(time_in, direction, len(packet), True, _rtp_stream(packet))
        return copy._replace(packet=(number, time_in, packet))

    def _hand_over(self, direction: Direction, packet: bytes) -> Fate:
        """Give a packet to whoever is at the line's end: the client's is behind its NAT."""
        inside = self._nat.inbound(packet) if direction is Direction.DOWN else packet
        if inside is None:
            return Fate.UNMAPPED
        return self._write(self._devices[1 - direction], inside)

    def _write(self, device: int, packet: bytes) -> Fate:
        try:
            os.write(device, packet)
        except OSError:  # not an IP packet, or the device is down
            return Fate.REFUSED
        return Fate.DELIVERED

    def _totals(self, direction: Direction) -> Totals:
        fates = self._fates[direction]
        in_flight = self._sent[direction] + self._copies[direction] - sum(fates)
        named = {fate.name.lower(): fates[fate] for fate in Fate if fate is not Fate.IN_FLIGHT}
        return Totals(
            sent=self._sent[direction],
            copies=self._copies[direction],
            bytes_in=self._bytes_in[direction],
            fates=named | {"in_flight": in_flight},
        )


def _is_udp(packet: bytes) -> bool:
    """Read the protocol of an IPv4 packet (RFC 791, section 3.1)."""
    return len(packet) > 9 and packet[0] >> 4 == 4 and packet[9] == _UDP


def _rtp_stream(packet: bytes) -> tuple[int, int]:
    """Read SSRC and sequence number of RTP in UDP (RFC 3550, 5.1); zeros of everything else."""
    at = (packet[0] & 0x0F) * 4 + 8
    if not _is_udp(packet) or len(packet) < at + 12:
        return 0, 0
    if packet[at] & 0xC0 != 0x80 or 192 <= packet[at + 1] <= 223:  # RFC 5761, section 4: RTCP
        return 0, 0
    seq, ssrc = _RTP.unpack_from(packet, at)
    return ssrc, seq


def become_realtime() -> bool:
    """Ask that no ordinary process may delay this one; what it starts stays ordinary."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    except OSError:
        return False
    return True


def run(parent: Connection, devices: tuple[int, int]) -> None:
    """Emulate until told to stop, or until the parent is gone."""
    emulator = Emulator(devices, parent.recv(), become_realtime())
    gc.disable()  # nothing here makes cycles, and a collection would delay packets
    parent.send(True)
    while True:
        if not emulator.turn(parent.fileno()):
            continue
        message = parent.recv()
        if isinstance(message, Profile):
            emulator.apply(message)
            parent.send(True)
        elif message is Ask.REBIND:
            parent.send(emulator.rebind())
        else:
            parent.send(emulator.result())
            if message is Ask.STOP:
                return


if __name__ == "__main__":
    # Under `-m` this module is `__main__`; what is pickled must be of its importable twin.
    from benchmarks.netlab import emulator as _twin

    with suppress(EOFError, KeyboardInterrupt):
        _control, _client, _server = map(int, sys.argv[1:4])
        _twin.run(Connection(_control), (_client, _server))
