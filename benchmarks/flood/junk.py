"""What strangers send who mean harm, or do not know what this port is."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

Kind = Callable[[random.Random], bytes]
COOKIE = 0x2112A442


def noise(rng: random.Random) -> bytes:
    return rng.randbytes(rng.randrange(1, 1200))


def media(rng: random.Random) -> bytes:
    """RTP or RTCP of a stream that nobody has."""
    if rng.random() < 0.2:
        return struct.pack("!BBHI", 0x80, 200, 6, rng.getrandbits(32)) + rng.randbytes(60)
    head = struct.pack("!BBHI", 0x90, 111, rng.getrandbits(16), rng.getrandbits(32))
    return head + rng.randbytes(4) + b"\xbe\xde\x00\x01" + rng.randbytes(150)


def handshake(rng: random.Random) -> bytes:
    """A DTLS record that begins as a ClientHello does and goes on at random."""
    body = rng.randbytes(rng.randrange(40, 400))
    message = b"\x01" + len(body).to_bytes(3, "big") + bytes(5) + len(body).to_bytes(3, "big")
    record = message + body
    return b"\x16\xfe\xff" + bytes(8) + struct.pack("!H", len(record)) + record


def bad_check(rng: random.Random) -> bytes:
    """STUN of wrong cookie, length or type."""
    check = bytearray(unknown_check(rng))
    check[rng.randrange(1, 8)] ^= rng.randrange(1, 256)
    return bytes(check)


def unknown_check(rng: random.Random) -> bytes:
    """A connectivity check by its shape; its name, its password and its checksum are made up."""
    name = rng.randbytes(8).hex().encode()[:12] + b":abcd"
    attributes = struct.pack("!HH", 6, len(name)) + name + bytes(-len(name) % 4)
    attributes += struct.pack("!HH", 0x0024, 4) + rng.randbytes(4)
    attributes += struct.pack("!HH", 0x8029, 8) + rng.randbytes(8)
    attributes += struct.pack("!HH", 0x0008, 20) + rng.randbytes(20)
    attributes += struct.pack("!HH", 0x8028, 4) + rng.randbytes(4)
    return struct.pack("!HHI", 1, len(attributes), COOKIE) + rng.randbytes(12) + attributes


MIXES: dict[str, tuple[tuple[Kind, int], ...]] = {
    "junk": ((noise, 40), (media, 20), (handshake, 20), (bad_check, 10), (unknown_check, 10)),
    "checks": ((unknown_check, 1),),
    "handshakes": ((handshake, 70), (bad_check, 15), (unknown_check, 15)),
}
"""By name: kinds and their weights."""


def draw(mix: str, count: int, seed: int) -> list[bytes]:
    """Return datagrams of a mix, in random order."""
    rng = random.Random(seed)
    kinds, weights = zip(*MIXES[mix], strict=True)
    return [kind(rng) for kind in rng.choices(kinds, weights, k=count)]
