"""Time-limited credentials, byte by byte as coturn computes them."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from control.turn.model import Turn

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TURN = Turn(("turn:turn.test",), "a shared secret", timedelta(hours=12))
OPENSSL = shutil.which("openssl")


def test_user_name_is_the_expiry_and_an_opaque_holder() -> None:
    assert TURN.issue("5eed", NOW).username == f"{int(NOW.timestamp()) + 12 * 3600}:5eed"


def test_fresh_ones_hold_longer_and_differ() -> None:
    first, later = TURN.issue("5eed", NOW), TURN.issue("5eed", NOW + timedelta(seconds=1))
    assert int(later.username.partition(":")[0]) == int(first.username.partition(":")[0]) + 1
    assert later.password != first.password


def test_password_depends_on_secret_and_holder() -> None:
    other = Turn(TURN.urls, "another shared secret", TURN.lifetime)
    passwords = {TURN.issue("a", NOW).password, TURN.issue("b", NOW).password}
    assert len(passwords | {other.issue("a", NOW).password}) == 3


@pytest.mark.skipif(OPENSSL is None, reason="needs the openssl command")
def test_password_is_what_coturns_own_recipe_gives() -> None:
    """`echo -n user | openssl dgst -binary -sha1 -hmac secret | openssl base64`."""
    assert OPENSSL is not None
    issued = TURN.issue("5eed", NOW)
    digest = subprocess.run(
        [OPENSSL, "dgst", "-binary", "-sha1", "-hmac", TURN.secret],
        input=issued.username.encode(),
        capture_output=True,
        check=True,
    ).stdout
    text = subprocess.run([OPENSSL, "base64"], input=digest, capture_output=True, check=True).stdout
    assert issued.password == text.decode().strip()


def test_neither_secret_nor_password_is_shown_where_they_are_printed() -> None:
    issued = TURN.issue("5eed", NOW)
    assert TURN.secret not in repr(TURN)
    assert issued.password not in repr(issued)
