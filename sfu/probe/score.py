"""What a line does to speech: the E-model (ITU-T G.107), 0 to 93, and what it means as a MOS.

Departures: no Bpl for Opus is published, so ours is an assumption, which PESQ-WB of received
speech bears out (22 fits best, docs/benchmarks.md); narrow-band constants of G.107 are used
throughout, as PROBES.md gives them.
"""

from __future__ import annotations

from math import log2

R_BEST = 93.2
"""All of G.107's defaults."""
OPUS_IE = 0.0
"""Impairment of the codec without loss; an assumption for Opus at 24 kbit/s and more. PESQ-WB gives
speech without loss 4.1 where G.107 has 4.4, so 17 fits it best; then no line would reach R = 80."""
OPUS_BPL = 20.0
"""Robustness of Opus with its error correction against loss; an assumption (PROBES.md)."""
UNHEARD_MS = 100.0
"""Delay that nobody notices (G.107, 7.4)."""
FRAME_MS, LOOKAHEAD_MS, PLAYOUT_MS = 20.0, 6.5, 10.0
"""Of Opus, and of a browser's way to the loudspeaker."""
LEAST_BUFFER_MS, BUFFER_JITTERS = 20.0, 4.0
"""A jitter buffer holds so much, or so many times the mean |D|; half of it on average."""


def delay_impairment(delay_ms: float) -> float:
    """Return Idd for a one-way delay from mouth to ear (G.107, 7.4)."""
    if delay_ms <= UNHEARD_MS:
        return 0.0
    x = log2(delay_ms / UNHEARD_MS)
    impairment: float = 25 * ((1 + x**6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2)
    return impairment


def loss_impairment(
    loss_ratio: float, burst_ratio: float = 1.0, ie: float = OPUS_IE, bpl: float = OPUS_BPL
) -> float:
    """Return Ie,eff (G.107, 7.5).

    Args:
        loss_ratio: From mouth to ear, 0 to 1.
        burst_ratio: Mean length of a burst over that of random loss; 1 for random loss.
        ie: Impairment of the codec without loss.
        bpl: Its robustness.
    """
    loss_percent = 100 * loss_ratio
    return ie + (95 - ie) * loss_percent / (loss_percent / burst_ratio + bpl)


def r_factor(delay_ms: float, loss_ratio: float, burst_ratio: float = 1.0) -> float:
    """Return R of speech with this delay, mouth to ear, and loss; 0 to 93.2."""
    r = R_BEST - delay_impairment(delay_ms) - loss_impairment(loss_ratio, burst_ratio)
    return max(r, 0.0)


def mos(r: float) -> float:
    """Return the mean opinion score that R stands for, 1 to 4.5 (G.107, Annex B)."""
    r = min(max(r, 0.0), 100.0)
    return 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r)


def delay_ms(rtts_ms: tuple[float, ...], jitter_ms: float) -> float:
    """Return the delay from mouth to ear over these lines, one or two, in milliseconds.

    Args:
        rtts_ms: Round trips between the node and each browser; half of each is the way.
        jitter_ms: Mean |D| where the sound arrives.
    """
    buffer_ms = max(LEAST_BUFFER_MS, BUFFER_JITTERS * jitter_ms) / 2
    return sum(rtts_ms) / 2 + FRAME_MS + LOOKAHEAD_MS + buffer_ms + PLAYOUT_MS
