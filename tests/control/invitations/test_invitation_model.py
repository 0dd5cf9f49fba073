"""The derived link."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

from control.invitations.model import LIFETIME, Invitation, hash_token

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = b"k" * 32
FIRST = Invitation("i1", "p1", 1, START, START + LIFETIME)


def test_token_is_32_bytes_and_the_same_at_every_reading() -> None:
    token = FIRST.token(KEY)
    assert len(base64.urlsafe_b64decode(token + "=")) == 32
    assert token == FIRST.token(KEY)


def test_token_changes_with_generation_invitation_and_key() -> None:
    second = FIRST.renewed(START, LIFETIME)
    other = Invitation("i2", "p2", 1, START, START + LIFETIME)
    tokens = {FIRST.token(KEY), second.token(KEY), other.token(KEY), FIRST.token(b"x" * 32)}
    assert len(tokens) == 4


def test_hash_does_not_show_the_token() -> None:
    token = FIRST.token(KEY)
    assert token.encode() not in hash_token(token)
    assert len(hash_token(token)) == 32


def test_link_expires_after_its_lifetime() -> None:
    assert FIRST.state(START + LIFETIME - timedelta(seconds=1)) == "valid"
    assert FIRST.state(START + LIFETIME) == "expired"


def test_renewing_revives_a_revoked_link_with_a_new_lifetime() -> None:
    revoked = Invitation("i1", "p1", 1, START, START + LIFETIME, revoked_at=START)
    assert revoked.state(START) == "revoked"
    renewed = revoked.renewed(START + LIFETIME, timedelta(days=1))
    assert renewed.state(START + LIFETIME) == "valid"
    assert renewed.expires_at == START + LIFETIME + timedelta(days=1)
