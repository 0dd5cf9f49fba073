"""What any relay in Python costs: `python -m benchmarks.relay.floor bare|gcm PEERS PORT`.

A uvloop datagram protocol, as the node has, that sends what peer n says on to peer n ^ 1: as it is,
or decrypted and encrypted again by pylibsrtp. Peers are known by their addresses; no RTP is read.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from typing import Any, cast

import uvloop
from pylibsrtp import Error, Policy, Session

from benchmarks.relay.traffic import PER_S, Call, Peer, Stream
from sfu.base.media import MediaLine, Slot

Change = Callable[[bytes], bytes]
Lines = Mapping[Slot, MediaLine]


def address_of(number: int) -> str:
    """Return the address that peer `number` sends from."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


def key_of(number: int, *, inbound: bool) -> bytes:
    """Return the key of what peer `number` sends, or is sent. No secret: a benchmark's."""
    return bytes((number, 1 if inbound else 2)) * 14


def session(number: int, *, inbound: bool, sends: bool) -> Session:
    """Return one end of that direction."""
    direction = Policy.SSRC_ANY_OUTBOUND if sends else Policy.SSRC_ANY_INBOUND
    profile = Policy.SRTP_PROFILE_AEAD_AES_128_GCM
    policy = Policy(key_of(number, inbound=inbound), ssrc_type=direction, srtp_profile=profile)
    policy.window_size = 1024
    return Session(policy)


def call(number: int, lines: tuple[Lines, Lines], kind: str, port: int) -> Call:
    """Return the two peers of a call as this relay knows them, with streams on these lines.

    Args:
        kind: bare, where a peer receives what the other one encrypted, or gcm.
        port: Where the relay is, on 127.0.0.1.
    """
    first = 2 * number
    one, other = lines
    return Call(_peer(first, one, kind, port), _peer(first + 1, other, kind, port))


def lines_of(peer: Peer) -> Lines:
    """Return the lines of one who sends elsewhere, for a call like that."""
    return {slot: stream.line for slot, stream in peer.streams.items()}


def _peer(number: int, lines: Lines, kind: str, port: int) -> Peer:
    protect = session(number, inbound=True, sends=True).protect
    end = session(number, inbound=False, sends=False)
    if kind == "bare":
        end = session(number ^ 1, inbound=True, sends=False)
    streams = {slot: Stream(lines[slot], down_ssrc=lines[slot].up_ssrc or 0) for slot in PER_S}
    to = ("127.0.0.1", port)
    return Peer(address_of(number), to, streams, protect, _silently(end.unprotect))


def _silently(unprotect: Change) -> Callable[[bytes], bytes | None]:
    def receive(data: bytes) -> bytes | None:
        try:
            return unprotect(data)
        except Error:
            return None

    return receive


class Floor(asyncio.DatagramProtocol):
    def __init__(self, peers: int, port: int, change: Callable[[int], Change] | None) -> None:
        """Make a relay between peers 2n and 2n + 1, which all send from `port`.

        Args:
            change: Returns what is done to the packets of one peer; None for nothing.
        """
        self._udp: Any = None
        self._routes = {
            (address_of(n), port): (change(n) if change else None, (address_of(n ^ 1), port))
            for n in range(peers)
        }

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._udp = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        change, to = self._routes[addr]
        self._udp.sendto(data if change is None else change(data), to)


def _recrypt(number: int) -> Change:
    unprotect = session(number, inbound=True, sends=False).unprotect
    protect = session(number ^ 1, inbound=False, sends=True).protect
    return lambda data: protect(unprotect(data))


async def _run(kind: str, peers: int, port: int) -> None:
    floor = Floor(peers, port, _recrypt if kind == "gcm" else None)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: floor, ("127.0.0.1", 0))
    print(transport.get_extra_info("sockname")[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
