"""The sockets of an address: one port of both kinds, or a refusal in words."""

from __future__ import annotations

import socket

import pytest

from sfu.config import Config
from sfu.errors import ConfigError
from sfu.io.addresses import open_sockets
from sfu.io.tcp import open_listener
from tests.sfu.io.conftest import TOKEN


def test_taken_tcp_port_is_refused_in_words() -> None:
    with open_listener("127.0.0.1", 0) as taken:
        number = taken.getsockname()[1]
        config = Config(token=TOKEN, media_port=number)
        with pytest.raises(ConfigError, match=f"TCP port {number} .* VISAVIS_MEDIA_TCP=0"):
            open_sockets("127.0.0.1", config)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", number))  # closed again


def test_chosen_port_is_one_that_both_kinds_have(monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[int] = []

    def first_is_taken(address: str, port: int) -> socket.socket:
        if not refused:
            refused.append(port)
            raise OSError("taken")
        return open_listener(address, port)

    monkeypatch.setattr("sfu.io.addresses.open_listener", first_is_taken)
    sockets = open_sockets("127.0.0.1", Config(token=TOKEN, media_port=0))
    assert sockets.tcp is not None
    with sockets.udp, sockets.tcp:
        assert sockets.tcp.getsockname() == sockets.udp.getsockname()
