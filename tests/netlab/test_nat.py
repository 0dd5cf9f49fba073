"""The client's NAT, on packets made by hand; that the kernel takes them, see `test_lab`."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.netlab.nat import Nat

CLIENT, SERVER = bytes([10, 88, 0, 1]), bytes([10, 88, 0, 2])
words = st.integers(0, 0xFFFF)


def checksum(data: bytes) -> int:
    """Sum as RFC 1071 says; 0 over what carries its own right checksum."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo(packet: bytes) -> bytes:
    """What a UDP checksum covers (RFC 768)."""
    datagram = packet[20:]
    padding = b"\0" * (len(datagram) % 2)
    return packet[12:20] + struct.pack("!BBH", 0, 17, len(datagram)) + datagram + padding


def udp(source: int, destination: int, payload: bytes, *, down: bool = False) -> bytes:
    ends = SERVER + CLIENT if down else CLIENT + SERVER
    head = struct.pack("!BBHHHBBH", 0x45, 0, 28 + len(payload), 1, 0, 64, 17, 0) + ends
    datagram = struct.pack("!HHHH", source, destination, 8 + len(payload), 0) + payload
    right = checksum(pseudo(head + datagram)) or 0xFFFF
    return head + datagram[:6] + struct.pack("!H", right) + datagram[8:]


def ports(packet: bytes) -> tuple[int, int]:
    source, destination = struct.unpack_from("!HH", packet, 20)
    return source, destination


def test_until_rebound_every_packet_passes_as_it_is() -> None:
    nat = Nat()
    up, down = udp(40000, 3478, b"up"), udp(3478, 40000, b"down", down=True)
    assert nat.outbound(up) is up
    assert nat.inbound(down) is down


def test_after_rebinding_the_old_port_is_dead_and_the_new_one_leads_inside() -> None:
    nat = Nat()
    nat.rebind()
    outside, _ = ports(nat.outbound(udp(40000, 3478, b"up")))
    assert outside != 40000
    assert nat.inbound(udp(3478, 40000, b"down", down=True)) is None
    inside = nat.inbound(udp(3478, outside, b"down", down=True))
    assert inside == udp(3478, 40000, b"down", down=True)


def test_a_mapping_stays_until_the_next_rebinding() -> None:
    nat = Nat()
    seen = []
    for _ in range(2):
        nat.rebind()
        seen += [ports(nat.outbound(udp(40000, 3478, b"up")))[0] for _ in range(2)]
    assert seen[0] == seen[1] != seen[2] == seen[3]
    assert nat.inbound(udp(3478, seen[0], b"late", down=True)) is None


def test_what_is_not_udp_passes() -> None:
    nat = Nat()
    nat.rebind()
    tcp = udp(40000, 3478, b"up").replace(b"\x40\x11", b"\x40\x06", 1)
    fragment = bytearray(udp(40000, 3478, b"up"))
    fragment[7] = 1
    for packet in (tcp, bytes(fragment), b"", b"\x60" + bytes(60)):
        assert nat.outbound(packet) is packet
        assert nat.inbound(packet) is packet


@given(source=words, destination=words, payload=st.binary(max_size=9))
def test_checksums_stay_right(source: int, destination: int, payload: bytes) -> None:
    nat = Nat()
    nat.rebind()
    assert checksum(pseudo(nat.outbound(udp(source, destination, payload)))) == 0


def test_no_checksum_stays_none() -> None:
    nat = Nat()
    nat.rebind()
    packet = udp(40000, 3478, b"up")
    assert nat.outbound(packet[:26] + b"\0\0" + packet[28:])[26:28] == b"\0\0"
