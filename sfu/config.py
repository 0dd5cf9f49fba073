"""Settings of a media node, from `VISAVIS_*` in the environment or `[sfu]` in `visavis.toml`.

The environment wins over the file, the file over the defaults. Every default works on one
machine; the token alone has none, because a default token is no token (`visavis serve` makes one).
"""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from sfu.errors import ConfigError

MIN_TOKEN_LENGTH = 16
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_ENVIRONMENT = {
    "token": "VISAVIS_SFU_TOKEN",
    "api_host": "VISAVIS_SFU_HOST",
    "api_port": "VISAVIS_SFU_PORT",
    "media_port": "VISAVIS_MEDIA_PORT",
    "announce": "VISAVIS_ANNOUNCE",
    "media_tcp": "VISAVIS_MEDIA_TCP",
    "receive_buffer_bytes": "VISAVIS_RECEIVE_BUFFER_BYTES",
    "native": "SFU_NATIVE",
    "log_level": "VISAVIS_LOG_LEVEL",
}


@dataclass(frozen=True, slots=True)
class Config:
    """What an operator may set."""

    token: str = field(repr=False)
    """Bearer token of the internal API, at least 16 characters."""
    api_host: str = "127.0.0.1"
    api_port: int = 8081
    """0 lets the system choose."""
    media_port: int = 50000
    """The one UDP and TCP port number of all peers; 0 lets the system choose."""
    media_tcp: bool = True
    """Take media over TCP too, for networks that let no UDP pass."""
    announce: tuple[str, ...] = ()
    """Addresses written into answers, the preferred first; `public=local` where NAT makes them
    differ; empty: those of the default routes."""
    receive_buffer_bytes: int = 4 * 1024 * 1024
    """Asked of the kernel (its default held 92 packets); the size granted is a metric."""
    native: str = "auto"
    """The packet core: require, auto or off the compiled one."""
    log_level: str = "INFO"

    def __post_init__(self) -> None:
        if len(self.token) < MIN_TOKEN_LENGTH:
            raise ConfigError(
                f"VISAVIS_SFU_TOKEN must be set to at least {MIN_TOKEN_LENGTH} characters, the "
                "same for control and the node; `visavis serve` makes one by itself"
            )


def load(environment: Mapping[str, str], file: Path | None = None) -> Config:
    """Read the settings.

    Args:
        environment: Usually `os.environ`.
        file: `visavis.toml`; a missing one counts as empty.

    Raises:
        ConfigError: With text for the operator.
    """
    values: dict[str, object] = dict(_read_file(file))
    for name, variable in _ENVIRONMENT.items():
        if environment.get(variable):
            values[name] = environment[variable]
    return Config(
        token=str(values.get("token", "")),
        api_host=_address(values.get("api_host", "127.0.0.1"), "api_host"),
        api_port=_number(values.get("api_port", 8081), "api_port", 0, 65535),
        media_port=_number(values.get("media_port", 50000), "media_port", 0, 65535),
        media_tcp=_switch(values.get("media_tcp", True), "media_tcp"),
        announce=_announcements(values.get("announce", ()), "announce"),
        receive_buffer_bytes=_number(
            values.get("receive_buffer_bytes", 4 * 1024 * 1024),
            "receive_buffer_bytes",
            64 * 1024,
            256 * 1024 * 1024,
        ),
        native=_word(values.get("native", "auto"), "native", ("require", "auto", "off")),
        log_level=_word(values.get("log_level", "INFO"), "log_level", LOG_LEVELS),
    )


def _read_file(file: Path | None) -> dict[str, object]:
    if file is None or not file.exists():
        return {}
    try:
        table = tomllib.loads(file.read_text("utf-8")).get("sfu", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file.name} is not valid TOML: {error}") from error
    if not isinstance(table, dict):
        raise ConfigError(f"{file.name}: [sfu] must be a table")
    known = {setting.name for setting in fields(Config)}
    unknown = sorted(set(table) - known)
    if unknown:
        raise ConfigError(f"{file.name}: [sfu] has no setting {', '.join(unknown)}")
    return table


def _number(value: object, name: str, low: int, high: int) -> int:
    try:
        number = int(str(value))
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise ConfigError(f"{_said(name)} must be a whole number from {low} to {high}, not {value}")
    return number


def _word(value: object, name: str, words: tuple[str, ...]) -> str:
    if value not in words:
        raise ConfigError(f"{_said(name)} must be one of {', '.join(words)}, not {value}")
    return str(value)


def _switch(value: object, name: str) -> bool:
    return _word(str(value).lower(), name, ("0", "1", "false", "true")) in ("1", "true")


def _announcements(value: object, name: str) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        raise ConfigError(f"{_said(name)} must be a list of IP addresses")
    found = tuple(_announcement(str(part), name) for part in parts if str(part).strip())
    announced = [entry.partition("=")[0] for entry in found]
    twice = next((each for each in announced if announced.count(each) > 1), None)
    if twice is not None:
        raise ConfigError(f"{_said(name)} names {twice} twice: browsers need it once")
    return found


def _announcement(text: str, name: str) -> str:
    """Read one address, or `public=local`: what browsers are told and what we bind."""
    announced, equals, bound = (part.strip() for part in text.partition("="))
    if not equals:
        return _address(announced, name)
    announced, bound = _address(announced, name), _address(bound, name)
    if (":" in announced) != (":" in bound):
        raise ConfigError(
            f"{_said(name)}: {announced}={bound} mixes IPv4 and IPv6; a translated address and "
            "the local one behind it are of the same kind"
        )
    return f"{announced}={bound}"


def _address(value: object, name: str) -> str:
    text = str(value).strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError as error:
        raise ConfigError(f"{_said(name)}: {text or 'nothing'} is not an IP address") from error
    if address.is_unspecified and name != "api_host":
        raise ConfigError(
            f"{_said(name)} must not be {text}: replies would leave from another address than "
            "the one the browser checked; name the addresses one by one"
        )
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id and name != "api_host":
        raise ConfigError(
            f"{_said(name)} must not be {text}: an address with a zone means something on this "
            "machine alone, browsers could not reach it"
        )
    return str(address)


def _said(name: str) -> str:
    return f"{_ENVIRONMENT[name]} ({name} in visavis.toml)"
