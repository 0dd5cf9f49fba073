"""Envelope senders that name their message."""

from __future__ import annotations

from uuid import uuid4

import pytest

from control.errors import ConfigError
from control.notifications.return_path import ReturnPath

KEY = bytes(32)
SETTING = "VISAVIS_BOUNCE_ADDRESS"
TEMPLATE = "bounces+{token}@practice.test"
ID = uuid4().hex


def path(template: str = TEMPLATE, key: bytes = KEY) -> ReturnPath:
    return ReturnPath(template, key, SETTING)


@pytest.mark.parametrize(
    "template", [TEMPLATE, "{token}@bounces.practice.test", "visavis-{token}@x.test"]
)
def test_an_address_names_its_message(template: str) -> None:
    address = path(template).address(ID)
    assert len(address.partition("@")[0]) <= 64
    assert ID not in address
    for text in (address, address.upper(), f"Rossi <{address}>", f"prvs=0123={address}"):
        assert path(template).message_id(text) == ID


def test_the_envelope_id_names_it_as_well() -> None:
    assert path().message_id(path().token(ID)) == ID


def test_nobody_else_can_make_one() -> None:
    token = path().token(ID)
    other = path(key=bytes([1]) * 32).token(ID)
    changed = ("b" if token[0] == "a" else "a") + token[1:]
    for text in ("", "bounces@practice.test", other, changed, token[:-1], f"{token}2", "1" * 42):
        assert path().message_id(text) is None, text


def test_one_that_is_ours_is_found_among_others() -> None:
    other = path(key=bytes([1]) * 32).token(ID)
    assert path().message_id(f"{other} {path().token(ID)}") == ID


@pytest.mark.parametrize(
    "template",
    [
        "bounces@practice.test", "bounces+{token}", "bounces{token}@practice.test",
        "{token}{token}@practice.test", "a b+{token}@practice.test", "x+{token}@y.test\n",
        "bounces+{token}@{token}.test", f"{'b' * 22}+{{token}}@practice.test",
    ],
)  # fmt: skip
def test_a_template_that_makes_no_address_is_refused(template: str) -> None:
    with pytest.raises(ConfigError, match=SETTING):
        path(template)
