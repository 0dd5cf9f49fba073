"""Checks of our own: what is asked, how often, and which answer counts."""

from __future__ import annotations

import pytest
from aioice import stun

from sfu.base.address import Address
from sfu.base.credentials import IceCredentials
from sfu.transport.binding import Binding, is_response
from sfu.transport.inquiry import SENT_AFTER_S, Inquiry

OURS = IceCredentials("ours", "o" * 32)
THEIRS = IceCredentials("theirs", "t" * 24)
THERE: Address = ("203.0.113.7", 41_000, 0)
ELSEWHERE: Address = ("192.0.2.1", 40_000, 0)


@pytest.fixture
def inquiry() -> Inquiry:
    made = Inquiry(Binding(OURS, THEIRS))
    made.begin(THERE, 10.0)
    return made


def asked(inquiry: Inquiry, now: float = 10.0) -> stun.Message:
    sent = inquiry.poll(now)
    assert sent is not None
    data, addr = sent
    assert addr == THERE
    return stun.parse_message(data)


def answer(request: stun.Message, pwd: str = THEIRS.pwd) -> bytes:
    response = stun.Message(
        stun.Method.BINDING, stun.Class.RESPONSE, transaction_id=request.transaction_id
    )
    response.add_message_integrity(pwd.encode())
    return bytes(response)


def test_inquiry_asks_as_the_controlled_side_in_both_names(inquiry: Inquiry) -> None:
    request = asked(inquiry)
    assert request.attributes["USERNAME"] == "theirs:ours"
    assert "ICE-CONTROLLED" in request.attributes
    assert "FINGERPRINT" in request.attributes
    assert request.check_message_integrity(THEIRS.pwd.encode())


def test_inquiry_repeats_itself_and_gives_up(inquiry: Inquiry) -> None:
    at, sent = 10.0, []
    while (due := inquiry.next_timeout()) is not None:
        assert due >= at
        assert inquiry.poll(due - 0.001) is None
        sent.append(inquiry.poll(at := due))
    assert len(sent) == len(SENT_AFTER_S)
    assert len(set(sent)) == 1
    assert at == 10.0 + SENT_AFTER_S[-1]


def test_inquiry_takes_an_answer_once_and_asks_no_more(inquiry: Inquiry) -> None:
    data = answer(asked(inquiry))
    assert is_response(data)
    assert inquiry.receive_response(data, THERE)
    assert inquiry.next_timeout() is None
    assert not inquiry.receive_response(data, THERE)


def test_inquiry_believes_no_answer_from_elsewhere_nor_any_after_it(inquiry: Inquiry) -> None:
    data = answer(asked(inquiry))
    assert not inquiry.receive_response(data, ELSEWHERE)
    assert not inquiry.receive_response(data, THERE)


def test_inquiry_ignores_what_is_forged_and_goes_on(inquiry: Inquiry) -> None:
    request = asked(inquiry)
    unknown = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE)
    unsigned = stun.Message(
        stun.Method.BINDING, stun.Class.RESPONSE, transaction_id=request.transaction_id
    )
    forged = [answer(unknown), answer(request, "x" * 24), bytes(unsigned), b"\x01\x01", b""]
    forged += [answer(request)[:-1], answer(request) + bytes(1500)]
    assert not any(inquiry.receive_response(data, THERE) for data in forged)
    assert inquiry.receive_response(answer(request), THERE)


def test_inquiry_of_a_newer_address_ends_that_of_the_older(inquiry: Inquiry) -> None:
    data = answer(asked(inquiry))
    inquiry.begin(ELSEWHERE, 11.0)
    assert not inquiry.receive_response(data, THERE)
