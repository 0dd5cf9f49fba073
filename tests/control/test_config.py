"""Settings, and what is said when they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from control.config import load
from control.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    file = folder / "visavis.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_default_works_on_one_machine() -> None:
    config = load({})
    assert (config.http_host, config.http_port) == ("127.0.0.1", 8080)
    assert config.public_url == "http://localhost:8080"
    assert config.database_url == "sqlite:///data/visavis.db"
    assert config.key_file == Path("data/visavis.key")
    assert config.sfu_url == "http://127.0.0.1:8081"


def test_public_url_follows_the_port_and_the_rest_follows_the_folder() -> None:
    config = load({"VISAVIS_HTTP_BIND": "127.0.0.1:9000", "VISAVIS_DATA": "/srv/v"})
    assert config.public_url == "http://localhost:9000"
    assert config.database_url == "sqlite:////srv/v/visavis.db"
    assert config.key_file == Path("/srv/v/visavis.key")


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        '[control]\nhttp_bind = "127.0.0.1:9000"\nlink_days = 30\ntrust_proxy = true\n'
        '[sfu]\ntoken = "from-the-nodes-table"\napi_port = 9001\nannounce = ["192.0.2.1"]\n',
    )
    config = load({"VISAVIS_HTTP_BIND": "127.0.0.1:9100"}, file)
    assert (config.http_port, config.link_days, config.trust_proxy) == (9100, 30, True)
    assert config.sfu_token == "from-the-nodes-table"
    assert config.sfu_url == "http://127.0.0.1:9001"


def test_token_is_not_shown_where_settings_are_printed() -> None:
    assert "sesame" not in repr(load({"VISAVIS_SFU_TOKEN": "sesame"}))


MAIL = {
    "VISAVIS_SMTP_URL": "smtp://visavis:sesame@mail.test",
    "VISAVIS_MAIL_FROM": "visavis@practice.test",
}


def test_messages_go_nowhere_until_a_gateway_or_the_page_is_set() -> None:
    config = load({})
    assert (config.smtp_url, config.sms_url, config.outbox) == ("", "", "off")
    config = load(MAIL | {"VISAVIS_SMS_URL": "twilio://sid:sesame@+39061/{to}"})
    assert config.mail_from == "visavis@practice.test"
    assert "sesame" not in repr(config)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"VISAVIS_BOUNCE_ADDRESS": "b+{token}@x.test"}, "half set: VISAVIS_BOUNCE_TOKEN"),
        ({"VISAVIS_BOUNCE_TOKEN": "x" * 16}, "half set: VISAVIS_BOUNCE_ADDRESS"),
        ({"VISAVIS_BOUNCE_TOKEN": "x"}, "VISAVIS_BOUNCE_TOKEN .* must have 16"),
        ({"VISAVIS_MAIL_FROM": ""}, "E-mail is half set: VISAVIS_MAIL_FROM"),
        ({"VISAVIS_SMTP_URL": ""}, "E-mail is half set: VISAVIS_SMTP_URL"),
        ({"VISAVIS_MAIL_FROM": "Rossi <r@x.test>"}, "VISAVIS_MAIL_FROM .* must be an e-mail"),
        ({"VISAVIS_OUTBOX": "file"}, "VISAVIS_OUTBOX .* must be one of off, page"),
    ],
)
def test_wrong_settings_of_messages_are_refused(change: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load(MAIL | change)


def test_token_of_the_metrics_is_long_and_not_printed() -> None:
    assert load({}).metrics_token == ""
    config = load({"VISAVIS_METRICS_TOKEN": "sesame sesame open"})
    assert config.metrics_token == "sesame sesame open"
    assert "sesame" not in repr(config)
    with pytest.raises(ConfigError, match=r"VISAVIS_METRICS_TOKEN .* must have 16"):
        load({"VISAVIS_METRICS_TOKEN": "sesame"})


TURN = {
    "VISAVIS_TURN_URLS": "turn:turn.test, turn:192.0.2.1:3478?transport=tcp,turns:[2001:db8::1]",
    "VISAVIS_TURN_SECRET": "sixteen letters!",
}


def test_turn_is_off_until_it_is_set() -> None:
    assert load({}).turn_urls == ()
    config = load(TURN | {"VISAVIS_TURN_HOURS": "24"})
    assert config.turn_urls == (
        "turn:turn.test",
        "turn:192.0.2.1:3478?transport=tcp",
        "turns:[2001:db8::1]",
    )
    assert (config.turn_secret, config.turn_hours) == ("sixteen letters!", 24)
    assert config.turn_secret not in repr(config)


@pytest.mark.parametrize("missing", TURN)
def test_half_set_turn_is_refused_by_the_name_of_what_is_missing(missing: str) -> None:
    with pytest.raises(ConfigError, match=f"half set: {missing}"):
        load({name: value for name, value in TURN.items() if name != missing})


@pytest.mark.parametrize(
    "url",
    [
        "turn.test",
        "https://turn.test",
        "stun:turn.test",
        "turn://turn.test",
        "turn:turn.test:0",
        "turn:turn.test:65536",
        "turn:turn.test:port",
        "turn:turn.test?transport=tls",
        "turns:turn.test?transport=udp",
        "turn:user@turn.test",
        "turn:",
        "turn:turn.test turn:other.test",
    ],
)
def test_address_that_a_browser_would_not_take_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="VISAVIS_TURN_URLS"):
        load(TURN | {"VISAVIS_TURN_URLS": f"turn:turn.test,{url}"})


@pytest.mark.parametrize(
    ("variable", "value"),
    [("VISAVIS_TURN_SECRET", "short"), ("VISAVIS_TURN_HOURS", "1"), ("VISAVIS_TURN_HOURS", "x")],
)
def test_impossible_turn_setting_is_refused(variable: str, value: str) -> None:
    with pytest.raises(ConfigError, match=variable):
        load(TURN | {variable: value})


def test_pages_of_the_public_url_may_speak_to_us() -> None:
    behind_proxy = load(
        {"VISAVIS_HTTP_BIND": "0.0.0.0:8080", "VISAVIS_PUBLIC_URL": "https://v.example/"}
    )
    assert behind_proxy.origins == {"https://v.example"}
    local = load({"VISAVIS_ORIGINS": "http://localhost:5173"}).origins
    assert local == {
        "http://localhost:8080",
        "http://127.0.0.1:8080",
        "http://localhost:5173",
    }
    assert "http://[::1]:8080" in load({"VISAVIS_HTTP_BIND": "[::1]:8080"}).origins


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("VISAVIS_HTTP_BIND", "8080"),
        ("VISAVIS_HTTP_BIND", "127.0.0.1:0"),
        ("VISAVIS_HTTP_BIND", "127.0.0.1:http"),
        ("VISAVIS_PUBLIC_URL", "visavis.example"),
        ("VISAVIS_PUBLIC_URL", "ftp://visavis.example"),
        ("VISAVIS_SFU_URL", "127.0.0.1:8081"),
        ("VISAVIS_SFU_PORT", "many"),
        ("VISAVIS_LINK_DAYS", "0"),
        ("VISAVIS_LINK_DAYS", "-1"),
        ("VISAVIS_TRUST_PROXY", "perhaps"),
        ("VISAVIS_LOG_LEVEL", "loud"),
        ("VISAVIS_ORIGINS", "localhost"),
        ("VISAVIS_REGISTRATION", "anyone"),
        ("VISAVIS_REGION", "Italy"),
    ],
)
def test_impossible_value_is_refused_by_the_name_of_its_variable(variable: str, value: str) -> None:
    with pytest.raises(ConfigError, match=variable):
        load({variable: value})


@pytest.mark.parametrize(
    "text",
    ["control = 1", "[control", "[control]\nport = 1\n", "[control]\nlink_days = true\n"],
)
def test_wrong_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"visavis\.toml"):
        load({}, write(tmp_path, text))


def test_missing_file_counts_as_empty(tmp_path: Path) -> None:
    assert load({}, tmp_path / "visavis.toml") == load({})


def test_new_accounts_need_an_invitation_until_it_is_said_otherwise(tmp_path: Path) -> None:
    file = write(tmp_path, '[control]\nregistration = "closed"\nregion = "de"\n')
    assert load({}).registration == "invite"
    assert load({}, registration="open").registration == "open"
    assert load({}, file, registration="open").registration == "closed"
    assert load({"VISAVIS_REGISTRATION": "open"}, file).registration == "open"
    assert (load({}).region, load({}, file).region) == ("IT", "DE")


def test_lists_may_be_written_as_lists_in_the_file(tmp_path: Path) -> None:
    text = '[control]\nextra_origins = ["http://a.test", "http://b.test/"]\n'
    assert load({}, write(tmp_path, text)).extra_origins == ("http://a.test", "http://b.test")
