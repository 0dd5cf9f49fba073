"""A pytest fixture: `from benchmarks.netlab.fixture import netlab` in a conftest.

def test_survives_lte(netlab: OpenLab) -> None:
    lab = netlab("lte")
    subprocess.run(lab.client.command(["curl", f"http://{lab.server.address}:8080"]))
    assert usable(lab).up.fates["lost"] == 0
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from benchmarks.netlab.fatelog import Report
from benchmarks.netlab.lab import Lab
from benchmarks.netlab.profiles import Profile
from benchmarks.netlab.tun import unavailable_reason

OpenLab = Callable[[Profile | str], Lab]


@pytest.fixture
def netlab() -> Iterator[OpenLab]:
    """Open lines that are removed after the test; skips where that takes what we lack."""
    skip_unless_available()
    with ExitStack() as labs:
        yield lambda profile: labs.enter_context(Lab(profile))


def skip_unless_available() -> None:
    """Skip the test, saying why, where netlab cannot run."""
    reason = unavailable_reason()
    if reason:
        pytest.skip(reason)


def usable(lab: Lab) -> Report:
    """Return the report so far, or skip: an unpunctual emulator proves nothing either way."""
    report = lab.result().report
    if report.void:
        pytest.skip(f"void: {report.void}")
    return report
