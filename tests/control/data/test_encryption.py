"""Personal fields at rest."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from control.data.encryption import (
    DecryptionError,
    EncryptedText,
    Place,
    Sealed,
    Vault,
    load_or_create_key,
)
from control.errors import ConfigError
from tests.control.stage import Stage

VAULT = Vault(b"k" * 32)
PLACE = Place("patients", "name", "p1")


@given(st.text())
def test_what_was_sealed_opens_in_its_place(text: str) -> None:
    assert VAULT.open(VAULT.seal(text, PLACE), PLACE) == text


def test_same_text_is_sealed_differently_each_time() -> None:
    assert VAULT.seal("Alex", PLACE) != VAULT.seal("Alex", PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("therapists", "name", "p1"),
        Place("patients", "email", "p1"),
        Place("patients", "name", "p2"),
    ],
)
def test_value_copied_to_another_place_does_not_open(elsewhere: Place) -> None:
    with pytest.raises(DecryptionError):
        VAULT.open(VAULT.seal("Alex", PLACE), elsewhere)


@pytest.mark.parametrize("position", [0, 1, 13, -1])
def test_altered_value_does_not_open(position: int) -> None:
    blob = bytearray(VAULT.seal("Alex", PLACE).blob)
    blob[position] ^= 1
    with pytest.raises(DecryptionError):
        VAULT.open(Sealed(bytes(blob)), PLACE)


def test_value_of_another_key_does_not_open() -> None:
    with pytest.raises(DecryptionError) as caught:
        Vault(b"x" * 32).open(VAULT.seal("Alex", PLACE), PLACE)
    assert "Alex" not in str(caught.value)


def test_column_refuses_clear_text() -> None:
    with pytest.raises(TypeError):
        EncryptedText().process_bind_param("Alex", sqlite.dialect())  # type: ignore[arg-type]


def test_keys_for_different_uses_differ() -> None:
    keys = {VAULT.derive(use) for use in ("fields", "blind index", "links", "throttle")}
    assert len(keys) == 4
    assert b"k" * 32 not in keys


def test_blind_index_finds_by_equality_within_one_column() -> None:
    index = VAULT.blind_index("a@b.c", "therapists.email")
    assert index == VAULT.blind_index("a@b.c", "therapists.email")
    assert index != VAULT.blind_index("a@b.c", "patients.email")
    assert index != Vault(b"x" * 32).blind_index("a@b.c", "therapists.email")


def test_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "visavis.key"
    key = load_or_create_key(path)
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_create_key(path) == key


@pytest.mark.parametrize("content", ["", "not base64!", "c2hvcnQ=", "\N{SNOWMAN}"])
def test_file_without_a_key_is_refused_and_kept(tmp_path: Path, content: str) -> None:
    path = tmp_path / "visavis.key"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"visavis\.key"):
        load_or_create_key(path)
    assert path.read_text(encoding="utf-8") == content


async def test_database_files_hold_no_name_email_phone_token_or_address(stage: Stage) -> None:
    therapist = await stage.therapist("clear@example.org", "Dr. Clearname")
    visiting = await stage.visit(therapist, "Alexandra Clearname")
    await visiting.arrive()
    await stage.page().post("/api/visit", {"token": "wrong"}, 404)
    wrong = {"email": "clear@example.org", "password": "wrong"}
    await stage.page().post("/api/login", wrong, 401)
    secrets = (
        "Clearname",
        "clear@example.org",
        "alex@example.org",
        "+39 333 1234567",
        visiting.token,
        visiting.page.jar["__Host-visit"],
        therapist.jar["__Host-login"],
        "127.0.0.1",
    )
    files = list(stage.config.data_dir.glob("visavis.db*"))
    assert files
    content = b"".join(file.read_bytes() for file in files)
    assert b"password_hash" in content
    found = [secret for secret in secrets if secret.encode() in content]
    assert found == []
