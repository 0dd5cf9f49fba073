"""Settings of control, from `VISAVIS_*` in the environment or `[control]` in `visavis.toml`.

The environment wins over the file, the file over the defaults; every default works on one machine.
`ControlSettings` is what an operator writes, `Config` what the program works with.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import AfterValidator, AliasGenerator, BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from control import setting_values as values
from control.errors import ConfigError

ENVIRONMENT = {
    "data_dir": "VISAVIS_DATA",
    "http_bind": "VISAVIS_HTTP_BIND",
    "public_url": "VISAVIS_PUBLIC_URL",
    "extra_origins": "VISAVIS_ORIGINS",
    "database_url": "VISAVIS_DATABASE_URL",
    "sfu_url": "VISAVIS_SFU_URL",
    "sfu_token": "VISAVIS_SFU_TOKEN",
    "key_file": "VISAVIS_KEY_FILE",
    "link_days": "VISAVIS_LINK_DAYS",
    "turn_urls": "VISAVIS_TURN_URLS",
    "turn_secret": "VISAVIS_TURN_SECRET",
    "turn_hours": "VISAVIS_TURN_HOURS",
    "trust_proxy": "VISAVIS_TRUST_PROXY",
    "drain_s": "VISAVIS_DRAIN_S",
    "registration": "VISAVIS_REGISTRATION",
    "region": "VISAVIS_REGION",
    "smtp_url": "VISAVIS_SMTP_URL",
    "mail_from": "VISAVIS_MAIL_FROM",
    "bounce_address": "VISAVIS_BOUNCE_ADDRESS",
    "bounce_token": "VISAVIS_BOUNCE_TOKEN",
    "sms_url": "VISAVIS_SMS_URL",
    "outbox": "VISAVIS_OUTBOX",
    "metrics_token": "VISAVIS_METRICS_TOKEN",
    "log_level": "VISAVIS_LOG_LEVEL",
    "log_format": "VISAVIS_LOG_FORMAT",
}
SFU_ENVIRONMENT = {
    "token": "VISAVIS_SFU_TOKEN",
    "api_host": "VISAVIS_SFU_HOST",
    "api_port": "VISAVIS_SFU_PORT",
    "media_port": "VISAVIS_MEDIA_PORT",
    "media_tcp": "VISAVIS_MEDIA_TCP",
}
"""The node's own settings, `[sfu]` in the file, that we must know to run it beside us."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")

Registration = Literal["open", "invite", "closed"]
Outbox = Literal["off", "page"]
LogFormat = Literal["console", "json"]


@dataclass(frozen=True, slots=True)
class Config:
    """What control works with."""

    data_dir: Path = Path("data")
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    public_url: str = "http://localhost:8080"
    """What browsers type; the base of every link."""
    extra_origins: tuple[str, ...] = ()
    database_url: str = "sqlite:///data/visavis.db"
    sfu_host: str = "127.0.0.1"
    sfu_port: int = 8081
    media_port: int = 50000
    media_tcp: bool = True
    """These four are the node's own, for `visavis serve`."""
    sfu_url: str = "http://127.0.0.1:8081"
    sfu_token: str = field(default="", repr=False)
    key_file: Path = Path("data/visavis.key")
    link_days: int = 180
    turn_urls: tuple[str, ...] = ()
    """Of coturn, for browsers; none: no TURN."""
    turn_secret: str = field(default="", repr=False)
    turn_hours: int = 12
    """How long a browser may use its credentials; longer than any visit."""
    trust_proxy: bool = False
    """Believe the last X-Forwarded-For; only behind a proxy of one's own."""
    drain_s: int = 3600
    """How long `visavis serve` lets running visits go on after SIGTERM, at most."""
    registration: Registration = "invite"
    """Who may make a therapist's account over the pages."""
    region: str = "IT"
    """The country of phone numbers that are written without one, ISO 3166."""
    smtp_url: str = field(default="", repr=False)
    """Where e-mail leaves; none: it does not."""
    mail_from: str = ""
    bounce_address: str = ""
    """Where e-mail comes back to, with {token}; none: bounces are not read."""
    bounce_token: str = field(default="", repr=False)
    sms_url: str = field(default="", repr=False)
    """Of Apprise, with {to} for the number; none: no SMS."""
    outbox: Outbox = "off"
    """Where messages go that have no gateway: nowhere, or to a page that shows them."""
    metrics_token: str = field(default="", repr=False)
    """What a scraper shows; none: the metrics are for this machine alone."""
    log_level: str = "INFO"
    log_format: LogFormat = "console"

    @property
    def origins(self) -> frozenset[str]:
        """Return the origins whose pages may speak to us."""
        allowed = {values.origin(self.public_url), *self.extra_origins}
        if self.http_host in LOOPBACK:
            hosts = ("localhost", "127.0.0.1", self.http_host)
            allowed |= {http_url(host, self.http_port) for host in hosts}
        return frozenset(allowed)


def http_url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


# -- one setting ----------------------------------------------------------------------------------

Number = Annotated[int, BeforeValidator(values.no_switch)]
Port = Annotated[Number, Field(ge=0, le=values.HIGHEST_PORT)]
Url = Annotated[str, AfterValidator(values.url)]
Origin = Annotated[str, AfterValidator(values.url), AfterValidator(values.origin)]
TurnUrl = Annotated[str, AfterValidator(values.turn_url)]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(values.upper)]


class _Settings(BaseSettings):
    """Base of both tables; takes what `load` gives it and looks at nothing by itself."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        case_sensitive=True,
        hide_input_in_errors=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


class ControlSettings(_Settings):
    """`[control]` as an operator writes it; None follows from other settings."""

    model_config = SettingsConfigDict(
        alias_generator=AliasGenerator(validation_alias=ENVIRONMENT.__getitem__)
    )

    data_dir: Path = Path("data")
    http_bind: Annotated[str, AfterValidator(values.bind)] = "127.0.0.1:8080"
    public_url: Url | None = None
    extra_origins: Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(values.split)] = ()
    database_url: str | None = None
    sfu_url: Url | None = None
    sfu_token: str = ""
    key_file: Path | None = None
    link_days: Annotated[Number, Field(ge=1, le=3650)] = 180
    turn_urls: Annotated[tuple[TurnUrl, ...], NoDecode, BeforeValidator(values.split)] = ()
    turn_secret: Annotated[str, AfterValidator(values.secret)] = ""
    turn_hours: Annotated[Number, Field(ge=2, le=168)] = 12
    trust_proxy: bool = False
    drain_s: Annotated[Number, Field(ge=0, le=86400)] = 3600
    registration: Registration = "invite"
    region: Annotated[str, BeforeValidator(values.upper), AfterValidator(values.region)] = "IT"
    smtp_url: str = ""
    mail_from: Annotated[str, AfterValidator(values.mail_address)] = ""
    bounce_address: str = ""
    bounce_token: Annotated[str, AfterValidator(values.secret)] = ""
    sms_url: str = ""
    outbox: Outbox = "off"
    metrics_token: Annotated[str, AfterValidator(values.secret)] = ""
    log_level: LogLevel = "INFO"
    log_format: LogFormat = "console"


class NodeSettings(_Settings):
    """What we need of `[sfu]`; the node reads the rest by itself."""

    model_config = SettingsConfigDict(
        alias_generator=AliasGenerator(validation_alias=SFU_ENVIRONMENT.__getitem__)
    )

    token: str = ""
    api_host: str = "127.0.0.1"
    api_port: Port = 8081
    media_port: Port = 50000
    media_tcp: bool = True


# -- all together ---------------------------------------------------------------------------------

SettingsType = TypeVar("SettingsType", bound=_Settings)


def load(environment: Mapping[str, str], file: Path | None = None, **defaults: str) -> Config:
    """Read the settings.

    Args:
        environment: Usually `os.environ`.
        file: `visavis.toml`; a missing one counts as empty.
        defaults: Values of `[control]` in place of the usual defaults.

    Raises:
        ConfigError: With text for the operator.
    """
    table = _read_table(file, "control")
    unknown = sorted(set(table) - set(ENVIRONMENT))
    if file is not None and unknown:
        raise ConfigError(f"{file.name}: [control] has no setting {', '.join(unknown)}")
    said = _read(ControlSettings, ENVIRONMENT, environment, defaults | table)
    node_table = {k: v for k, v in _read_table(file, "sfu").items() if k in SFU_ENVIRONMENT}
    node = _read(NodeSettings, SFU_ENVIRONMENT, environment, node_table)
    _check_pair(said, "TURN", "turn_urls", "turn_secret")
    _check_pair(said, "E-mail", "smtp_url", "mail_from")
    _check_pair(said, "Bounces", "bounce_address", "bounce_token")
    host, _, port = said.http_bind.rpartition(":")
    return Config(
        data_dir=said.data_dir,
        http_host=host.strip("[]"),
        http_port=int(port),
        public_url=said.public_url or f"http://localhost:{int(port)}",
        extra_origins=said.extra_origins,
        database_url=said.database_url or f"sqlite:///{said.data_dir / 'visavis.db'}",
        sfu_host=node.api_host,
        sfu_port=node.api_port,
        media_port=node.media_port,
        media_tcp=node.media_tcp,
        sfu_url=said.sfu_url or http_url(node.api_host, node.api_port),
        sfu_token=said.sfu_token or node.token,
        key_file=said.key_file or said.data_dir / "visavis.key",
        link_days=said.link_days,
        turn_urls=said.turn_urls,
        turn_secret=said.turn_secret,
        turn_hours=said.turn_hours,
        trust_proxy=said.trust_proxy,
        drain_s=said.drain_s,
        registration=said.registration,
        region=said.region,
        smtp_url=said.smtp_url,
        mail_from=said.mail_from,
        bounce_address=said.bounce_address,
        bounce_token=said.bounce_token,
        sms_url=said.sms_url,
        outbox=said.outbox,
        metrics_token=said.metrics_token,
        log_level=said.log_level,
        log_format=said.log_format,
    )


def _read(
    model: type[SettingsType],
    names: Mapping[str, str],
    environment: Mapping[str, str],
    table: Mapping[str, Any],
) -> SettingsType:
    source = EnvSettingsSource(model)
    source.env_vars = {key: text for key, text in environment.items() if text}
    given = {names[name]: value for name, value in table.items() if value != ""}
    try:
        return model(**(given | source()))
    except ValidationError as error:
        raise ConfigError(_in_words(model, names, error.errors()[0])) from None


def _read_table(file: Path | None, name: str) -> dict[str, Any]:
    if file is None or not file.exists():
        return {}
    try:
        table = tomllib.loads(file.read_text("utf-8")).get(name, {})
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file.name} cannot be read: {error}") from error
    if not isinstance(table, dict):
        raise ConfigError(f"{file.name}: [{name}] must be a table")
    return table


def _check_pair(said: ControlSettings, what: str, one: str, other: str) -> None:
    """Refuse settings of which one is no use without the other."""
    if bool(getattr(said, one)) != bool(getattr(said, other)):
        missing = _called(ENVIRONMENT, other if getattr(said, one) else one)
        raise ConfigError(f"{what} is half set: {missing} is missing")


# -- errors in words ------------------------------------------------------------------------------


def _in_words(model: type[_Settings], names: Mapping[str, str], fault: ErrorDetails) -> str:
    """Say which setting is wrong and what it may be."""
    variable = str(fault["loc"][0])
    name = next(name for name, known in names.items() if known == variable)
    return f"{_called(names, name)} {_wrong(model, name, fault)}"


def _wrong(model: type[_Settings], name: str, fault: ErrorDetails) -> str:
    field_info, value = model.model_fields[name], fault["input"]
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"])
    if fault["type"] == "literal_error":
        return f"must be one of {', '.join(get_args(field_info.annotation))}, not {value}"
    if fault["type"] in ("bool_parsing", "bool_type"):
        return f"must be one of 0, 1, false, true, not {value}"
    bounds = {key: getattr(rule, key) for rule in field_info.metadata for key in ("ge", "le")
              if hasattr(rule, key)}  # fmt: skip
    if bounds:
        return f"must be a whole number from {bounds['ge']} to {bounds['le']}, not {value}"
    return f"is wrong: {fault['msg']}"


def _called(names: Mapping[str, str], name: str) -> str:
    return f"{names[name]} ({name} in visavis.toml)"
