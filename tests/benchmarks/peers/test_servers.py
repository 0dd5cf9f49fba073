"""Each server that is installed carries a call of the load, and every packet is counted."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from benchmarks.relay.traffic import CALL_PER_S
from tests.benchmarks.peers.one_call import SECONDS

LIMIT_S = 100


SERVERS = ("ours", "bare", "gcm", "janus-echotest", "janus-videoroom", "livekit")
"""Without Pion's relay: to build it takes minutes."""


@pytest.mark.parametrize("name", SERVERS)
def test_a_call_comes_through_whole(name: str) -> None:
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
    assert said["sent"] == said["received"] == round(SECONDS * CALL_PER_S)
    assert said["changed"] == 0
    assert said["cpu_s"] > 0
    assert said["memory_kb"] > 1_000
