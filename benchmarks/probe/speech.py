"""Speech that is made, found again in a recording, and scored; and what the E-model makes of it.

Pure but for `spoken`, which asks espeak-ng.
"""

from __future__ import annotations

import subprocess
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sfu.probe.score import R_BEST, loss_impairment, mos

Samples = npt.NDArray[np.float64]

PERIOD_S = 8.0
MEDIA_HZ, SCORED_HZ = 48_000, 16_000
SENTENCES = (
    ("en-gb", "The birch canoe slid on the smooth planks, and nobody saw it go."),
    ("en-us+f3", "It was a quiet evening; we talked for an hour about the week."),
)
PEAK = 0.5
IES: tuple[float, ...] = tuple(0.5 * step for step in range(61))
BPLS: tuple[float, ...] = tuple(float(step) for step in range(4, 61))
"""What is tried for the codec's impairment and for its robustness."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One period of speech as it was received."""

    line: str
    loss_ratio: float
    """Of its packets, by the emulator's account."""
    score: float
    """PESQ-WB, 1 to 4.64."""


def spoken(folder: Path) -> Samples:
    """Return one period of speech at `MEDIA_HZ`, of two voices with pauses."""
    parts = []
    for number, (voice, words) in enumerate(SENTENCES):
        path = folder / f"sentence-{number}.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-w", str(path), words], check=True)
        with wave.open(str(path)) as file:
            data = file.readframes(file.getnframes())
            samples = np.frombuffer(data, "<i2").astype(np.float64) / 32768
            parts.append(resampled(samples, file.getframerate(), MEDIA_HZ))
    return laid_out(parts)


def laid_out(parts: Sequence[Samples]) -> Samples:
    """Return sounds one after the other, each in an even share of one period."""
    share = int(PERIOD_S * MEDIA_HZ / len(parts))
    period = np.zeros(share * len(parts))
    for number, part in enumerate(parts):
        cut = part[: share - MEDIA_HZ // 4]
        at = number * share + MEDIA_HZ // 8
        period[at : at + len(cut)] = cut * PEAK / max(np.abs(cut).max(), 1e-9)
    return period


def write_wav(path: Path, samples: Samples) -> None:
    """Write sound at `MEDIA_HZ`, 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(MEDIA_HZ)
        file.writeframes((samples * 32767).astype("<i2").tobytes())


def resampled(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Return sound at another rate, by cutting or padding its spectrum."""
    count = round(len(samples) * to_hz / from_hz)
    return (
        np.fft.irfft(np.fft.rfft(samples), count) * count / len(samples) if count else samples[:0]
    )


def find(period: Samples, recorded: Samples) -> int:
    """Return where in a recording of repeated periods the first whole one begins."""
    size = len(period)
    excerpt = recorded[: 2 * size]
    spectrum = np.fft.rfft(excerpt, 4 * size) * np.conj(np.fft.rfft(period, 4 * size))
    return int(np.argmax(np.fft.irfft(spectrum, 4 * size)[:size]))


def periods(period: Samples, recorded: Samples) -> list[tuple[int, Samples]]:
    """Return the whole periods of a recording, each with where it begins."""
    size, first = len(period), find(period, recorded)
    starts = range(first, len(recorded) - size + 1, size)
    return [(start, recorded[start : start + size]) for start in starts]


def modelled(loss_ratio: float, ie: float, bpl: float) -> float:
    """Return the E-model's MOS of speech with this loss and no delay, which PESQ does not hear."""
    return mos(R_BEST - loss_impairment(loss_ratio, ie=ie, bpl=bpl))


def fitted(scored: Sequence[Scored]) -> tuple[float, float]:
    """Return the impairment and the robustness of the codec that miss these scores the least."""
    return min(product(IES, BPLS), key=lambda pair: rmse(scored, model(*pair)))


def model(ie: float, bpl: float) -> Callable[[float], float]:
    """Return what gives a score for a loss, with these constants."""
    return lambda loss_ratio: modelled(loss_ratio, ie, bpl)


def rmse(scored: Sequence[Scored], predict: Callable[[float], float]) -> float:
    """Return by how much a prediction misses, root mean square."""
    missed = [predict(it.loss_ratio) - it.score for it in scored]
    return float(np.sqrt(np.mean(np.square(missed))))


def spearman(left: Sequence[float], right: Sequence[float]) -> float:
    """Return the correlation of two orders; equal values share their rank."""
    return float(np.corrcoef(_ranks(left), _ranks(right))[0, 1])


def _ranks(values: Sequence[float]) -> Samples:
    column = np.asarray(values, dtype=np.float64)
    below = (column[None, :] < column[:, None]).sum(axis=1)
    equal = (column[None, :] == column[:, None]).sum(axis=1)
    ranks: Samples = below + (equal - 1) / 2
    return ranks


def halves(scored: Sequence[Scored]) -> tuple[list[Scored], list[Scored]]:
    """Return every other recording of each line, and the rest."""
    numbers: dict[str, int] = {}
    parts: tuple[list[Scored], list[Scored]] = ([], [])
    for it in scored:
        number = numbers[it.line] = numbers.get(it.line, -1) + 1
        parts[number % 2].append(it)
    return parts
