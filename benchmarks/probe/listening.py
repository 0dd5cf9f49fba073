"""Compare the E-model with PESQ-WB of received speech: `python -m benchmarks.probe.listening`.

Needs `espeak-ng` (Debian) and `pip install pesq` (which compiles); neither is a dependency of the
project. About seven minutes.
"""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from benchmarks.netlab.fatelog import Direction, Record
from benchmarks.netlab.link import Fate
from benchmarks.netlab.profiles import BASE, Profile, one_way
from benchmarks.netlab.tun import unavailable_reason
from benchmarks.probe.calls import in_contact
from benchmarks.probe.lines import CLEAN, LINES
from benchmarks.probe.speech import (
    MEDIA_HZ,
    PERIOD_S,
    SCORED_HZ,
    Samples,
    Scored,
    fitted,
    halves,
    model,
    periods,
    resampled,
    rmse,
    spearman,
    spoken,
    write_wav,
)
from benchmarks.probe.stand import Stand, stand
from benchmarks.probe.truth import even_stream
from sfu.probe.score import OPUS_BPL, OPUS_IE
from tests.e2e.harness.people import Patient

RESULTS = Path(__file__).parents[1] / "results"
RECORD = Path(__file__).with_name("record.js").read_text()
ADAPT_S = 8.0
"""In which the sender learns of the loss, and sends as much redundancy as it will."""
RECORD_S = 34
LOSSES = (0.02, 0.03, 0.05, 0.12, 0.20)
LOSSY = [
    one_way(f"down-{loss:.0%}", f"{loss:.0%} random loss down", down=replace(BASE, loss_ratio=loss))
    for loss in LOSSES
]
SPEECH_LINES = [
    CLEAN,
    *(LINES[name].profile for name in ("lte", "loss-1", "wifi-bad", "loss-5-jitter-15")),
    *LOSSY,
    LINES["down-loss-8"].profile,
]


def main() -> None:
    reason = unavailable_reason() or _missing()
    if reason:
        raise SystemExit(reason)
    scored = asyncio.run(_all())
    line = summary(scored)
    now = datetime.now(UTC)
    path = RESULTS / f"speech-{now:%Y-%m-%d}.json"
    result = {"measured_at": now.isoformat(timespec="seconds"), **line}
    result["recordings"] = [asdict(it) for it in scored]
    path.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(line))


def summary(scored: list[Scored]) -> dict[str, Any]:
    """Return the figures: constants of one half, judged on the other beside those in use."""
    first, second = halves(scored)
    ie, bpl = fitted(first)
    predict, used = model(ie, bpl), model(OPUS_IE, OPUS_BPL)
    scores = [it.score for it in second]
    return {
        "ie": ie,
        "bpl": bpl,
        "spearman": round(spearman([predict(it.loss_ratio) for it in second], scores), 3),
        "rmse": round(rmse(second, predict), 3),
        "rmse_of_constants_in_use": round(rmse(second, used), 3),
        "lines": {name: _mean(scored, name) for name in dict.fromkeys(it.line for it in scored)},
    }


def _mean(scored: list[Scored], name: str) -> dict[str, float]:
    own = [it for it in scored if it.line == name]
    return {
        "loss_ratio": round(fmean(it.loss_ratio for it in own), 4),
        "pesq": round(fmean(it.score for it in own), 3),
    }


def _missing() -> str | None:
    if find_spec("pesq") is None:
        return "no module pesq: pip install pesq"
    return None if shutil.which("espeak-ng") else "no espeak-ng: apt-get install espeak-ng"


async def _all() -> list[Scored]:
    with tempfile.TemporaryDirectory(prefix="visavis-speech-") as name:
        folder = Path(name)
        period = spoken(folder)
        sound = folder / "speech.wav"
        write_wav(sound, period)
        scored: list[Scored] = []
        async with stand(folder, speech=sound) as it, in_contact(it, "Robin") as patient:
            for profile in SPEECH_LINES:
                scored += await _listen(it, patient, profile, period)
    return scored


async def _listen(it: Stand, patient: Patient, profile: Profile, period: Samples) -> list[Scored]:
    """Record some periods across a line, and score each."""
    it.apply(profile)
    await asyncio.sleep(ADAPT_S)
    heard = await patient.inspect(RECORD, RECORD_S)
    started_at = time.monotonic() - (time.time() - heard["startedAt"] / 1000)
    recorded = np.frombuffer(base64.b64decode(heard["sound"]), "<i2").astype(np.float64) / 32768
    it.apply(CLEAN)
    records = [it for it in it.records() if it.direction is Direction.DOWN]
    scored = []
    for start, received in periods(period, recorded):
        since = started_at + start / MEDIA_HZ
        loss = sound_loss(records, since, since + PERIOD_S)
        scored.append(Scored(profile.name, round(loss, 4), pesq_wb(period, received)))
        print(scored[-1], flush=True)
    return scored


def sound_loss(records: Iterable[Record], since: float, until: float) -> float:
    """Return the share of packets of the even stream that were lost in a time."""
    even = even_stream(it for it in records if since <= it.time_in < until)
    return sum(it.fate is not Fate.DELIVERED for it in even) / max(len(even), 1)


def pesq_wb(sent: Samples, received: Samples) -> float:
    """Return the wide-band score of received speech, both at `MEDIA_HZ`."""
    from pesq import pesq

    pair = (resampled(it, MEDIA_HZ, SCORED_HZ).astype(np.float32) for it in (sent, received))
    return round(float(pesq(SCORED_HZ, *pair, "wb")), 3)


if __name__ == "__main__":
    main()
