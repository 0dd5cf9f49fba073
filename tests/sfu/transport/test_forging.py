"""Records that somebody forges from the browser's own address, in the middle of its handshake."""

from __future__ import annotations

import pytest

from sfu.transport import AddressChecked, Certificate, KeysDerived, TransportClosed
from sfu.transport.dtls import MAX_HANDSHAKE_BYTES, MAX_SEALED
from sfu.transport.records import renumber, split_records
from tests.sfu.transport.visit import CERTIFICATE, CLIENT_HELLO, SERVER_HELLO, Visit, starts_with
from tests.support.browser import VirtualBrowser
from tests.support.network import LEFT_ADDRESS


def clear(kind: int, body: bytes, number: int = 5, epoch: int = 0) -> bytes:
    """Write a record as anybody can."""
    head = bytes((kind, 0xFE, 0xFD)) + epoch.to_bytes(2, "big") + number.to_bytes(6, "big")
    return head + len(body).to_bytes(2, "big") + body


def message(kind: int, number: int, body: bytes) -> bytes:
    size = len(body).to_bytes(3, "big")
    return bytes((kind,)) + size + number.to_bytes(2, "big") + bytes(3) + size + body


def another_hello(certificate: Certificate) -> list[bytes]:
    """The ClientHello of some other browser, in its two datagrams."""
    other = Visit(certificate, VirtualBrowser(seed=2))
    other.connect()
    return other.tapped(starts_with(CLIENT_HELLO))


def numbered(record: bytes, message_seq: int) -> bytes:
    return record[:17] + message_seq.to_bytes(2, "big") + record[19:]


FORGED = {
    "ChangeCipherSpec": clear(20, b"\x01"),
    "ChangeCipherSpec far ahead": clear(20, b"\x01", 2**48 - 1),
    "ChangeCipherSpec of no kind": clear(20, b"\x02"),
    "a byte of handshake": clear(22, b"\x01"),
    "an empty ClientHello again": clear(22, message(CLIENT_HELLO, 1, b"")),
    "half a header": clear(22, message(CERTIFICATE, 1, b"")[:7]),
    "less than it says": clear(22, message(CERTIFICATE, 1, bytes(40))[:-1]),
    "more than it says": clear(22, message(CERTIFICATE, 1, b"") + b"\x00"),
    "a message of a server": clear(22, message(SERVER_HELLO, 1, bytes(40))),
    "a key exchange too early": clear(22, message(16, 1, bytes(40))),
    "a Finished in the clear": clear(22, message(20, 4, bytes(12))),
    "an encrypted Finished": clear(22, bytes(48), epoch=1),
    "encrypted data": clear(23, bytes(48), epoch=1),
    "an alert": clear(21, b"\x02\x28"),
}


def test_transport_survives_forged_alerts_and_garbage_in_the_handshake(visit: Visit) -> None:
    """Anybody can forge a source address; only what is authenticated may end a connection."""
    alert = bytes.fromhex("15fefd0000000000000099 0002 0228")  # fatal, handshake_failure
    cut_record = bytes.fromhex("16fefd00000000000000000fff01")
    visit.link.run_until(lambda: visit.has(AddressChecked))
    for forged in (alert, cut_record, alert):
        visit.transport.receive_datagram(forged, LEFT_ADDRESS, visit.now)
    visit.link.run_until(lambda: bool(visit.tapped(starts_with(SERVER_HELLO))))
    visit.transport.receive_datagram(alert, LEFT_ADDRESS, visit.now)

    assert visit.connect() <= 0.2


def test_transport_forgets_a_garbled_client_hello(certificate: Certificate) -> None:
    visit = Visit(certificate)
    visit.link.run_until(lambda: visit.has(AddressChecked))
    body = bytes.fromhex("0100002000000000000000 20".replace(" ", "")) + b"\xff" * 32
    garbled = bytes.fromhex("16fefd0000000000000000") + len(body).to_bytes(2, "big") + body
    visit.transport.receive_datagram(garbled, LEFT_ADDRESS, visit.now)

    assert visit.connect() <= 0.2


def test_transport_forgets_a_client_hello_that_never_ends(visit: Visit) -> None:
    visit.link.run_until(lambda: visit.has(AddressChecked))
    for n in range(200):
        piece = b"\x01\x00\x3f\xff\x00\x00" + (n * 75).to_bytes(3, "big") + b"\x00\x03\xe8"
        visit.transport.receive_datagram(clear(22, piece + bytes(1000)), LEFT_ADDRESS, visit.now)

    assert visit.connect() <= 0.2


@pytest.mark.parametrize("after", ["check", "half of ClientHello", "ServerHello"])
@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_nobody_ends_a_handshake_by_a_forged_record_each_millisecond(
    certificate: Certificate, forged: bytes, after: str
) -> None:
    visit = Visit(certificate)
    began = {
        "check": lambda: visit.has(AddressChecked),
        "half of ClientHello": lambda: bool(visit.tapped(starts_with(CLIENT_HELLO))),
        "ServerHello": lambda: bool(visit.tapped(starts_with(SERVER_HELLO))),
    }[after]
    visit.link.run_until(began)
    forge_until_connected(visit, [forged])


@pytest.mark.parametrize("message_seq", [0, 1, 2, 3])
def test_nobody_ends_an_answered_handshake_by_another_client_hello(
    certificate: Certificate, message_seq: int
) -> None:
    hello = [numbered(part, message_seq) for part in another_hello(certificate)]
    visit = Visit(certificate)
    visit.link.run_until(lambda: bool(visit.tapped(starts_with(SERVER_HELLO))))
    forge_until_connected(visit, hello)


def test_garbled_client_hellos_without_end_keep_nobody_out(certificate: Certificate) -> None:
    garbled = clear(22, message(CLIENT_HELLO, 0, b"\xff" * 32))
    visit = Visit(certificate)
    visit.link.run_until(lambda: visit.has(AddressChecked))
    for _ in range(100):
        visit.transport.receive_datagram(garbled, LEFT_ADDRESS, visit.now)
    assert visit.connect() <= 0.2


def forge_until_connected(visit: Visit, forged: list[bytes]) -> None:
    """Let somebody send these each millisecond from the browser's own address."""
    for _ in range(200):
        if visit.browser.connected and visit.has(KeysDerived):
            return
        for datagram in forged:
            visit.transport.receive_datagram(datagram, LEFT_ADDRESS, visit.now)
        visit.link.run(0.001)
    raise AssertionError("no handshake within 0.2 s")


def second_flight(visit: Visit) -> list[bytes]:
    """Let the browser answer our flight; return its records, which we did not get."""
    held: list[bytes] = []

    def hold(data: bytes) -> bool:
        if not starts_with(CERTIFICATE)(data) or held:
            return False
        held.append(data)
        return True

    visit.link.path.drop = hold
    visit.link.run_until(lambda: bool(held))
    return list(split_records(held[0]))


def test_the_end_of_a_handshake_may_come_before_its_middle(visit: Visit) -> None:
    *messages, cipher_change, finished = second_flight(visit)
    for record in (finished, cipher_change, *messages):
        visit.transport.receive_datagram(record, LEFT_ADDRESS, visit.now)
    assert visit.has(KeysDerived)


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_nobody_ends_a_handshake_by_records_between_its_last_ones(
    visit: Visit, forged: bytes
) -> None:
    sealed = FORGED["an encrypted Finished"]
    for record in second_flight(visit):
        for datagram in (forged, sealed, forged, record):
            visit.transport.receive_datagram(datagram, LEFT_ADDRESS, visit.now)
    assert visit.has(KeysDerived)
    assert not visit.has(TransportClosed)


def test_a_repeated_half_numbered_far_ahead_outdates_nothing(visit: Visit) -> None:
    visit.link.run_until(lambda: bool(visit.tapped(starts_with(CLIENT_HELLO))))
    half = visit.tapped(starts_with(CLIENT_HELLO))[0]
    visit.transport.receive_datagram(renumber(half, 2**48 - 1), LEFT_ADDRESS, visit.now)
    assert visit.connect() <= 0.2


def test_what_somebody_forges_is_not_kept_without_bounds(visit: Visit) -> None:
    visit.link.run_until(lambda: bool(visit.tapped(starts_with(SERVER_HELLO))))
    dtls = visit.transport._dtls
    for n in range(5_000):
        piece = b"\x0b\x00\x3f\xff\x00\x01" + n.to_bytes(3, "big") + b"\x00\x00\x01x"
        for datagram in (clear(22, piece), clear(22, bytes(48), n, epoch=1)):
            visit.transport.receive_datagram(datagram, LEFT_ADDRESS, visit.now)
        assert len(dtls._seen) <= MAX_HANDSHAKE_BYTES / len(piece)
        assert len(dtls._sealed) <= MAX_SEALED
