"""Settings: defaults that work, the environment over the file, errors that say what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from sfu.config import Config, load
from sfu.errors import ConfigError

TOKEN = "0123456789abcdef"
SET = {"VISAVIS_SFU_TOKEN": TOKEN}


def test_token_alone_is_enough() -> None:
    assert load(SET) == Config(token=TOKEN)


def test_defaults_are_those_of_the_documentation() -> None:
    config = load(SET)
    assert (config.api_host, config.api_port, config.media_port) == ("127.0.0.1", 8081, 50000)
    assert config.announce == ()
    assert config.media_tcp
    assert config.receive_buffer_bytes == 4 * 1024 * 1024
    assert (config.max_rooms, config.max_half_open_peers) == (1000, 200)
    assert config.drain_s == 3600
    assert (config.native, config.log_level) == ("auto", "INFO")


@pytest.mark.parametrize("token", ["", "short"])
def test_missing_or_short_token_is_refused_in_words(token: str) -> None:
    with pytest.raises(ConfigError, match="VISAVIS_SFU_TOKEN must be set to at least 16"):
        load({"VISAVIS_SFU_TOKEN": token})


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "visavis.toml"
    file.write_text('[sfu]\nmedia_port = 50001\napi_port = 9000\nannounce = ["192.0.2.1"]\n')
    config = load(SET | {"VISAVIS_MEDIA_PORT": "50002"}, file)
    assert (config.media_port, config.api_port) == (50002, 9000)
    assert config.announce == ("192.0.2.1",)


def test_missing_file_counts_as_empty(tmp_path: Path) -> None:
    assert load(SET, tmp_path / "visavis.toml") == load(SET)


def test_other_planes_tables_in_the_file_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "visavis.toml"
    file.write_text("[control]\nport = 1\n")
    assert load(SET, file) == load(SET)


def test_addresses_are_listed_with_commas() -> None:
    config = load(SET | {"VISAVIS_ANNOUNCE": "198.51.100.7, 2001:DB8::7"})
    assert config.announce == ("198.51.100.7", "2001:db8::7")


def test_address_behind_nat_is_named_with_its_local_one(tmp_path: Path) -> None:
    public = "198.51.100.7 = 10.0.0.7,10.0.0.7, 2001:db8::7=fd00:0::7"
    expected = ("198.51.100.7=10.0.0.7", "10.0.0.7", "2001:db8::7=fd00::7")
    assert load(SET | {"VISAVIS_ANNOUNCE": public}).announce == expected
    file = tmp_path / "visavis.toml"
    file.write_text(f"[sfu]\nannounce = {public.split(',')}\n")
    assert load(SET, file).announce == expected


@pytest.mark.parametrize(("value", "means"), [("0", False), ("false", False), ("1", True)])
def test_media_over_tcp_is_a_switch(value: str, means: bool) -> None:
    assert load(SET | {"VISAVIS_MEDIA_TCP": value}).media_tcp is means


def test_media_over_tcp_is_a_boolean_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "visavis.toml"
    file.write_text("[sfu]\nmedia_tcp = false\n")
    assert not load(SET, file).media_tcp


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("VISAVIS_MEDIA_PORT", "65536", "from 0 to 65535, not 65536"),
        ("VISAVIS_SFU_PORT", "http", "VISAVIS_SFU_PORT .* must be a whole number"),
        ("VISAVIS_ANNOUNCE", "example.org", "example.org is not an IP address"),
        ("VISAVIS_ANNOUNCE", "0.0.0.0", "must not be 0.0.0.0"),
        ("VISAVIS_ANNOUNCE", "::", "must not be ::"),
        ("VISAVIS_ANNOUNCE", "fe80::7%eth0", "must not be fe80::7%eth0: an address with a zone"),
        ("VISAVIS_ANNOUNCE", "192.0.2.1=", ": nothing is not an IP address"),
        ("VISAVIS_ANNOUNCE", "192.0.2.1=eth0", "eth0 is not an IP address"),
        ("VISAVIS_ANNOUNCE", "192.0.2.1=0.0.0.0", "must not be 0.0.0.0"),
        ("VISAVIS_ANNOUNCE", "192.0.2.1=fd00::1", "192.0.2.1=fd00::1 mixes IPv4 and IPv6"),
        ("VISAVIS_ANNOUNCE", "192.0.2.1,192.0.2.1=10.0.0.1", "names 192.0.2.1 twice"),
        ("VISAVIS_MEDIA_TCP", "maybe", "one of 0, 1, false, true, not maybe"),
        ("VISAVIS_RECEIVE_BUFFER_BYTES", "10", "from 65536"),
        ("VISAVIS_MAX_ROOMS", "0", "VISAVIS_MAX_ROOMS .* must be a whole number from 1 to"),
        ("VISAVIS_MAX_HALF_OPEN_PEERS", "many", "from 1 to 100000, not many"),
        ("VISAVIS_LOG_LEVEL", "loud", "one of DEBUG, INFO, WARNING, ERROR, not loud"),
        ("SFU_NATIVE", "yes", "one of require, auto, off, not yes"),
    ],
)
def test_bad_value_is_refused_by_name(variable: str, value: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        load(SET | {variable: value})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[sfu", "visavis.toml is not valid TOML"),
        ("sfu = 3", "must be a table"),
        ("[sfu]\nmedia_prot = 1", "no setting media_prot"),
        ("[sfu]\nannounce = 5", "must be a list of IP addresses"),
        ("[sfu]\nmedia_port = true", "VISAVIS_MEDIA_PORT .media_port in visavis.toml. must be"),
        ("[sfu]\nmedia_port = 1.5", "must be a whole number from 0 to 65535, not 1.5"),
        ("[sfu]\nmedia_tcp = []", "must be one of 0, 1, false, true"),
        ("[sfu]\napi_host = 5", "VISAVIS_SFU_HOST .api_host in visavis.toml. is wrong"),
    ],
)
def test_bad_file_is_refused_in_words(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "visavis.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=says):
        load(SET, file)


def test_errors_never_repeat_the_token() -> None:
    with pytest.raises(ConfigError) as caught:
        load({"VISAVIS_SFU_TOKEN": "secret-but-shrt"})
    assert "secret" not in str(caught.value)


def test_shown_settings_hide_the_token() -> None:
    assert TOKEN not in repr(load(SET))


def test_error_of_a_value_names_variable_and_setting_in_one_sentence() -> None:
    with pytest.raises(ConfigError) as caught:
        load(SET | {"VISAVIS_ANNOUNCE": "example.org"})
    expected = "VISAVIS_ANNOUNCE (announce in visavis.toml): example.org is not an IP address"
    assert str(caught.value) == expected


def test_file_that_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(SET, tmp_path)


def test_settings_made_by_hand_do_not_look_at_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VISAVIS_MEDIA_PORT", "50009")
    monkeypatch.setenv("media_port", "50009")
    assert Config(token=TOKEN).media_port == 50000
    assert load(SET).media_port == 50000


def test_empty_variable_counts_as_unset(tmp_path: Path) -> None:
    file = tmp_path / "visavis.toml"
    file.write_text("[sfu]\nmedia_port = 50001\n")
    assert load(SET | {"VISAVIS_MEDIA_PORT": ""}, file).media_port == 50001


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        load(SET).media_port = 1
