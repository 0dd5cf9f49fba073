"""What the packet core tells of one peer: all of it once a second, its activity more often."""

from __future__ import annotations

from math import inf

from sfu.base.media import Slot
from sfu.relay.leg import Leg
from sfu.relay.seam import Intake, PeerActivity, PeerReport, Received, TrackReport
from sfu.relay.up.track import UpTrack


def activity(leg: Leg) -> PeerActivity:
    """Read when one leg was last active, and its round trip."""
    sound = leg.ups.get(Slot.AUDIO)
    pictures = [up.last_at for up in leg.ups.values() if up is not sound and up.last_at is not None]
    return PeerActivity(
        leg.last_received_at,
        sound.last_at if sound else None,
        max(pictures, default=None),
        leg.rtt_s,
    )


def take_intake(leg: Leg) -> Intake:
    """Read what came from one leg, and measure the delay of its sound anew."""
    expected = received = 0
    for up in leg.ups.values():
        expected += up.expected
        received += up.received
    delay_s = None
    sound = leg.ups.get(Slot.AUDIO)
    if sound is not None and sound.least_transit_s < inf:
        delay_s, sound.least_transit_s = sound.least_transit_s, inf
    trains = () if leg.trains is None else leg.trains.take()
    return Intake(leg.bytes_received, expected, received, delay_s, trains)


def take_received(leg: Leg) -> Received:
    """Empty what was noted of each round trip, and each frame of sound and of the camera."""
    sound, camera = leg.ups.get(Slot.AUDIO), leg.ups.get(Slot.CAMERA)
    delays: tuple[float, ...] = ()
    gap_s = 0.0
    if sound is not None:
        gap_s = sound.take_gap_s()
        delays = tuple(sound.delays_s)
        del sound.delays_s[:]
    pictures: tuple[tuple[float, int], ...] = ()
    if camera is not None:
        pictures = tuple(camera.frame_sizes)
        camera.frame_sizes.clear()
    rtts_s = tuple(leg.fresh_rtts_s)
    leg.fresh_rtts_s.clear()
    return Received(delays, rtts_s, pictures, gap_s)


def peer_report(leg: Leg, now: float) -> PeerReport:
    """Take the snapshot of one leg."""
    audio, camera = leg.ups.get(Slot.AUDIO), leg.ups.get(Slot.CAMERA)
    return PeerReport(
        last_received_at=leg.last_received_at,
        packets_received=leg.packets_received,
        bytes_received=leg.bytes_received,
        packets_forwarded=leg.packets_forwarded,
        audio_last_at=audio.last_at if audio else None,
        level_dbfs=_level_dbfs(audio, now),
        camera_last_at=camera.last_at if camera else None,
        frames_per_s=float(camera.frames.count(now)) if camera else 0.0,
        rtt_s=leg.rtt_s,
        reached_at=leg.reached_at,
        tracks={slot: _track_report(leg, slot, up, now) for slot, up in leg.ups.items()},
    )


def _level_dbfs(audio: UpTrack | None, now: float) -> float | None:
    below = audio.levels.lowest(now) if audio else None
    return None if below is None else -float(below)


def _track_report(leg: Leg, slot: Slot, up: UpTrack, now: float) -> TrackReport:
    down = leg.downs[slot]
    return TrackReport(
        last_at=up.last_at,
        packets_received=up.received,
        bytes_received=up.bytes_received,
        expected=up.expected,
        lost=up.lost,
        recovered=up.recovered,
        variation_sum_s=up.variation_sum_s,
        variation_count=up.variation_count,
        packets_forwarded=down.packets,
        down_loss_ratio=down.far_loss(now),
        down_lost=down.far_lost,
        resent=down.resent,
    )
