"""What others would say of the same numbers: their published formulas and cut-offs. Pure.

Each is written anew from the constants of its source, and given the numbers of the emulator's
account, so it is never wrong because of what it measured. Their classes are taken for ours by their
order, the best for good; none of them knows `no_call` but Vonage ("audio not supported").

Sources, read on 2026-11-28:
    LiveKit   github.com/livekit/livekit 788d4c3, pkg/sfu/connectionquality/scorer.go and
              connectionstats.go; downtrack.go and receiver.go leave round trip and jitter out
    Vonage    github.com/opentok/opentok-network-test-js, src/NetworkTest/testQuality/helpers/
              {subscriberMOS,config,getQualityEvaluation}.ts
    Twilio    github.com/twilio/twilio-voice.js, lib/twilio/rtc/mos.ts and lib/twilio/preflight/
    Daily     docs.daily.co/reference/daily-js/instance-methods/test-call-quality
    Jitsi     github.com/jitsi/lib-jitsi-meet, modules/connectivity/ConnectionQuality.ts and
              service/RTC/StandardVideoQualitySettings.ts; jitsi-meet, connection-indicator
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, log

from sfu.messages import Level


@dataclass(frozen=True, slots=True)
class Seen:
    """What any of them may look at; losses are ratios."""

    rtt_ms: float
    loss_up: float
    loss_down: float
    jitter_ms: float
    """The greater of both directions."""
    capacity_up_bps: float = inf
    capacity_down_bps: float = inf

    @property
    def loss_both(self) -> float:
        """Of a loop: up, and back."""
        return 1 - (1 - self.loss_up) * (1 - self.loss_down)


Oracle = Callable[[Seen], Level]

LIVEKIT_BEST = 100.0
LIVEKIT_LOSS_WEIGHT = 8.0 / 1.5
"""Of Opus with in-band error correction, which browsers ask for; per percent."""
LIVEKIT_FLOOR = 30.0
LIVEKIT_EXCELLENT, LIVEKIT_GOOD = 80.0, 40.0


def livekit_score(loss_ratio: float) -> float:
    """Return the settled score of one track of sound, 30 to 100."""
    return max(LIVEKIT_BEST - LIVEKIT_LOSS_WEIGHT * 100 * loss_ratio, LIVEKIT_FLOOR)


def livekit(seen: Seen) -> Level:
    """The worse of a participant's tracks: excellent, good, poor."""
    score = livekit_score(max(seen.loss_up, seen.loss_down))
    return _class_of(score, (LIVEKIT_EXCELLENT, LIVEKIT_GOOD), is_above=True)


VONAGE_DELAY_MS, VONAGE_LOCAL_MS = 150.0, 30.0
VONAGE_B, VONAGE_C = 19.8, 29.7
VONAGE_LEAST_MOS = 2.4
VONAGE_VIDEO = (
    (1_000_000, 0.005, Level.GOOD),  # 1280x720
    (600_000, 0.005, Level.FAIR),  # 640x480
    (300_000, 0.005, Level.FAIR),  # 320x240
    (350_000, 0.03, Level.GOOD),
    (250_000, 0.03, Level.FAIR),
    (150_000, 0.03, Level.FAIR),
)
"""Least bit/s, most loss, and what the recommended picture is for us; the first that fits."""


def vonage_mos(rtt_ms: float, loss_ratio: float) -> float:
    """Return the score of sound, 1 to 4.5; a round trip of 0 is taken for an unknown one."""
    delay_ms = (rtt_ms / 2 or VONAGE_DELAY_MS) + VONAGE_LOCAL_MS
    late_ms = max(delay_ms - 177.3, 0.0)
    r = 93.2 - 0.024 * delay_ms - 0.11 * late_ms - VONAGE_B * log(1 + VONAGE_C * loss_ratio)
    if r < 0:
        return 1.0
    return _mos(r)


def vonage(seen: Seen) -> Level:
    """What comes back of its published stream: a recommended picture, sound alone, or nothing."""
    if vonage_mos(seen.rtt_ms, seen.loss_both) < VONAGE_LEAST_MOS:
        return Level.NO_CALL
    bps = min(seen.capacity_up_bps, seen.capacity_down_bps)
    fits = (it for least, most, it in VONAGE_VIDEO if bps >= least and seen.loss_both <= most)
    return next(fits, Level.POOR)


TWILIO_R = 94.768
TWILIO_GOOD, TWILIO_FAIR = 3.7, 3.1
"""Excellent, great and good are good: its own word. What lies in the gaps of its table (3.6 to 3.7)
goes to the class below."""


def twilio_mos(rtt_ms: float, jitter_ms: float, loss_percent: float) -> float:
    """Return the score, 1 to 4.5."""
    latency_ms = rtt_ms + 2 * jitter_ms + 10
    r = 0.0
    if latency_ms < 160:
        r = TWILIO_R - latency_ms / 40
    elif latency_ms < 1000:
        r = TWILIO_R - (latency_ms - 120) / 10
    r = max(r - 2.5 * loss_percent, 6.52) if loss_percent <= r / 2.5 else 0.0
    return _mos(r)


def twilio(seen: Seen) -> Level:
    """Excellent to good, fair, degraded; of the sound that is received."""
    mos = twilio_mos(seen.rtt_ms, seen.jitter_ms, 100 * seen.loss_down)
    return _class_of(mos, (TWILIO_GOOD, TWILIO_FAIR))


DAILY_LOSS = (0.05, 0.10)
DAILY_RTT_MS = (300.0, 600.0)
DAILY_BPS = (1_100_000.0, 700_000.0)


def daily(seen: Seen) -> Level:
    """Good, warning, bad; of the way up alone."""
    ranks = (
        sum(seen.loss_up >= end for end in DAILY_LOSS),
        sum(seen.rtt_ms >= end for end in DAILY_RTT_MS),
        sum(seen.capacity_up_bps < end for end in DAILY_BPS),
    )
    return (Level.GOOD, Level.FAIR, Level.POOR)[max(ranks)]


JITSI_TARGET_BPS = 2_200_000.0
"""Of VP8 in three layers, 720p: 1,500 + 500 + 200 kbit/s; once it had a minute to grow."""
JITSI_LOSS, JITSI_LOSS_QUALITY = 0.10, 30.0
JITSI_GOOD, JITSI_NONOPTIMAL = 30.0, 10.0


def jitsi_percent(capacity_up_bps: float, loss_up: float) -> float:
    """Return the connection quality of someone who sends video, 0 to 100."""
    percent = min(100 * capacity_up_bps / JITSI_TARGET_BPS, 100.0)
    return min(percent, JITSI_LOSS_QUALITY) if loss_up >= JITSI_LOSS else percent


def jitsi(seen: Seen) -> Level:
    """Good, nonoptimal, poor; of the way up alone."""
    percent = jitsi_percent(seen.capacity_up_bps, seen.loss_up)
    return _class_of(percent, (JITSI_GOOD, JITSI_NONOPTIMAL))


ORACLES: dict[str, Oracle] = {
    "LiveKit": livekit,
    "Vonage": vonage,
    "Twilio": twilio,
    "Daily": daily,
    "Jitsi": jitsi,
}


def _mos(r: float) -> float:
    """Return the mean opinion score of R (ITU-T G.107, Annex B), which two of them use."""
    return 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r)


def _class_of(score: float, ends: tuple[float, float], *, is_above: bool = False) -> Level:
    """Return good, fair or poor by the lower ends of the first two."""
    first, second = ends
    if score > first or (score == first and not is_above):
        return Level.GOOD
    return Level.FAIR if score > second or (score == second and not is_above) else Level.POOR
