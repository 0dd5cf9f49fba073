"""What is told of a peer while it has its place: to its page, and to control."""

from __future__ import annotations

from collections.abc import Iterator

from sfu.engine.outputs import StateMessage
from sfu.engine.peer import Peer
from sfu.engine.room import Room
from sfu.messages import PeerReported, PeerState
from sfu.probe.verdict import NodeHealth

REPORT_S = 0.5
"""Each page is told this often what arrives from it; at every second time its line, and control."""


def report(
    peer: Peer, room: Room, node: NodeHealth, now: float
) -> Iterator[StateMessage | PeerReported]:
    """Tell the page what arrives from it; at every second time look at its line, and tell that too.

    Of a lost peer control hears on: since when there was no sign of it.

    Args:
        node: How this node did of late.
    """
    peer.reports += 1
    looks = peer.reports % 2 == 0
    if looks and peer.monitor is not None and peer.connected:
        peer.monitor.look(node, _far_rtt_ms(room, peer), now)
    state = peer.state(now)
    if peer.connected and peer.channels_open:
        yield StateMessage(peer.id, {"type": "media", **state.proof.model_dump()})
        if looks:
            yield from _line(state)
    if looks:
        yield PeerReported(room=peer.room, peer=state)


def _far_rtt_ms(room: Room, peer: Peer) -> float | None:
    """Return the round trip of the other side's line while the two are in contact."""
    far = room.other(peer) if room.gate_open else None
    if far is None or far.monitor is None or far.monitor.quality is None:
        return None
    return far.monitor.quality.rtt_ms


def _line(state: PeerState) -> Iterator[StateMessage]:
    """Tell a page of its line, in messages that are each short enough for one packet."""
    if state.quality is not None:
        quality = state.quality.model_dump(mode="json", exclude_none=True)
        yield StateMessage(state.id, {"type": "quality", **quality})
    if state.check is not None:
        check = state.check.model_dump(mode="json", exclude_none=True)
        yield StateMessage(state.id, {"type": "check", **check})
