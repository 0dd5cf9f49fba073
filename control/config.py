"""Settings of control, from `VISAVIS_*` in the environment or `[control]` in `visavis.toml`.

The environment wins over the file, the file over the defaults; every default works on one machine.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

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
    "log_level": "VISAVIS_LOG_LEVEL",
}
SFU_ENVIRONMENT = {
    "api_host": "VISAVIS_SFU_HOST",
    "api_port": "VISAVIS_SFU_PORT",
    "media_port": "VISAVIS_MEDIA_PORT",
    "media_tcp": "VISAVIS_MEDIA_TCP",
}
"""The node's own settings, `[sfu]` in the file, that we must know to run it beside us."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
TURN_URL = re.compile(
    r"(?P<scheme>turns?):(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?"
    r"(?:\?transport=(?P<transport>udp|tcp))?"
)
"""RFC 7065, section 3.1, with a host that browsers take."""
SHORTEST_SECRET = 16
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, slots=True)
class Config:
    """What an operator may set."""

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
    log_level: str = "INFO"

    @property
    def origins(self) -> frozenset[str]:
        """Return the origins whose pages may speak to us."""
        allowed = {_origin(self.public_url), *self.extra_origins}
        if self.http_host in LOOPBACK:
            hosts = ("localhost", "127.0.0.1", self.http_host)
            allowed |= {http_url(host, self.http_port) for host in hosts}
        return frozenset(allowed)


def load(environment: Mapping[str, str], file: Path | None = None) -> Config:
    """Read the settings.

    Args:
        environment: Usually `os.environ`.
        file: `visavis.toml`; a missing one counts as empty.

    Raises:
        ConfigError: With text for the operator.
    """
    said = _read_table(file, "control", ENVIRONMENT) | _read_environment(environment, ENVIRONMENT)
    node = _read_table(file, "sfu") | _read_environment(environment, SFU_ENVIRONMENT)
    sfu_host = node.get("api_host", "127.0.0.1")
    sfu_port = _number(node.get("api_port", "8081"), "api_port", 0, 65535)
    data_dir = Path(said.get("data_dir", "data"))
    turn_urls = _turn_urls(said.get("turn_urls", ""))
    host, port = _bind(said.get("http_bind", "127.0.0.1:8080"))
    return Config(
        data_dir=data_dir,
        http_host=host,
        http_port=port,
        public_url=_url(said.get("public_url", f"http://localhost:{port}"), "public_url"),
        extra_origins=_origins(said.get("extra_origins", "")),
        database_url=said.get("database_url") or f"sqlite:///{data_dir / 'visavis.db'}",
        sfu_host=sfu_host,
        sfu_port=sfu_port,
        media_port=_number(node.get("media_port", "50000"), "media_port", 0, 65535),
        media_tcp=_switch(node.get("media_tcp", "1"), "media_tcp"),
        sfu_url=_url(said.get("sfu_url") or http_url(sfu_host, sfu_port), "sfu_url"),
        sfu_token=said.get("sfu_token") or node.get("token", ""),
        key_file=Path(said.get("key_file") or data_dir / "visavis.key"),
        link_days=_number(said.get("link_days", "180"), "link_days", 1, 3650),
        turn_urls=turn_urls,
        turn_secret=_turn_secret(said.get("turn_secret", ""), turn_urls),
        turn_hours=_number(said.get("turn_hours", "12"), "turn_hours", 2, 168),
        trust_proxy=_switch(said.get("trust_proxy", "0"), "trust_proxy"),
        drain_s=_number(said.get("drain_s", "3600"), "drain_s", 0, 86400),
        log_level=_choice(said.get("log_level", "INFO").upper(), "log_level", LOG_LEVELS),
    )


def http_url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _read_environment(environment: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {name: environment[key] for name, key in names.items() if environment.get(key)}


def _read_table(
    file: Path | None, name: str, known: Mapping[str, str] | None = None
) -> dict[str, str]:
    if file is None or not file.exists():
        return {}
    try:
        table = tomllib.loads(file.read_text("utf-8")).get(name, {})
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file.name} cannot be read: {error}") from error
    if not isinstance(table, dict):
        raise ConfigError(f"{file.name}: [{name}] must be a table")
    unknown = [] if known is None else sorted(set(table) - set(known))
    if unknown:
        raise ConfigError(f"{file.name}: [{name}] has no setting {', '.join(unknown)}")
    return {key: _plain(value) for key, value in table.items()}


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ",".join(str(part) for part in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bind(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host:
        raise ConfigError(f"{_said('http_bind')} must look like 127.0.0.1:8080, not {text}")
    return host.strip("[]"), _number(port, "http_bind", 1, 65535)


def _url(text: str, name: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ConfigError(f"{_said(name)} must be an address like https://visavis.example")
    return text.rstrip("/")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _origins(text: str) -> tuple[str, ...]:
    return tuple(_origin(_url(url, "extra_origins")) for url in _parts(text))


def _turn_urls(text: str) -> tuple[str, ...]:
    """Check each: a browser refuses to build any connection with a malformed one."""
    urls = tuple(_parts(text))
    for url in urls:
        found = TURN_URL.fullmatch(url)
        if not found or (found["scheme"], found["transport"]) == ("turns", "udp"):
            raise ConfigError(
                f"{_said('turn_urls')} must be addresses like turn:turn.example:3478?transport=udp "
                f"or turns:turn.example:443?transport=tcp, with commas between, not {url}"
            )
        _number(found["port"] or "3478", "turn_urls", 1, 65535)
    return urls


def _turn_secret(text: str, urls: tuple[str, ...]) -> str:
    if bool(text) != bool(urls):
        missing = _said("turn_urls" if text else "turn_secret")
        raise ConfigError(f"TURN is half set: {missing} is missing")
    if text and len(text) < SHORTEST_SECRET:
        raise ConfigError(f"{_said('turn_secret')} must have {SHORTEST_SECRET} characters or more")
    return text


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _number(text: str, name: str, low: int, high: int) -> int:
    if not text.strip().isdecimal() or not low <= int(text) <= high:
        raise ConfigError(f"{_said(name)}: {text} is not a whole number from {low} to {high}")
    return int(text)


def _switch(text: str, name: str) -> bool:
    return _choice(text.lower(), name, ("0", "1", "false", "true")) in ("1", "true")


def _choice(text: str, name: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise ConfigError(f"{_said(name)} must be one of {', '.join(allowed)}, not {text}")
    return text


def _said(name: str) -> str:
    variable = (ENVIRONMENT | SFU_ENVIRONMENT)[name]
    return f"{variable} ({name} in visavis.toml)"
