"""Each server that is installed carries a call of the load, and every packet is counted."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from benchmarks.relay.traffic import CALL_PER_S
from tests.benchmarks.peers.one_call import SECONDS

LIMIT_S = 100


SERVERS = ("ours", "bare", "gcm", "janus-echotest", "janus-videoroom", "livekit", "mediasoup")
"""Without Pion's relay: to build it takes minutes."""


def one_call(name: str) -> Any:
    """Play it; skips where the server cannot run here."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.peers.one_call", name],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    if said.get("missing"):
        pytest.skip(said["missing"])
    assert said["sent"] == round(SECONDS * CALL_PER_S)
    assert said["changed"] == 0
    assert said["cpu_s"] > 0
    assert said["memory_kb"] > 1_000
    return said


@pytest.mark.parametrize("name", SERVERS)
def test_a_call_comes_through_whole(name: str) -> None:
    said = one_call(name)
    assert said["received"] == said["sent"]
    assert said["lost"] is None


def test_sound_and_pictures_come_back_from_one_that_decodes_and_encodes_again() -> None:
    said = one_call("aiortc")
    assert 0 < said["audio_received"] < said["received"]
    assert said["lost"] is not None
    assert said["latency_ms_p50"] > 0  # of pictures that were known again
