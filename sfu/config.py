"""Settings of a media node, from `VISAVIS_*` in the environment or `[sfu]` in `visavis.toml`.

The environment wins over the file, the file over the defaults. Every default works on one
machine; the token alone has none, because a default token is no token (`visavis serve` makes one).
"""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AliasGenerator, BeforeValidator, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from sfu.errors import ConfigError

MIN_TOKEN_LENGTH = 16
ENVIRONMENT = {
    "token": "VISAVIS_SFU_TOKEN",
    "api_host": "VISAVIS_SFU_HOST",
    "api_port": "VISAVIS_SFU_PORT",
    "media_port": "VISAVIS_MEDIA_PORT",
    "media_tcp": "VISAVIS_MEDIA_TCP",
    "announce": "VISAVIS_ANNOUNCE",
    "receive_buffer_bytes": "VISAVIS_RECEIVE_BUFFER_BYTES",
    "max_rooms": "VISAVIS_MAX_ROOMS",
    "max_half_open_peers": "VISAVIS_MAX_HALF_OPEN_PEERS",
    "drain_s": "VISAVIS_DRAIN_S",
    "native": "SFU_NATIVE",
    "log_level": "VISAVIS_LOG_LEVEL",
    "log_format": "VISAVIS_LOG_FORMAT",
}


def _no_switch(value: object) -> object:
    """Refuse `true` where a number belongs, which pydantic would read as 1."""
    return str(value) if isinstance(value, bool) else value


Number = Annotated[int, BeforeValidator(_no_switch)]
Port = Annotated[Number, Field(ge=0, le=65535)]


class Config(BaseSettings):
    """What an operator may set; made by `load`, or by hand without a look at the environment."""

    model_config = SettingsConfigDict(
        alias_generator=AliasGenerator(validation_alias=ENVIRONMENT.__getitem__),
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        case_sensitive=True,
        hide_input_in_errors=True,
    )

    token: Annotated[str, Field(min_length=MIN_TOKEN_LENGTH, repr=False)]
    """Bearer token of the internal API, at least 16 characters."""
    api_host: str = "127.0.0.1"
    api_port: Port = 8081
    """0 lets the system choose."""
    media_port: Port = 50000
    """The one UDP and TCP port number of all peers; 0 lets the system choose."""
    media_tcp: bool = True
    """Take media over TCP too, for networks that let no UDP pass."""
    announce: Annotated[tuple[str, ...], NoDecode] = ()
    """Addresses written into answers, the preferred first; `public=local` where NAT makes them
    differ; empty: those of the default routes."""
    receive_buffer_bytes: Annotated[Number, Field(ge=64 * 1024, le=256 * 1024 * 1024)] = (
        4 * 1024 * 1024
    )
    """Asked of the kernel (its default held 92 packets); the size granted is a metric."""
    max_rooms: Annotated[Number, Field(ge=1, le=100_000)] = 1000
    """Further ones are refused."""
    max_half_open_peers: Annotated[Number, Field(ge=1, le=100_000)] = 200
    """Peers whose handshake is not done; further ones are refused."""
    drain_s: Annotated[Number, Field(ge=0, le=86400)] = 3600
    """How long a node by itself lets running calls go on after SIGTERM, at most."""
    native: Literal["require", "auto", "off"] = "auto"
    """The packet core: require, auto or off the compiled one."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what the caller gives alone: `load` has read file and environment."""
        return (init_settings,)

    @field_validator("api_host")
    @classmethod
    def _check_host(cls, text: str) -> str:
        return str(_address(text))

    @field_validator("announce", mode="before")
    @classmethod
    def _split(cls, value: object) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, list | tuple):
            raise ValueError("must be a list of IP addresses")
        return tuple(str(part) for part in parts if str(part).strip())

    @field_validator("announce")
    @classmethod
    def _check_announced(cls, parts: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(_announcement(part) for part in parts)
        announced = [entry.partition("=")[0] for entry in found]
        twice = next((each for each in announced if announced.count(each) > 1), None)
        if twice is not None:
            raise ValueError(f"names {twice} twice: browsers need it once")
        return found


def load(environment: Mapping[str, str], file: Path | None = None) -> Config:
    """Read the settings.

    Args:
        environment: Usually `os.environ`.
        file: `visavis.toml`; a missing one counts as empty.

    Raises:
        ConfigError: With text for the operator.
    """
    source = EnvSettingsSource(Config)
    source.env_vars = {key: text for key, text in environment.items() if text}
    values = {ENVIRONMENT[name]: value for name, value in _read_file(file).items()} | source()
    try:
        return Config(**values)
    except ValidationError as error:
        raise ConfigError(_in_words(error.errors()[0])) from None


def _read_file(file: Path | None) -> dict[str, Any]:
    if file is None or not file.exists():
        return {}
    try:
        table = tomllib.loads(file.read_text("utf-8")).get("sfu", {})
    except OSError as error:
        raise ConfigError(f"{file.name} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file.name} is not valid TOML: {error}") from error
    if not isinstance(table, dict):
        raise ConfigError(f"{file.name}: [sfu] must be a table")
    unknown = sorted(set(table) - set(ENVIRONMENT))
    if unknown:
        raise ConfigError(f"{file.name}: [sfu] has no setting {', '.join(unknown)}")
    return table


# -- errors in words ----------------------------------------------------------------------------


def _in_words(fault: ErrorDetails) -> str:
    """Say which setting is wrong, how, and what it may be."""
    variable = str(fault["loc"][0])
    name = next(name for name, known in ENVIRONMENT.items() if variable == known)
    if name == "token":
        return (
            f"{variable} must be set to at least {MIN_TOKEN_LENGTH} characters, the "
            "same for control and the node; `visavis serve` makes one by itself"
        )
    wrong = _fault_in_words(name, fault)
    space = "" if wrong.startswith(":") else " "
    return f"{variable} ({name} in visavis.toml){space}{wrong}"


def _fault_in_words(name: str, fault: ErrorDetails) -> str:
    value = fault["input"]
    match fault["type"]:
        case "value_error":
            return str(fault["ctx"]["error"])
        case "literal_error":
            choices = get_args(Config.model_fields[name].annotation)
            return f"must be one of {', '.join(choices)}, not {value}"
        case "bool_parsing" | "bool_type":
            return f"must be one of 0, 1, false, true, not {value}"
    low, high = _bounds(name)
    if low is not None:
        return f"must be a whole number from {low} to {high}, not {value}"
    return f"is wrong: {fault['msg']}"


def _bounds(name: str) -> tuple[Any, Any]:
    rules = Config.model_fields[name].metadata
    low = next((rule.ge for rule in rules if hasattr(rule, "ge")), None)
    high = next((rule.le for rule in rules if hasattr(rule, "le")), None)
    return low, high


# -- addresses ----------------------------------------------------------------------------------


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError as error:
        raise ValueError(f": {text.strip() or 'nothing'} is not an IP address") from error


def _announcement(text: str) -> str:
    """Read one address, or `public=local`: what browsers are told and what we bind."""
    announced, equals, bound = text.partition("=")
    if not equals:
        return _reachable(announced)
    announced, bound = _reachable(announced), _reachable(bound)
    if (":" in announced) != (":" in bound):
        raise ValueError(
            f": {announced}={bound} mixes IPv4 and IPv6; a translated address and "
            "the local one behind it are of the same kind"
        )
    return f"{announced}={bound}"


def _reachable(text: str) -> str:
    address = _address(text)
    if address.is_unspecified:
        raise ValueError(
            f"must not be {address}: replies would leave from another address than "
            "the one the browser checked; name the addresses one by one"
        )
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id:
        raise ValueError(
            f"must not be {address}: an address with a zone means something on this "
            "machine alone, browsers could not reach it"
        )
    return str(address)
