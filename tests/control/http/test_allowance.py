"""Three in any five minutes, per key."""

from __future__ import annotations

import pytest

from control.errors import SlowDown
from control.http import pace
from control.http.pace import Allowance


def test_allowance_lets_so_many_pass_within_any_window() -> None:
    allowance = Allowance(3, 300.0)
    for at in (0.0, 100.0, 250.0):
        allowance.take("a", at)
    with pytest.raises(SlowDown) as refused:
        allowance.take("a", 290.5)
    assert refused.value.retry_after_s == 10
    allowance.take("b", 290.5)
    allowance.take("a", 300.5)  # the first is out of the window
    with pytest.raises(SlowDown):
        allowance.take("a", 301.0)


def test_allowance_forgets_keys_whose_window_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MOST_KEYS", 2)
    allowance = Allowance(1, 10.0)
    allowance.take("a", 0.0)
    allowance.take("b", 5.0)
    with pytest.raises(SlowDown):
        allowance.take("c", 6.0)
    allowance.take("c", 11.0)
