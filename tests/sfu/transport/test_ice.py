"""ICE-lite: which checks are answered, and what they move."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from aioice import stun
from hypothesis import given, settings
from hypothesis import strategies as st

from sfu.base.credentials import IceCredentials
from sfu.transport.ice import (
    KEPT_TRANSACTIONS,
    MAX_CHECKED_ADDRESSES,
    CheckAnswered,
    IceLite,
    peek_username,
)

MAIN = IceCredentials("mainufrag", "m" * 32)
SPARE = IceCredentials("spareufrag", "s" * 32)
HOME = ("192.0.2.1", 40_000, 0)
CAFE = ("203.0.113.7", 41_000, 0)
HOME_V6 = ("2001:db8::1", 40_000, 1)


def make_check(
    credentials: IceCredentials = MAIN,
    *,
    nominate: bool = False,
    priority: int = 1,
    role: str = "ICE-CONTROLLING",
    pwd: str | None = None,
    username: str | None = None,
) -> bytes:
    attributes: dict[str, Any] = {
        "USERNAME": username if username is not None else f"{credentials.ufrag}:theirs",
        "PRIORITY": priority,
        role: 7,
    }
    if nominate:
        attributes["USE-CANDIDATE"] = None
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes=attributes)
    request.add_message_integrity((pwd or credentials.pwd).encode())
    return bytes(request)


@pytest.fixture
def ice() -> IceLite:
    return IceLite((MAIN, SPARE))


def answered(ice: IceLite, data: bytes, addr: Any = HOME, now: float = 1.0) -> CheckAnswered:
    answer = ice.receive_check(data, addr, now)
    assert answer is not None
    return answer


@pytest.mark.parametrize("addr", [HOME, HOME_V6])
def test_ice_answers_a_check_with_the_address_it_came_from(
    ice: IceLite, addr: tuple[str, int, int]
) -> None:
    check = make_check()

    response = stun.parse_message(answered(ice, check, addr).response)

    assert response.message_class == stun.Class.RESPONSE
    assert response.transaction_id == check[8:20]
    assert response.attributes["XOR-MAPPED-ADDRESS"] == addr[:2]
    assert response.check_message_integrity(MAIN.pwd.encode())
    assert "FINGERPRINT" in response.attributes


def test_ice_answers_a_repeated_check_from_where_it_came_first_alone(ice: IceLite) -> None:
    check = make_check(nominate=True)
    answered(ice, check, HOME, 1.0)
    assert ice.receive_check(check, CAFE, 2.0) is None
    assert ice.selected == HOME
    assert not ice.is_checked(CAFE)
    assert ice.last_check_at == 1.0
    assert answered(ice, check, HOME, 3.0).checked


def test_ice_knows_the_last_checks_again_and_forgets_older_ones(ice: IceLite) -> None:
    checks = [make_check() for _ in range(KEPT_TRANSACTIONS + 1)]
    for check in checks:
        answered(ice, check, HOME, 1.0)
    assert [ice.receive_check(check, CAFE, 2.0) for check in checks[1:]] == [None] * (
        KEPT_TRANSACTIONS
    )
    assert answered(ice, checks[0], CAFE, 3.0).checked


def test_ice_holds_no_more_the_longer_it_is_checked(ice: IceLite) -> None:
    def check_often() -> None:
        for number in range(KEPT_TRANSACTIONS):
            answered(ice, make_check(), (HOME[0], int(str(HOME[1])), 0), float(number))

    check_often()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        check_often()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 4096


def test_ice_leaves_the_zone_of_a_link_local_address_out(ice: IceLite) -> None:
    response = stun.parse_message(answered(ice, make_check(), ("fe80::1%eth0", 5, 0)).response)

    assert response.attributes["XOR-MAPPED-ADDRESS"] == ("fe80::1", 5)


def test_ice_is_silent_to_a_wrong_password(ice: IceLite) -> None:
    assert ice.receive_check(make_check(pwd="x" * 32), HOME, 1.0) is None
    assert not ice.is_checked(HOME)
    assert ice.last_check_at is None


@pytest.mark.parametrize("username", ["stranger:theirs", "", ":", "mainufra:theirs"])
def test_ice_is_silent_to_an_unknown_ufrag(ice: IceLite, username: str) -> None:
    assert ice.receive_check(make_check(username=username), HOME, 1.0) is None


def test_ice_is_silent_to_a_check_without_integrity(ice: IceLite) -> None:
    request = stun.Message(
        stun.Method.BINDING, stun.Class.REQUEST, attributes={"USERNAME": "mainufrag:theirs"}
    )
    request.add_fingerprint()

    assert ice.receive_check(bytes(request), HOME, 1.0) is None


def test_ice_is_silent_to_a_check_without_fingerprint(ice: IceLite) -> None:
    check = make_check()
    without = stun.set_body_length(check[:-8], len(check) - 8 - stun.HEADER_LENGTH)

    assert stun.parse_message(without).check_message_integrity(MAIN.pwd.encode())
    assert ice.receive_check(without, HOME, 1.0) is None


def test_ice_is_silent_to_a_foreign_magic_cookie(ice: IceLite) -> None:
    """RFC 3489 had no cookie, and aioice would take anything in its place."""
    request = bytearray(make_check())
    del request[-32:]  # MESSAGE-INTEGRITY and FINGERPRINT are made anew, over another cookie
    request[4:8] = b"\0\0\0\0"
    integrity = stun.message_integrity(bytes(request), MAIN.pwd.encode())
    request += bytes.fromhex("00080014") + integrity
    fingerprint = stun.message_fingerprint(bytes(request))
    request += bytes.fromhex("80280004") + fingerprint.to_bytes(4, "big")
    foreign = stun.set_body_length(bytes(request), len(request) - stun.HEADER_LENGTH)
    assert stun.parse_message(foreign).check_message_integrity(MAIN.pwd.encode())

    assert ice.receive_check(foreign, HOME, 1.0) is None


@pytest.mark.parametrize("kind", [stun.Class.INDICATION, stun.Class.RESPONSE, stun.Class.ERROR])
def test_ice_is_silent_to_anything_but_requests(ice: IceLite, kind: stun.Class) -> None:
    message = stun.Message(stun.Method.BINDING, kind, attributes={"USERNAME": "mainufrag:theirs"})
    message.add_message_integrity(MAIN.pwd.encode())

    assert ice.receive_check(bytes(message), HOME, 1.0) is None


def test_ice_ignores_a_nomination_behind_the_integrity(ice: IceLite) -> None:
    """Attributes behind MESSAGE-INTEGRITY are anybody's (RFC 8489, section 14.5)."""
    check = make_check()[:-8]
    smuggled = check + bytes.fromhex("00250000")
    smuggled = stun.set_body_length(smuggled, len(smuggled) + 8 - stun.HEADER_LENGTH)
    fingerprint = stun.message_fingerprint(smuggled)
    smuggled += bytes.fromhex("80280004") + fingerprint.to_bytes(4, "big")

    ice.receive_check(smuggled, HOME, 1.0)

    assert ice.selected is None


@settings(deadline=None)  # the machine may be busy
@given(data=st.binary(max_size=200))
def test_ice_never_raises_on_garbage(data: bytes) -> None:
    assert IceLite((MAIN,)).receive_check(data, HOME, 1.0) is None
    peek_username(data)


@settings(deadline=None)  # the machine may be busy
@given(body=st.binary(max_size=120))
def test_ice_never_raises_on_garbage_behind_a_right_header(body: bytes) -> None:
    data = b"\x00\x01" + len(body).to_bytes(2, "big") + bytes.fromhex("2112a442") + bytes(12) + body

    assert IceLite((MAIN,)).receive_check(data, HOME, 1.0) is None
    peek_username(data)


@settings(deadline=None)  # the machine may be busy
@given(kind=st.sampled_from(sorted(stun.ATTRIBUTES_BY_TYPE)), value=st.binary(max_size=24))
def test_ice_never_raises_on_an_attribute_of_a_wrong_length(kind: int, value: bytes) -> None:
    attribute = kind.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value
    attribute += bytes(-len(value) % 4)
    header = b"\x00\x01" + len(attribute).to_bytes(2, "big") + bytes.fromhex("2112a442")

    assert IceLite((MAIN,)).receive_check(header + bytes(12) + attribute, HOME, 1.0) is None


@settings(deadline=None)  # the machine may be busy
@given(position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_ice_is_silent_to_a_check_with_any_bit_changed(position: int, bit: int) -> None:
    check = bytearray(make_check())
    check[position % len(check)] ^= 1 << bit

    assert IceLite((MAIN,)).receive_check(bytes(check), HOME, 1.0) is None


def test_ice_selects_only_what_is_nominated(ice: IceLite) -> None:
    first = answered(ice, make_check())
    assert (first.checked, first.newly_selected, ice.selected) == (True, False, None)

    second = answered(ice, make_check(nominate=True))
    assert (second.checked, second.newly_selected) == (True, True)
    assert ice.selected == HOME


def test_ice_follows_the_latest_nomination(ice: IceLite) -> None:
    answered(ice, make_check(nominate=True), HOME)
    assert answered(ice, make_check(nominate=True), CAFE).newly_selected
    assert not answered(ice, make_check(), HOME).newly_selected

    assert ice.selected == CAFE
    assert ice.checked == (CAFE, HOME)


def test_ice_keeps_to_the_better_of_two_that_are_nominated_once(ice: IceLite) -> None:
    """As Firefox nominates: UDP, then TCP, which takes longer to connect."""
    answered(ice, make_check(nominate=True, priority=9), HOME)
    worse = make_check(nominate=True, priority=5)
    assert not answered(ice, worse, CAFE).newly_selected
    assert not answered(ice, worse, CAFE, 1.5).newly_selected, "sent again, it is the same"
    assert ice.selected == HOME
    assert ice.is_checked(CAFE)
    assert answered(ice, make_check(nominate=True, priority=10), HOME_V6).newly_selected


def test_ice_follows_who_nominates_a_worse_one_again(ice: IceLite) -> None:
    """As Chromium nominates the pair that it uses, after it left the other."""
    answered(ice, make_check(nominate=True, priority=9), HOME)
    answered(ice, make_check(nominate=True, priority=5), CAFE)
    answered(ice, make_check(priority=9), HOME)
    assert answered(ice, make_check(nominate=True, priority=5), CAFE).newly_selected


def test_ice_forgets_a_worse_nomination_when_the_better_one_is_nominated_again(
    ice: IceLite,
) -> None:
    answered(ice, make_check(nominate=True, priority=9), HOME)
    answered(ice, make_check(nominate=True, priority=5), CAFE)
    answered(ice, make_check(nominate=True, priority=9), HOME)
    assert not answered(ice, make_check(nominate=True, priority=5), CAFE).newly_selected


def test_ice_takes_a_worse_one_at_once_after_a_restart_and_where_nothing_is_left(
    ice: IceLite,
) -> None:
    answered(ice, make_check(nominate=True, priority=9), HOME)
    assert answered(ice, make_check(SPARE, nominate=True, priority=5), CAFE).newly_selected
    ice.forget(CAFE)
    assert answered(ice, make_check(SPARE, nominate=True, priority=1), HOME).newly_selected


def test_ice_after_a_restart_is_not_moved_back_by_a_late_old_check(ice: IceLite) -> None:
    answered(ice, make_check(MAIN, nominate=True), HOME)
    answered(ice, make_check(SPARE, nominate=True), CAFE)

    late = answered(ice, make_check(MAIN, nominate=True), HOME)

    assert not late.newly_selected
    assert ice.selected == CAFE


def test_ice_answers_each_pair_under_its_own_password(ice: IceLite) -> None:
    response = stun.parse_message(answered(ice, make_check(SPARE)).response)

    assert response.check_message_integrity(SPARE.pwd.encode())
    assert ice.receive_check(make_check(SPARE, pwd=MAIN.pwd), HOME, 1.0) is None


def test_ice_refuses_a_peer_that_calls_itself_controlled(ice: IceLite) -> None:
    answer = answered(ice, make_check(role="ICE-CONTROLLED", nominate=True))

    response = stun.parse_message(answer.response)
    assert response.message_class == stun.Class.ERROR
    assert response.error_code == 487
    assert response.check_message_integrity(MAIN.pwd.encode())
    assert ice.selected is None
    assert not ice.is_checked(HOME)


def test_ice_tells_when_consent_was_last_given(ice: IceLite) -> None:
    answered(ice, make_check(), now=5.0)
    answered(ice, make_check(), now=7.5)
    ice.receive_check(make_check(pwd="x" * 32), HOME, 9.0)

    assert ice.last_check_at == 7.5


def test_ice_forgets_the_oldest_address_but_never_the_selected_one(ice: IceLite) -> None:
    answered(ice, make_check(nominate=True), HOME)
    for port in range(MAX_CHECKED_ADDRESSES + 3):
        answered(ice, make_check(), ("203.0.113.7", port, 0))

    assert len(ice.checked) == MAX_CHECKED_ADDRESSES
    assert ice.is_checked(HOME)
    assert not ice.is_checked(("203.0.113.7", 0, 0))
    assert ice.is_checked(("203.0.113.7", MAX_CHECKED_ADDRESSES + 2, 0))


def test_ice_forgets_an_address_whose_connection_ended_even_the_selected_one(ice: IceLite) -> None:
    answered(ice, make_check(nominate=True), HOME)
    answered(ice, make_check(), CAFE)

    assert ice.forget(CAFE)
    assert (ice.checked, ice.selected) == ((HOME,), HOME)
    assert ice.forget(HOME)
    assert (ice.checked, ice.selected) == ((), None)
    assert not ice.forget(HOME)
    assert answered(ice, make_check(nominate=True), HOME).newly_selected


def test_peek_username_reads_our_ufrag() -> None:
    assert peek_username(make_check(SPARE)) == "spareufrag"
    assert peek_username(make_check(username="mainufrag:a:b")) == "mainufrag"


def test_peek_username_finds_it_behind_other_attributes() -> None:
    request = stun.Message(
        stun.Method.BINDING,
        stun.Class.REQUEST,
        attributes={"SOFTWARE": "seven b", "PRIORITY": 1, "USERNAME": "mainufrag:theirs"},
    )

    assert peek_username(bytes(request)) == "mainufrag"


def test_peek_username_of_anything_else_is_none() -> None:
    check = make_check()

    assert peek_username(b"") is None
    assert peek_username(check[:20]) is None
    assert peek_username(b"\x01\x01" + check[2:]) is None  # a response
    assert peek_username(check[:4] + bytes(4) + check[8:]) is None  # no magic cookie
    assert peek_username(make_check(username="mainufrag")) is None  # no colon
    assert peek_username(check + bytes(1500)) is None
