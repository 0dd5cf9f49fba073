"""What is told of a peer's media while it has its place: to its page, and to control."""

from __future__ import annotations

from collections.abc import Iterator

from sfu.engine.outputs import StateMessage
from sfu.engine.peer import Peer
from sfu.messages import PeerReported

REPORT_S = 0.5
"""Each page is told this often what arrives from it; control at every second time."""


def report(peer: Peer, now: float) -> Iterator[StateMessage | PeerReported]:
    """Tell the page what arrives from it, and control at every second time.

    Of a lost peer control hears on: since when there was no sign of it.
    """
    state = peer.state(now)
    if peer.connected and peer.channels_open:
        yield StateMessage(peer.id, {"type": "media", **state.proof.model_dump()})
    peer.reports += 1
    if peer.reports % 2 == 0:
        yield PeerReported(room=peer.room, peer=state)
