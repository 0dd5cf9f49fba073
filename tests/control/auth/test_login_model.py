"""Rules of logging in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from control.auth.model import Login, hash_secret, new_secret, normalise_email

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def valid(minutes_idle: float, *, hours_old: float = 1, in_session: bool = False) -> bool:
    now = START + timedelta(hours=hours_old)
    login = Login("l", "t", START, now - timedelta(minutes=minutes_idle))
    return login.is_valid(now, in_session=in_session)


def test_login_idles_out_after_thirty_minutes() -> None:
    assert valid(29.9)
    assert not valid(30)


def test_login_ends_after_twelve_hours_even_in_use() -> None:
    assert valid(0, hours_old=11.9)
    assert not valid(0, hours_old=12)


def test_running_session_is_never_cut_by_a_clock() -> None:
    assert valid(0, hours_old=13, in_session=True)


def test_login_that_idled_out_does_not_revive_with_a_session() -> None:
    assert not valid(30, in_session=True)


@pytest.mark.parametrize("email", ["Rossi@Example.org", " rossi@example.org "])
def test_spellings_of_one_address_are_equal(email: str) -> None:
    assert normalise_email(email) == "rossi@example.org"


def test_secret_has_256_bits_and_its_hash_does_not_show_it() -> None:
    secret = new_secret()
    assert len(secret) == 43
    assert secret != new_secret()
    assert secret.encode() not in hash_secret(secret)
