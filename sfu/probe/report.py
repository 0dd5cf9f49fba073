"""The report of one check, complete or as far as it has come."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sfu.messages import (
    CheckReport,
    CheckState,
    DeviceVerdict,
    DirectionQuality,
    ReachReport,
    Transit,
)
from sfu.probe.verdict import Measured, judge

LEAST_BOUND_BPS = 150_000
"""A line that carries at least less than a waiting page's picture: nothing was tried."""


class Reach(NamedTuple):
    """How the browser reached the node, as the transport saw it."""

    connect_ms: int | None = None
    """From the offer to the first connectivity check that was answered."""
    handshake_ms: int | None = None
    """From there to the keys of DTLS."""
    transit: Transit | None = None
    ways: ReachReport | None = None
    """Each way on its own."""


class Devices(NamedTuple):
    """What is known of them."""

    microphone: DeviceVerdict = DeviceVerdict.UNKNOWN
    camera: DeviceVerdict = DeviceVerdict.UNKNOWN


def with_capacity(way: DirectionQuality, bps: int | None, is_bound: bool) -> DirectionQuality:
    """Return a direction with what it carries, where that is worth a word."""
    if bps is None or (is_bound and bps < LEAST_BOUND_BPS):
        return way
    return way.model_copy(update={"capacity_bps": bps, "capacity_is_bound": is_bound})


def make_report(
    state: CheckState,
    started_at: datetime,
    took_s: float,
    size_bytes: float,
    measured: Measured,
    devices: Devices,
    reach: Reach,
) -> CheckReport:
    """Return the report: its level and cause are judged here.

    Args:
        state: Of the check.
        started_at: When it began, UTC.
        took_s: For how long it has run, or ran.
        size_bytes: What was sent and received for its sake.
        measured: The line.
        devices: What is known of microphone and camera.
        reach: How the browser reached the node.
    """
    return CheckReport(
        state=state,
        started_at=started_at,
        took_ms=round(1000 * took_s),
        size_bytes=round(size_bytes),
        connect_ms=reach.connect_ms,
        handshake_ms=reach.handshake_ms,
        transit=reach.transit,
        reach=reach.ways,
        quality=judge(measured),
        microphone=devices.microphone,
        camera=devices.camera,
    )
