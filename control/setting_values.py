"""What one setting may be, whatever it is for: checked and brought into one form."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from phonenumbers import SUPPORTED_REGIONS

TURN_URL = re.compile(
    r"(?P<scheme>turns?):(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?"
    r"(?:\?transport=(?P<transport>udp|tcp))?"
)
"""RFC 7065, section 3.1, with a host that browsers take."""
SHORTEST_SECRET = 16
HIGHEST_PORT = 65535
MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def no_switch(value: object) -> object:
    """Refuse `true` where a number belongs, which pydantic would read as 1."""
    return str(value) if isinstance(value, bool) else value


def upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def split(value: object) -> object:
    """Read a list, or words with commas between."""
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def bind(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdecimal() and 1 <= int(port) <= HIGHEST_PORT):
        raise ValueError("must look like 127.0.0.1:8080")
    return text


def url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ValueError("must be an address like https://visavis.example")
    return text.rstrip("/")


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def turn_url(url: str) -> str:
    """Check it: a browser refuses to build any connection with a malformed one."""
    found = TURN_URL.fullmatch(url)
    wrong = not found or (found["scheme"], found["transport"]) == ("turns", "udp")
    if not found or wrong or not 1 <= int(found["port"] or "3478") <= HIGHEST_PORT:
        raise ValueError(
            "must be addresses like turn:turn.example:3478?transport=udp or "
            f"turns:turn.example:443?transport=tcp, with commas between, not {url}"
        )
    return url


def secret(text: str) -> str:
    if text and len(text) < SHORTEST_SECRET:
        raise ValueError(f"must have {SHORTEST_SECRET} characters or more")
    return text


def region(text: str) -> str:
    if text not in SUPPORTED_REGIONS:
        raise ValueError(f"must be the two letters of a country, like IT, not {text}")
    return text


def mail_address(text: str) -> str:
    if text and not MAIL_ADDRESS.fullmatch(text):
        raise ValueError("must be an e-mail address like visavis@practice.example")
    return text
