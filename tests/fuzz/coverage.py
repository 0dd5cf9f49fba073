"""Fuzz one target by coverage: `python -m tests.fuzz.coverage TARGET SECONDS`; needs atheris.

Inputs that break it are written to `tests/data/crashes/TARGET/`, where `test_fuzz` replays them for
good; what it learned is left in a temporary folder.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["sfu", "aioice.stun", "aiortc"]):
    from tests.fuzz.targets import TARGETS, seeds

CRASHES = Path(__file__).parents[1] / "data" / "crashes"


def main() -> None:
    name, seconds = sys.argv[1:]
    corpus = Path(tempfile.mkdtemp(prefix=f"visavis-{name}-"))
    for number, data in enumerate(seeds(name)):
        (corpus / f"seed-{number}").write_bytes(data)
    kept = CRASHES / name
    kept.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={kept}/", "-timeout=5"]
    atheris.Setup([sys.argv[0], str(corpus), *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
