"""Cursors: sealed places in a list."""

from __future__ import annotations

import base64

import pytest

from control.data.cursors import Cursors
from control.data.encryption import Vault
from control.errors import Invalid

VAULT = Vault(b"k" * 32)
CURSORS = Cursors(VAULT, "patients")


def test_cursor_comes_back_and_shows_no_name() -> None:
    cursor = CURSORS.seal("t1", "łukasz", "p1")
    assert CURSORS.open("t1", cursor) == ("łukasz", "p1")
    blob = base64.urlsafe_b64decode(cursor + "==")
    assert b"ukasz" not in blob
    assert CURSORS.seal("t1", "łukasz", "p1") != cursor


@pytest.mark.parametrize("length", range(40))
def test_cursor_of_any_length_comes_back(length: int) -> None:
    assert CURSORS.open("t1", CURSORS.seal("t1", "x" * length, "p1")) == ("x" * length, "p1")


@pytest.mark.parametrize("bad", ["", "x", "AAAA", "!" * 40, "ä", "A" * 200, "A" * 41, "%00"])
def test_what_is_no_cursor_is_refused_in_words(bad: str) -> None:
    with pytest.raises(Invalid) as caught:
        CURSORS.open("t1", bad)
    assert caught.value.code == "bad_cursor"


def test_cursor_of_another_therapist_or_list_is_refused() -> None:
    cursor = CURSORS.seal("t1", "a", "p1")
    with pytest.raises(Invalid):
        CURSORS.open("t2", cursor)
    with pytest.raises(Invalid):
        Cursors(VAULT, "sessions").open("t1", cursor)
