"""What an operator sets: in the environment, or on the command line, which wins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ENVIRONMENT = {
    "url": "VISAVIS_CANARY_URL",
    "email": "VISAVIS_CANARY_EMAIL",
    "password": "VISAVIS_CANARY_PASSWORD",
    "password_file": "VISAVIS_CANARY_PASSWORD_FILE",
}
SECONDS_IN = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
SHORTEST_EVERY_S = 30.0
"""A round takes ten seconds and more, and logs in for each visit."""
LISTEN_S = 4.0
"""200 packets each way: one lost is half a percent."""
SHORTEST_LISTEN_S = 0.5


class SettingError(Exception):
    """A setting is missing or wrong; the text says which."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where to go, and as whom."""

    url: str
    """What people type, without a slash at its end."""
    email: str
    password: str = field(repr=False)
    listen_s: float = LISTEN_S
    """How long both sides listen once they hear each other."""
    patience_s: float = 20.0
    """Of each stage."""


def load(environment: Mapping[str, str], listen_s: float = LISTEN_S) -> Settings:
    """Read the environment.

    Raises:
        SettingError: With text for the operator.
    """
    said = {name: environment.get(variable, "") for name, variable in ENVIRONMENT.items()}
    if said["password_file"]:
        said["password"] = _read(Path(said["password_file"]))
    for name in ("url", "email", "password"):
        if not said[name]:
            raise SettingError(f"{ENVIRONMENT[name]} must be set")
    parts = urlsplit(said["url"])
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise SettingError(f"{ENVIRONMENT['url']} must be an address like https://visavis.example")
    return Settings(said["url"].rstrip("/"), said["email"], said["password"], listen_s)


def seconds(text: str, least_s: float) -> float:
    """Read `300`, `90s`, `5m` or `1h`.

    Raises:
        ValueError: It is none of these, or less than is of use.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if found is None:
        raise ValueError("must be a time like 300, 90s or 5m")
    value = float(found[1]) * SECONDS_IN[found[2]]
    if value < least_s:
        raise ValueError(f"must be {least_s:g} s or more")
    return value


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"{ENVIRONMENT['password_file']}: {file} cannot be read ({error})"
        ) from error
