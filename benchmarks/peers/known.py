"""All servers that can be compared, by name."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.peers.adapter import Adapter
from benchmarks.peers.aiortc import AIORTC
from benchmarks.peers.floors import BARE, GCM
from benchmarks.peers.janus import ECHOTEST, VIDEOROOM
from benchmarks.peers.livekit import LIVEKIT
from benchmarks.peers.mediasoup import MEDIASOUP
from benchmarks.peers.ours import OURS
from benchmarks.peers.pion import PION

KNOWN: dict[str, Adapter] = {
    a.name: a for a in (OURS, BARE, GCM, ECHOTEST, VIDEOROOM, PION, LIVEKIT, MEDIASOUP, AIORTC)
}
_JANUS = (ECHOTEST.name, VIDEOROOM.name)


def chosen(names: str) -> list[Adapter]:
    """Return the servers of a list such as `bare,janus-echotest`, ours first; `all` are all.

    `janus` stands for both of its plugins.

    Raises:
        ValueError: Names one that is not known.
    """
    asked = list(KNOWN) if names == "all" else [n.strip() for n in names.split(",") if n.strip()]
    wanted = [name for one in asked for name in (_JANUS if one == "janus" else (one,))]
    unknown = [name for name in wanted if name not in KNOWN]
    if unknown:
        raise ValueError(f"not known: {', '.join(unknown)}; known are {', '.join(KNOWN)}")
    return [KNOWN[name] for name in dict.fromkeys([OURS.name, *wanted])]


def split(adapters: Sequence[Adapter]) -> tuple[list[Adapter], dict[str, str]]:
    """Return those that can run here, and of the others why not."""
    missing = {a.name: reason for a in adapters if (reason := a.missing()) is not None}
    return [a for a in adapters if a.name not in missing], missing
