"""Personal fields at rest: AES-256-GCM per field, a blind index to find them by.

A field is sealed for its place (table, column, row id, format version), which the cipher
authenticates: a value copied to another row or column does not open. The master key lives in a
file of mode 0600 outside the database; every use has its own key derived from it (HKDF,
RFC 5869), so that a leak of one says nothing about another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from control.errors import ConfigError

KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D, 8.2.2: random, 96 bits
VERSION = 1


class DecryptionError(Exception):
    """A sealed value was not written for this place by this key."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value belongs."""

    table: str
    column: str
    row_id: str

    def associated_data(self, version: int) -> bytes:
        return f"{self.table}|{self.column}|{self.row_id}|{version}".encode()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A field as the database holds it: version byte, nonce, ciphertext with its tag."""

    blob: bytes


class EncryptedText(TypeDecorator[Sealed]):
    """A column that takes and gives `Sealed` values only, so that clear text cannot slip in."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise TypeError("an encrypted column takes Vault.seal(…), not clear text")
        return value.blob

    def process_result_value(self, value: Any, dialect: Dialect) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))


class Vault:
    """Seals, opens and indexes personal fields, and derives keys for other uses."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != KEY_BYTES:
            raise ConfigError(f"The key must have {KEY_BYTES} bytes, not {len(master_key)}.")
        self._master_key = master_key
        self._cipher = AESGCM(self.derive("fields"))
        self._index_key = self.derive("blind index")

    def derive(self, use: str) -> bytes:
        """Return the 32-byte key for one use, the same at every start."""
        info = f"visavis {use}".encode()
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(self._master_key)

    def fingerprint(self) -> str:
        """Name this key without giving it away, to notice a database written with another."""
        return hashlib.sha256(self.derive("fingerprint")).hexdigest()

    def seal(self, text: str, place: Place) -> Sealed:
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = self._cipher.encrypt(nonce, text.encode(), place.associated_data(VERSION))
        return Sealed(bytes([VERSION]) + nonce + cipher)

    def open(self, sealed: Sealed, place: Place) -> str:
        """Return the clear text.

        Raises:
            DecryptionError: It was altered, moved from another place, or sealed by another key.
        """
        version, nonce = sealed.blob[0], sealed.blob[1 : 1 + NONCE_BYTES]
        data = place.associated_data(version)
        try:
            return self._cipher.decrypt(nonce, sealed.blob[1 + NONCE_BYTES :], data).decode()
        except InvalidTag as error:
            where = f"{place.table}.{place.column}"
            raise DecryptionError(f"a value of {where} does not open with this key") from error

    def blind_index(self, text: str, column: str) -> bytes:
        """Return what finds `text` by equality without storing it (HMAC-SHA256)."""
        return hmac.digest(self._index_key, f"{column}|{text}".encode(), "sha256")


def load_or_create_key(path: Path) -> bytes:
    """Read the master key, or make it at the first start, with mode 0600.

    Raises:
        ConfigError: The file cannot be read, or does not hold a key.
    """
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return _create_key(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The key file {path} cannot be read: {error}.") from error
    try:
        key = base64.urlsafe_b64decode(text.strip())
    except (binascii.Error, ValueError) as error:
        raise ConfigError(f"The key file {path} does not hold a key in base64.") from error
    if len(key) != KEY_BYTES:
        raise ConfigError(f"The key file {path} must hold {KEY_BYTES} bytes in base64.")
    return key


def _create_key(path: Path) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigError(f"The key file {path} cannot be made: {error}.") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.urlsafe_b64encode(key) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return key
