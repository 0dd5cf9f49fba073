"""A pytest fixture: `from benchmarks.netlab.fixture import netlab` in a conftest.

def test_survives_lte(netlab: OpenLab) -> None:
    lab = netlab("lte")
    subprocess.run(lab.client.command(["curl", f"http://{lab.server.address}:8080"]))
    assert lab.result().report.up.fates["lost"] == 0

A test that is marked `idle` and fails is void when the emulator was late (`tests/support/idle.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress

import pytest

from benchmarks.netlab.lab import Lab
from benchmarks.netlab.profiles import Profile
from benchmarks.netlab.tun import unavailable_reason
from tests.support.idle import witness

OpenLab = Callable[[Profile | str], Lab]


@pytest.fixture
def netlab() -> Iterator[OpenLab]:
    """Open lines that are removed after the test; skips where that takes what we lack."""
    skip_unless_available()
    with ExitStack() as labs:

        def opened(profile: Profile | str) -> Lab:
            lab = labs.enter_context(Lab(profile))
            labs.enter_context(witnessed(lab))
            return lab

        yield opened


def skip_unless_available() -> None:
    """Skip the test, saying why, where netlab cannot run."""
    reason = unavailable_reason()
    if reason:
        pytest.skip(reason)


def witnessed(lab: Lab) -> AbstractContextManager[None]:
    """Let this lab's emulator say whether tests that need it punctual were void."""
    return witness(lambda: _why_void(lab))


def _why_void(lab: Lab) -> str | None:
    with suppress(OSError, EOFError, TimeoutError):  # an emulator that died excuses nothing
        return lab.result().report.void
    return None
