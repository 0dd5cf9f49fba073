"""What the fixture does where it cannot do its work."""

from __future__ import annotations

from typing import cast

import pytest

from benchmarks.netlab import fixture
from benchmarks.netlab.emulator import Result
from benchmarks.netlab.fatelog import FateLog
from benchmarks.netlab.lab import Lab
from tests.netlab.reports import report


class Told:
    """Stands for a lab whose emulator tells what it is given."""

    def __init__(self, void: str | None) -> None:
        self._void = void

    def result(self) -> Result:
        return Result(report(self._void), FateLog())


def test_without_root_a_test_is_skipped_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixture, "unavailable_reason", lambda: "netlab needs root")
    with pytest.raises(pytest.skip.Exception, match="netlab needs root"):
        fixture.skip_unless_available()


def test_a_void_run_is_skipped_with_the_reason() -> None:
    with pytest.raises(pytest.skip.Exception, match="void: the loop woke late"):
        fixture.usable(cast("Lab", Told("the loop woke late")))


def test_a_punctual_run_is_used() -> None:
    assert fixture.usable(cast("Lab", Told(None))) == report()
