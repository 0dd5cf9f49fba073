"""A media node as `sfu.__main__.main` runs it, but for a calm of half a second after a call."""

from __future__ import annotations

from sfu.__main__ import main as run
from sfu.io import draining


def main() -> int:
    draining.CALM_S, draining.LOOK_S = 0.5, 0.05
    return run()
