"""Personal fields at rest."""

from __future__ import annotations

import base64
import traceback

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from control.data.encryption import DecryptionError, EncryptedText, Place, Sealed, Vault
from control.errors import ConfigError
from tests.control.stage import Stage

VAULT = Vault(b"k" * 32)
PLACE = Place("patients", "name", "p1")
FIRST_FORMAT = base64.b64decode("AXdYZKJF9myBx7NNwlkuIxiXkFaoFh9EvJZY4eipTuZM")


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


@pytest.mark.parametrize("position", [0, 1, 4, 5, 16, 17, -1])
def test_altered_value_does_not_open(position: int) -> None:
    blob = bytearray(VAULT.seal("Alex", PLACE).blob)
    blob[position] ^= 1
    with pytest.raises(DecryptionError):
        VAULT.open(Sealed(bytes(blob)), PLACE)


def test_value_of_another_key_does_not_open() -> None:
    with pytest.raises(DecryptionError) as caught:
        Vault(b"x" * 32).open(VAULT.seal("Alex", PLACE), PLACE)
    assert "Alex" not in str(caught.value)


def test_value_of_the_first_format_opens() -> None:
    """Written by `Vault(b"k" * 32).seal("Alex", PLACE)` before values carried a key id."""
    assert VAULT.open(Sealed(FIRST_FORMAT), PLACE) == "Alex"
    assert Vault(b"n" * 32, b"k" * 32).open(Sealed(FIRST_FORMAT), PLACE) == "Alex"
    with pytest.raises(DecryptionError):
        VAULT.open(Sealed(FIRST_FORMAT), Place("patients", "name", "p2"))
    for length in range(len(FIRST_FORMAT)):
        with pytest.raises(DecryptionError):
            VAULT.open(Sealed(FIRST_FORMAT[:length]), PLACE)


def test_rotated_ring_seals_with_the_first_key_and_opens_with_each() -> None:
    rotated = Vault(b"n" * 32, b"k" * 32)
    old, new = VAULT.seal("Alex", PLACE), rotated.seal("Alex", PLACE)
    assert rotated.open(old, PLACE) == rotated.open(new, PLACE) == "Alex"
    assert old.blob[1:5] != new.blob[1:5]
    assert Vault(b"n" * 32).open(new, PLACE) == "Alex"
    for vault, sealed in ((VAULT, new), (Vault(b"n" * 32), old)):
        with pytest.raises(DecryptionError, match=r"patients\.name"):
            vault.open(sealed, PLACE)


def test_rotation_changes_no_link_and_no_index() -> None:
    rotated = Vault(b"n" * 32, b"k" * 32)
    for use in ("links", "throttle", "blind index"):
        assert rotated.derive(use) == VAULT.derive(use)
    assert rotated.blind_index("a", "b") == VAULT.blind_index("a", "b")


def test_ring_without_a_key_or_with_one_twice_is_refused() -> None:
    for keys in ((), (b"short",), (b"k" * 32, b"k" * 32)):
        with pytest.raises(ConfigError):
            Vault(*keys)


@given(st.binary(max_size=80))
def test_damaged_value_is_a_decryption_error(blob: bytes) -> None:
    for start in (b"", b"\x01", b"\x02", VAULT.seal("", PLACE).blob[:5]):
        with pytest.raises(DecryptionError):
            VAULT.open(Sealed(start + blob), PLACE)


def test_sealed_value_that_is_no_text_is_a_decryption_error_without_it() -> None:
    data = PLACE.associated_data(1)
    cipher = AESGCM(VAULT.derive("fields")).encrypt(b"n" * 12, b"Alex \xff", data)
    with pytest.raises(DecryptionError) as caught:
        VAULT.open(Sealed(b"\x01" + b"n" * 12 + cipher), PLACE)
    assert "Alex" not in "".join(traceback.format_exception(caught.value))


async def test_value_that_does_not_open_is_a_clean_500(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    therapist = await stage.therapist()
    await stage.visit(therapist, "Alexandra Clearname")
    async with stage.control.database.write() as tx:
        await tx.execute(text("UPDATE patients SET name = email"))
    answer = await therapist.get("/api/patients", 500)
    assert answer["code"] == "internal"
    assert "a value of patients.name is damaged" in caplog.text
    for secret in ("Clearname", "alex@example.org", "UPDATE"):
        assert secret not in caplog.text
        assert secret not in str(answer)


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
