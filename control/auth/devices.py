"""A cookie that says: on this browser somebody has logged in to this account before. PURE.

Failures of such a browser are counted apart from strangers' (OWASP, "Slow Down Online Guessing
Attacks with Device Cookies"), so that nobody's guessing keeps a therapist out of her own browser.
It lets nobody in: the password is asked for all the same.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

LIFETIME = timedelta(days=180)


class Devices:
    """Makes the cookies and reads them; nothing is stored."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def issue(self, account: str) -> str:
        """Return a new cookie for this account, which its normalised e-mail names."""
        device = secrets.token_urlsafe(16)
        return f"{device}.{self._sign(account, device)}"

    def recognise(self, account: str, cookie: str | None) -> str | None:
        """Return the device's id when we made this cookie for this account."""
        device, _, signature = (cookie or "").partition(".")
        expected = self._sign(account, device)
        return device if hmac.compare_digest(_bytes(signature), _bytes(expected)) else None

    def _sign(self, account: str, device: str) -> str:
        return hmac.digest(self._key, _bytes(f"{account}|{device}"), "sha256").hex()


def _bytes(text: str) -> bytes:
    """Encode what may come from a cookie: bytes that are no UTF-8 arrive as surrogates."""
    return text.encode(errors="surrogateescape")
