"""What the fixture does where it cannot do its work."""

from __future__ import annotations

from typing import cast

import pytest

from benchmarks.netlab import fixture
from benchmarks.netlab.emulator import Result
from benchmarks.netlab.fatelog import FateLog
from benchmarks.netlab.lab import Lab
from tests.netlab.reports import report
from tests.support import idle


class Told:
    """Stands for a lab whose emulator tells what it is given."""

    def __init__(self, void: str | None) -> None:
        self._void = void

    def result(self) -> Result:
        return Result(report(self._void), FateLog())


class Dead:
    """Stands for a lab whose emulator is gone."""

    def __init__(self, error: type[Exception]) -> None:
        self._error = error

    def result(self) -> Result:
        raise self._error


def test_without_root_a_test_is_skipped_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixture, "unavailable_reason", lambda: "netlab needs root")
    with pytest.raises(pytest.skip.Exception, match="netlab needs root"):
        fixture.skip_unless_available()


def why_void(lab: object) -> list[str | None]:
    """What is said of a test that fails while this lab is open."""
    with fixture.witnessed(cast("Lab", lab)):
        return [why() for why in idle._witnesses]


def test_a_late_emulator_is_the_reason_of_a_void_test() -> None:
    assert why_void(Told("the loop woke late")) == ["the loop woke late"]
    assert why_void(Told(None)) == [None]


@pytest.mark.parametrize("error", [EOFError, BrokenPipeError, TimeoutError])
def test_an_emulator_that_died_excuses_nothing(error: type[Exception]) -> None:
    assert why_void(Dead(error)) == [None]
