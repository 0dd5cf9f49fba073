"""Personal fields at rest: AES-256-GCM per field, a blind index to find them by.

A field is sealed for its place (table, column, row id, format version), which the cipher
authenticates: a value copied to another row or column does not open. Every use has its own key
derived from a master key (HKDF, RFC 5869), so that a leak of one says nothing about another.

A sealed value, in bytes:

    version 2:  2 (1)  key id (4)  nonce (12)  ciphertext, tag (16)
    version 1:  1 (1)              nonce (12)  ciphertext, tag (16)     read only

The key id is derived from the master key, and says which key of the ring opens it.
The first key of the ring seals; each opens what it sealed. The last, oldest one alone derives what
must not change with the first: patients' links, blind indexes, buckets of the throttle.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from control.errors import ConfigError

KEY_BYTES = 32
KEY_ID_BYTES = 4
NONCE_BYTES = 12  # NIST SP 800-38D, 8.2.2: random, 96 bits
TAG_BYTES = 16
VERSION = 2
VERSION_WITHOUT_KEY_ID = 1


class DecryptionError(Exception):
    """A sealed value is damaged, or was not written for this place by a key we have."""


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
    """A field as the database holds it; the module says what is in it."""

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


class EncryptedBytes(EncryptedText):
    """The same for what is no text, as a picture."""

    cache_ok = True


class Vault:
    """Seals, opens and indexes personal fields, and derives keys for other uses.

    Args:
        keys: The master keys: the current one, then those it took over from, the oldest last.
    """

    def __init__(self, *keys: bytes) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ConfigError(f"Each key must have {KEY_BYTES} bytes, and there must be one.")
        ids = [_key_id(key) for key in keys]
        if len(set(ids)) != len(ids):
            raise ConfigError("The same key is there twice.")
        self._keys = keys
        self._current = ids[0]
        self._ciphers = {
            key_id: AESGCM(_derive(key, "fields")) for key_id, key in zip(ids, keys, strict=True)
        }
        self._index_key = self.derive("blind index")

    def derive(self, use: str) -> bytes:
        """Return the 32-byte key for one use, the same at every start and after a rotation."""
        return _derive(self._keys[-1], use)

    def fingerprints(self) -> list[str]:
        """Name the keys without giving them away, oldest first."""
        uses = (_derive(key, "fingerprint") for key in reversed(self._keys))
        return [hashlib.sha256(use).hexdigest() for use in uses]

    def seal(self, text: str, place: Place) -> Sealed:
        return self.seal_bytes(text.encode(), place)

    def seal_bytes(self, content: bytes, place: Place) -> Sealed:
        nonce = secrets.token_bytes(NONCE_BYTES)
        data = place.associated_data(VERSION)
        cipher = self._ciphers[self._current].encrypt(nonce, content, data)
        return Sealed(bytes([VERSION]) + self._current + nonce + cipher)

    def open(self, sealed: Sealed, place: Place) -> str:
        """Return the clear text.

        Raises:
            DecryptionError: It is damaged, moved from another place, or sealed by a key that is not
                in the ring. The text names the column, never the content.
        """
        try:
            return self.open_bytes(sealed, place).decode()
        except UnicodeDecodeError:
            raise _damaged(place) from None

    def open_bytes(self, sealed: Sealed, place: Place) -> bytes:
        """Return what `seal_bytes` was given; `DecryptionError` as for `open`."""
        version, ciphers, rest = self._split(sealed.blob)
        if len(rest) >= NONCE_BYTES + TAG_BYTES:
            nonce, cipher_text = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
            for cipher in ciphers:
                try:
                    return cipher.decrypt(nonce, cipher_text, place.associated_data(version))
                except InvalidTag:
                    continue
        raise _damaged(place)

    def blind_index(self, text: str, column: str) -> bytes:
        """Return what finds `text` by equality without storing it (HMAC-SHA256)."""
        return hmac.digest(self._index_key, f"{column}|{text}".encode(), "sha256")

    def _split(self, blob: bytes) -> tuple[int, list[AESGCM], bytes]:
        """Return the version, what may open it, and nonce and ciphertext."""
        version = blob[0] if blob else 0
        if version == VERSION:
            cipher = self._ciphers.get(blob[1 : 1 + KEY_ID_BYTES])
            return version, [] if cipher is None else [cipher], blob[1 + KEY_ID_BYTES :]
        if version == VERSION_WITHOUT_KEY_ID:
            return version, list(self._ciphers.values()), blob[1:]
        return version, [], b""


def _damaged(place: Place) -> DecryptionError:
    where = f"{place.table}.{place.column}"
    return DecryptionError(f"a value of {where} is damaged, or its key is missing")


def _derive(key: bytes, use: str) -> bytes:
    info = f"visavis {use}".encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(key)


def _key_id(key: bytes) -> bytes:
    return _derive(key, "key id")[:KEY_ID_BYTES]
