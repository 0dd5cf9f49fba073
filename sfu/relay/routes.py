"""Which up track feeds which down track, and whether packets flow between them now."""

from __future__ import annotations

from sfu.relay.leg import Leg
from sfu.relay.up.track import UpTrack


def connect(a: Leg, b: Leg) -> None:
    """Feed each one's up tracks into the other's down tracks, slot by slot.

    A down track that another publisher fed leaves it. Then `update_flow` is due.
    """
    a.partners.add(b.id)
    b.partners.add(a.id)
    for source, sink in ((a, b), (b, a)):
        for slot, up in source.ups.items():
            down = sink.downs.get(slot)
            if down is None or down.source is up:
                continue
            if down.source is not None:
                down.source.remove_sink(down)
            up.sinks = (*up.sinks, down)
            down.flowing = False
            down.feed_from(up)


def disconnect(a: Leg, b: Leg) -> None:
    """Undo `connect`; the down tracks keep their numbers for whoever feeds them next."""
    a.partners.discard(b.id)
    b.partners.discard(a.id)
    for source, sink in ((a, b), (b, a)):
        for up in source.ups.values():
            for down in up.sinks:
                if down.leg is sink:
                    down.flowing = False
                    down.feed_from(None)
                    up.remove_sink(down)


def update_flow(a: Leg, b: Leg, now: float) -> list[UpTrack]:
    """Let packets flow between two connected peers, or stop them, as their gates say,
    what is refused from each, and whether anything is sent to it at all.

    Returns:
        The up tracks that began to flow: their publishers owe a key frame.
    """
    is_open = a.gate.passes(b.gate)
    began = []
    for source, sink in ((a, b), (b, a)):
        for up in source.ups.values():
            passes = is_open and not sink.suspended and up.slot not in source.refused
            for down in up.sinks:
                if down.leg is sink and down.flowing != passes:
                    down.flow(passes, now)
                    if passes:
                        began.append(up)
            up.sinks_moved()
    return began
