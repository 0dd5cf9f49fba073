"""What is measured of peers while they have their places, and who is told: the page and control.

Each peer is reported on twice a second. Before contact it may be checked: a check runs over the
very connection of the visit while the gate is closed. It begins by itself when a page's channels
open, again while the page goes on waiting, since pages soon forget what a check said, and when
control asks; an opened gate or a lost line stops it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Literal

from sfu.base.media import Slot
from sfu.base.timers import Timers, on_grid
from sfu.engine.admission import Admission
from sfu.engine.health import HealthWatch
from sfu.engine.outputs import StateMessage
from sfu.engine.peer import Peer
from sfu.engine.room import Room
from sfu.engine.rooms import Rooms
from sfu.engine.tally import LineTally
from sfu.errors import Full, InCall, SlowDown, StateError
from sfu.messages import CheckReport, CheckState, LineQuality, PeerReported
from sfu.probe.check import AskPicture, Check
from sfu.relay.seam import PacketCore

REPORT_S = 0.5
"""Each page is told this often what arrives from it; at every second time its line, and control."""
STEP_S = 0.047
"""Between two looks at a running check; browsers send feedback every 50 to 250 ms. No multiple of
the 20 ms in which sound leaves: on a narrow uplink a request would always meet the same queue."""
GATHER_S = 0.2
"""Between two looks at what came from a browser that is checked."""
ASK_S = STEP_S
"""Between two requests for a round trip. On lines whose delays vary by ±7.5 and ±15 ms each way the
median was within 3 ms in 19 of 20 checks; asked each 150 ms, in 10 of 13. On uplinks of 250 and 300
kbit/s it was so in 25 of 30 asked each 50 ms, in 28 of 30 each 47 ms (docs/benchmarks.md)."""
HIDE_S = 1.0
"""For so long after a page was to stop sending noise some may still be on its way."""
REPEAT_S = 480.0
"""So long after a check ended the next begins by itself: pages go by one of the last 600 s."""
RETRY_S = 60.0
"""One that was to begin by itself and could not is tried again after so long."""

Kind = Literal["report", "check"]
Output = StateMessage | PeerReported


@dataclass(slots=True)
class Running:
    """A check under way, and what it has changed."""

    check: Check
    began_at: float
    gather_at: float
    ask_at: float
    is_silent: bool
    """It takes the place of a result that stands until this one is there."""
    hidden_until: float | None = None
    """Nothing of the peer's screen is relayed until then: noise is in its place."""


class Measuring:
    """Keeps the two timers of each peer, `("report", id)` and `("check", id)`, in the engine's."""

    __slots__ = (
        "_admission",
        "_core",
        "_due_at",
        "_rooms",
        "_running",
        "_timers",
        "_utc",
        "health",
        "is_draining",
        "tally",
    )

    def __init__(
        self,
        core: PacketCore,
        rooms: Rooms,
        admission: Admission,
        timers: Timers[tuple[str, str]],
        utc: Callable[[float], datetime],
    ) -> None:
        self.health = HealthWatch()
        """How this process did; `io` notes what the kernel dropped."""
        self._core = core
        self._rooms = rooms
        self._admission = admission
        self._timers = timers
        self._utc = utc
        self.tally = LineTally()
        self._running: dict[str, Running] = {}
        self._due_at: dict[str, float] = {}
        """When a page's next check is to begin by itself; of peers whose channels opened."""
        self.is_draining = False
        """This node is to be stopped: no check begins by itself."""

    @property
    def running_checks(self) -> int:
        """How many checks run now."""
        return sum(not running.check.is_done for running in self._running.values())

    def start(self, peer: Peer, now: float) -> None:
        """Report on a peer from now on."""
        self._timers.set(("report", peer.id), on_grid(now + REPORT_S))

    def stop(self, peer: Peer) -> None:
        """Report no more on a peer that is closed."""
        self._running.pop(peer.id, None)
        self._due_at.pop(peer.id, None)
        for kind in ("report", "check"):
            self._timers.cancel((kind, peer.id))

    def begin_check(
        self, peer: Peer, now: float, *, light: bool = False, is_silent: bool = False
    ) -> None:
        """Begin a check; one that runs already goes on.

        Args:
            light: The person pays for what is sent.
            is_silent: Nothing is told of it until it is done.

        Raises:
            InCall: The two are in contact.
            SlowDown: This participant checks too often.
            Full: As many run on this node as may at once.
            StateError: The peer has no connection yet.
        """
        if self._rooms[peer.room].gate_open:
            raise InCall("a check is for before the call")
        if not peer.has_address or peer.monitor is None:
            raise StateError("a peer is checked once there is an address to send to")
        before = self._running.get(peer.id)
        if before is not None and not before.check.is_done:
            before.is_silent &= is_silent
            return
        self._admission.admit_check(peer.room, peer.participant, len(self._running), now)
        check = Check(now, light=light, reach=peer.paths.reach(peer.page, now))
        hidden_until = None if before is None else before.hidden_until
        self._running[peer.id] = Running(
            check,
            began_at=now,
            gather_at=now,
            ask_at=now,
            is_silent=is_silent,
            hidden_until=hidden_until,
        )
        peer.monitor.check = check
        self._core.take_feedback(peer.number)  # of whatever was before
        self._core.request_keyframe(peer.number, Slot.CAMERA, now)  # a black one tells
        self._timers.set(("check", peer.id), now)

    def try_check(self, peer: Peer, now: float) -> None:
        """Begin a check if that may be, as soon as there is an address to send to; else try later.

        A browser may open its channels before it nominates one: on the shortest lines, and on long.
        """
        if not (peer.has_address and peer.connected):
            self._due_at[peer.id] = now
            return
        self._due_at[peer.id] = now + RETRY_S
        if self.is_draining:
            return
        is_silent = peer.check is not None and peer.check.state is CheckState.DONE
        try:
            self.begin_check(peer, now, light=peer.is_light, is_silent=is_silent)
        except (InCall, SlowDown, Full, StateError):
            return

    def handle_timeout(self, kind: str, peer: Peer, now: float) -> Iterator[Output]:
        """Do what is due for one peer, and yield what is to be told."""
        if kind == "check":
            yield from self._step(peer, now)
            return
        self._timers.set(("report", peer.id), on_grid(now + REPORT_S))
        yield from self._report(peer, now)

    # -- reports ---------------------------------------------------------------------------

    def _report(self, peer: Peer, now: float) -> Iterator[Output]:
        """Tell the page what arrives from it; at every second time look at its line, and tell that.

        Of a lost peer control hears on: since when there was no sign of it.
        """
        if now >= self._due_at.get(peer.id, inf):
            self.try_check(peer, now)
        peer.reports += 1
        looks = peer.reports % 2 == 0
        if looks and peer.monitor is not None and peer.connected:
            far_rtt_ms = _far_rtt_ms(self._rooms[peer.room], peer)
            quality = peer.monitor.look(self.health.health(now), far_rtt_ms, now)
            if not peer.is_synthetic:
                self.tally.note(quality)
                if self._rooms[peer.room].gate_open:
                    self.tally.note_gap(peer.monitor.sound_gap_s)
        running = self._running.get(peer.id)
        is_told = looks and running is not None and not running.is_silent
        if is_told and running is not None and not running.check.is_done:
            peer.check = running.check.report(now, self._utc(now))
        if looks and (news := self._rooms[peer.room].line_news(peer)) is not None:
            yield news
        state = peer.state(now)
        if peer.connected and peer.channels_open:
            yield StateMessage(peer.id, {"type": "media", **state.proof.model_dump()})
            if looks and state.quality is not None:
                yield _told(peer.id, "quality", state.quality)
            if is_told and state.check is not None:
                yield _told(peer.id, "check", state.check)
        if looks:
            yield PeerReported(room=peer.room, peer=state)

    # -- checks ----------------------------------------------------------------------------

    def _step(self, peer: Peer, now: float) -> Iterator[StateMessage]:
        running, monitor = self._running[peer.id], peer.monitor
        assert monitor is not None
        check = running.check
        if not check.is_done and (not peer.connected or self._rooms[peer.room].gate_open):
            check.stop(now)
            self._core.probe(peer.number, 0, 0, 0.0, now)  # ends the padding under way
        if not check.is_done:
            yield from self._drive(peer, running, now)
        if check.is_done and monitor.check is check:
            monitor.check = None
            if peer.id in self._due_at:
                self._due_at[peer.id] = now + REPEAT_S
            report = check.report(now, self._utc(now))
            self.tally.checks[report.state] += not peer.is_synthetic
            if report.state is CheckState.DONE or not running.is_silent:
                peer.check = report
                if peer.connected:
                    yield _told(peer.id, "check", report)
        if running.hidden_until is not None and now >= running.hidden_until:
            running.hidden_until = None
            self._rooms[peer.room].relay_screen_of(peer, now)
        if check.is_done and running.hidden_until is None:
            del self._running[peer.id]
        else:
            self._timers.set(("check", peer.id), now + STEP_S)

    def _drive(self, peer: Peer, running: Running, now: float) -> Iterator[StateMessage]:
        """Give the check what came, and do what it asks for."""
        check, monitor = running.check, peer.monitor
        assert monitor is not None
        for batch in self._core.take_feedback(peer.number):
            check.receive_feedback(batch, now)
        check.receive_intake(self._core.take_intake(peer.number), now)
        check.receive_round_trips(peer.take_round_trips())
        if now >= running.ask_at and not check.is_filling:
            running.ask_at = now + ASK_S
            peer.ask_round_trip(now)
        if now >= running.gather_at:
            running.gather_at = now + GATHER_S
            check.receive_reach(peer.paths.reach(peer.page, now))
            check.receive_health(self.health.health(now, running.began_at))
            monitor.gather(now)
        while (action := check.next_action(now)) is not None:
            if isinstance(action, AskPicture):
                running.hidden_until = now + action.duration_s + HIDE_S
                self._core.refuse(peer.number, Slot.SCREEN, True, now)
                for_ms = round(1000 * action.duration_s)
                yield StateMessage(
                    peer.id, {"type": "fill", "video_bps": action.video_bps, "for_ms": for_ms}
                )
            else:
                self._core.probe(
                    peer.number, action.cluster, action.rate_bps, action.duration_s, now
                )


def _far_rtt_ms(room: Room, peer: Peer) -> float | None:
    """Return the round trip of the other side's line while the two are in contact."""
    far = room.other(peer) if room.gate_open else None
    if far is None or far.monitor is None or far.monitor.quality is None:
        return None
    return far.monitor.quality.rtt_ms


def _told(peer_id: str, kind: str, model: LineQuality | CheckReport) -> StateMessage:
    """Say it to the page, short enough for one packet."""
    said = model.model_dump(mode="json", exclude_none=True)
    return StateMessage(peer_id, {"type": kind, **said})
