"""Envelope senders that name their message, so that what bounces says which it was. PURE.

Variable envelope return paths (VERP): a server that gives up writes to the envelope sender. The
token in it is the message's id with a MAC, in the alphabet of base 32, since some servers change
the case of addresses. Nobody can make one for a message that they were not sent.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re

from control.errors import ConfigError

TOKEN = "{token}"
MAC_BYTES = 10
TOKEN_LENGTH = 42  # of 16 + 10 bytes, without padding
LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1
ADDRESS = re.compile(r"([A-Za-z0-9]+[.+=_-])*\{token\}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
IN_TEXT = re.compile(rf"(?<![a-z2-7])[a-z2-7]{{{TOKEN_LENGTH}}}(?![a-z2-7])", re.IGNORECASE)
LIKE = "must look like bounces+{token}@practice.example"


class ReturnPath:
    """Makes the addresses, and reads them again.

    Args:
        template: An address with `{token}`.
        key: 32 bytes of its own.

    Raises:
        ConfigError: The template makes no address.
    """

    def __init__(self, template: str, key: bytes, setting: str) -> None:
        before = template.partition(TOKEN)[0]
        is_long = len(before) + TOKEN_LENGTH > LONGEST_LOCAL_PART
        if is_long or not ADDRESS.fullmatch(template):
            raise ConfigError(f"{setting} {LIKE}")
        self._template = template
        self._key = key

    def address(self, message_id: str) -> str:
        """Return the envelope sender of this message."""
        return self._template.replace(TOKEN, self.token(message_id))

    def token(self, message_id: str) -> str:
        """Return what names this message; also its envelope id (RFC 3461, 4.4)."""
        name = bytes.fromhex(message_id)
        return base64.b32encode(name + self._mac(name)).decode().rstrip("=").lower()

    def message_id(self, text: str) -> str | None:
        """Return the id of the message that a text names; None where it names none of ours."""
        for found in IN_TEXT.finditer(text):
            content = _decoded(found[0])
            name, mac = content[:-MAC_BYTES], content[-MAC_BYTES:]
            if hmac.compare_digest(mac, self._mac(name)):
                return name.hex()
        return None

    def _mac(self, name: bytes) -> bytes:
        return hmac.digest(self._key, name, "sha256")[:MAC_BYTES]


def _decoded(token: str) -> bytes:
    try:
        return base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except binascii.Error:
        return b""
