"""The address that limits count by."""

from __future__ import annotations

import logging

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from control.http.addresses import Addresses, client_bucket

PEER = "127.0.0.1"


def read(*lines: str, trust_proxy: bool = True, peer: str = PEER) -> str:
    headers = CIMultiDict([("X-Forwarded-For", line) for line in lines])
    request = make_mocked_request("POST", "/", headers).clone(remote=peer)
    return Addresses(trust_proxy=trust_proxy).of(request)


@pytest.mark.parametrize(
    ("text", "bucket"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("[2001:DB8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[::ffff:192.0.2.1]:80", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", None),
        ("unknown", None),
        ("_hidden", None),
        ("192.0.2.1:port", None),
        ("192.0.2.256", None),
        ("[192.0.2.1]x", None),
        ("1" * 5000, None),
    ],
)
def test_address_counts_without_port_and_ipv6_by_its_network(text: str, bucket: str | None) -> None:
    assert client_bucket(text) == bucket


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        (("192.0.2.1",), "192.0.2.1"),
        (("192.0.2.1, 192.0.2.2",), "192.0.2.2"),
        (("192.0.2.1", "192.0.2.2, 192.0.2.3:80"), "192.0.2.3"),
        (("192.0.2.1, 192.0.2.2", "[2001:db8::1]:80"), "2001:db8::/64"),
    ],
)
def test_last_of_all_lines_is_the_proxys_own_word(lines: tuple[str, ...], address: str) -> None:
    assert read(*lines) == address


@pytest.mark.parametrize("lines", [(), ("",), ("192.0.2.1, unknown",), ("192.0.2.1,", "")])
def test_what_is_no_address_falls_back_to_the_connection(lines: tuple[str, ...]) -> None:
    assert read(*lines) == PEER
    assert read(*lines, peer="2001:db8::1") == "2001:db8::/64"


def test_forwarded_address_is_not_believed_untold_and_that_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    addresses = Addresses(trust_proxy=False)
    request = make_mocked_request("POST", "/", {"X-Forwarded-For": "192.0.2.1"})
    request = request.clone(remote=PEER)
    with caplog.at_level(logging.WARNING):
        assert [addresses.of(request), addresses.of(request)] == [PEER, PEER]
        assert read(trust_proxy=False) == PEER
        assert read("192.0.2.1") == "192.0.2.1"
    (line,) = caplog.messages
    assert "VISAVIS_TRUST_PROXY" in line
    assert "192.0.2.1" not in line
    assert PEER not in line
