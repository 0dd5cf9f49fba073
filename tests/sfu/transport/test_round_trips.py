"""Round trips by connectivity checks of our own: which answers count, and how long they took."""

from __future__ import annotations

import pytest
from aioice import stun

from sfu.base.address import Address
from sfu.base.credentials import IceCredentials
from sfu.transport.binding import Binding
from sfu.transport.round_trips import MAX_OPEN, RoundTrips

OURS = IceCredentials("ours", "o" * 32)
THEIRS = IceCredentials("theirs", "t" * 24)
THERE: Address = ("203.0.113.7", 41_000, 0)
ELSEWHERE: Address = ("192.0.2.1", 40_000, 0)


def answer(request: bytes, pwd: str = THEIRS.pwd) -> bytes:
    asked = stun.parse_message(request)
    response = stun.Message(
        stun.Method.BINDING, stun.Class.RESPONSE, transaction_id=asked.transaction_id
    )
    response.add_message_integrity(pwd.encode())
    return bytes(response)


@pytest.fixture
def trips() -> RoundTrips:
    return RoundTrips(Binding(OURS, THEIRS))


def test_each_answer_tells_how_long_its_own_request_was_under_way(trips: RoundTrips) -> None:
    first, second = trips.request(THERE, 10.0), trips.request(THERE, 10.15)
    assert trips.receive_response(answer(second), THERE, 10.2)
    assert trips.receive_response(answer(first), THERE, 10.3)
    assert trips.take() == [pytest.approx(0.05), pytest.approx(0.3)]
    assert trips.take() == []


def test_an_answer_counts_once(trips: RoundTrips) -> None:
    data = answer(trips.request(THERE, 10.0))
    assert trips.receive_response(data, THERE, 10.1)
    assert not trips.receive_response(data, THERE, 10.4)
    assert len(trips.take()) == 1


def test_no_answer_from_elsewhere_or_of_others_counts(trips: RoundTrips) -> None:
    request = trips.request(THERE, 10.0)
    unknown = bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST))
    assert not trips.receive_response(answer(request), ELSEWHERE, 10.1)
    forged = (answer(request, "x" * 24), answer(unknown), answer(request)[:-1], b"\x01\x01", b"")
    assert not any(trips.receive_response(data, THERE, 10.1) for data in forged)
    assert trips.take() == []
    assert trips.receive_response(answer(request), THERE, 10.2), "and the true one still does"


def test_a_peer_that_never_answers_costs_no_more_and_more(trips: RoundTrips) -> None:
    requests = [trips.request(THERE, 10.0 + n) for n in range(MAX_OPEN + 1)]
    assert not trips.receive_response(answer(requests[0]), THERE, 50.0)
    assert all(trips.receive_response(answer(each), THERE, 50.0) for each in requests[1:])
