"""Peers found by every name they have, and under none once they are gone."""

from __future__ import annotations

import pytest

from sfu.base.credentials import IceCredentials
from sfu.engine.directory import Directory
from sfu.engine.peer import Peer
from sfu.messages import PeerClosedReason
from tests.sfu.engine.fakes import ADDRESS, FakeCore, FakeTransport, make_peer

OTHER = ("192.0.2.1", 40_001, 0)


def peer(number: int) -> Peer:
    transport = FakeTransport()
    pairs = (f"first{number}", f"spare{number}")
    transport.credentials = tuple(IceCredentials(ufrag, "p" * 24) for ufrag in pairs)
    return make_peer(FakeCore(), transport, number=number)


@pytest.fixture
def directory() -> Directory:
    return Directory()


def test_peer_is_found_by_its_first_and_its_spare_ufrag(directory: Directory) -> None:
    one, two = peer(1), peer(2)
    directory.add(one)
    directory.add(two)
    assert directory.by_ufrag("first1") is one
    assert directory.by_ufrag("spare2") is two
    assert directory.by_ufrag("spare3") is None
    assert directory.by_ufrag(None) is None


def test_address_belongs_to_whoever_checked_it_last(directory: Directory) -> None:
    one, two = peer(1), peer(2)
    directory.admit(ADDRESS, one)
    directory.admit(ADDRESS, two)
    assert directory.by_address(ADDRESS) is two
    directory.expel(ADDRESS, one)  # no longer its own
    assert directory.by_address(ADDRESS) is two
    directory.expel(ADDRESS, two)
    assert directory.by_address(ADDRESS) is None


def test_removed_peer_is_found_by_no_name_and_others_stay(directory: Directory) -> None:
    one, two = peer(1), peer(2)
    for each, address in ((one, ADDRESS), (two, OTHER)):
        directory.add(each)
        directory.admit(address, each)
    directory.remove(one)
    assert one.id not in directory
    assert directory.by_ufrag("spare1") is None
    assert directory.by_address(ADDRESS) is None
    assert list(directory) == [two]
    assert directory.by_address(OTHER) is two


def test_closed_peer_is_still_there_but_not_open(directory: Directory) -> None:
    one = peer(1)
    directory.add(one)
    assert directory.open(one.id) is one
    one.close(PeerClosedReason.LEFT, 1.0)
    assert directory.open(one.id) is None
    assert directory[one.id] is one
    assert directory.open("nobody") is None


def test_directory_may_shrink_while_it_is_walked(directory: Directory) -> None:
    for number in range(3):
        directory.add(peer(number))
    for each in directory:
        directory.remove(each)
    assert len(directory) == 0


def test_coming_and_going_of_addresses_is_counted_and_moving_is_neither(
    directory: Directory,
) -> None:
    one, two = peer(1), peer(2)
    for each in (one, two):
        directory.add(each)
    directory.admit(ADDRESS, one)
    directory.admit(ADDRESS, one)
    directory.admit(ADDRESS, two)
    directory.admit(OTHER, two)
    assert (directory.admissions, directory.expulsions) == (2, 0)
    assert set(directory.addresses) == {ADDRESS, OTHER}
    directory.expel(ADDRESS, one)  # no longer its own
    directory.remove(two)
    assert (directory.admissions, directory.expulsions) == (2, 2)
    assert not directory.addresses


def test_answer_is_expected_from_one_address_of_a_peer_at_a_time(directory: Directory) -> None:
    one = peer(1)
    directory.add(one)
    directory.ask(ADDRESS, one)
    directory.ask(OTHER, one)
    assert (directory.asked(ADDRESS), directory.asked(OTHER)) == (None, one)
    assert set(directory.addresses) == {OTHER}, "the socket's filter lets the answer in"
    assert (directory.admissions, directory.expulsions) == (2, 1)
    assert directory.by_address(OTHER) is None, "it is not the peer's yet"
    directory.remove(one)
    assert not directory.addresses
