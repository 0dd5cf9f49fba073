"""The classic BPF program that drops strangers' junk in the kernel, as bytes; attaches nothing.

It runs on the UDP header and what follows, for each datagram of one socket, before any Python:

- From an admitted address everything passes. An address is compared by a 32-bit fold of itself,
  one instruction each: whoever knew one well enough to meet its fold by purpose could as well
  forge it, and a random factor keeps others from computing one. What passes is only let in here;
  who it is, is decided above.
- RTP and RTCP of a known SSRC pass from everywhere: a NAT may rebind a port in mid-call, and the
  packet core tries such packets with their peer's keys, seldom.
- Binding requests of right length with the magic cookie pass: so browsers can begin.
- Everything else is dropped: DTLS before a check, answers to what nobody asked, any junk.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from struct import Struct

MAX_INSTRUCTIONS = 4096
"""BPF_MAXINSNS of Linux."""

_INSTRUCTION = Struct("=HBBI")  # struct sock_filter: code, jt, jf, k
_LD_W, _LD_H, _LD_LEN = 0x20, 0x28, 0x80
_TAX = 0x07
_ADD, _MUL, _AND, _XOR_X = 0x04, 0x24, 0x54, 0xAC
_JA, _JEQ, _JGE, _JSET, _JEQ_X = 0x05, 0x15, 0x35, 0x45, 0x1D
_RET = 0x06
_NETWORK_HEADER = 0xFFF00000  # SKF_NET_OFF: offsets from the IP header
_SOURCE_WORDS = {
    4: (_NETWORK_HEADER + 12,),  # RFC 791, 3.1
    6: tuple(_NETWORK_HEADER + at for at in (8, 12, 16, 20)),  # RFC 8200, 3
}
_UDP_HEADER_BYTES, _STUN_HEADER_BYTES = 8, 20
_PAYLOAD = _UDP_HEADER_BYTES
_BINDING_REQUEST, _MAGIC_COOKIE = 0x0001, 0x2112A442  # RFC 8489, 5
_SHORTEST_CHECK = 44
"""Attributes of a check, in bytes: USERNAME, MESSAGE-INTEGRITY and FINGERPRINT at least."""
_JUMP = 200
"""Comparisons that share one landing place; a jump spans 255 instructions at most."""


def build(
    addresses: Iterable[tuple[str, int]], ssrcs: Iterable[int], *, version: int, factor: int
) -> bytes | None:
    """Return the program, an array of `struct sock_filter`.

    Args:
        addresses: Hosts and ports of peers.
        ssrcs: Streams of peers, whose packets may come from elsewhere at any time.
        version: Of IP, 4 or 6: a socket has one.
        factor: Odd, 32 bits, drawn at random.

    Returns:
        None when there is too much to list: more than `MAX_INSTRUCTIONS`.
    """
    folds = {fold(host, port, factor) for host, port in addresses}
    program = b"".join(
        (
            _load_source(version, factor),
            _pass_any(folds),
            _pass_checks(),
            _load_ssrc(),
            _pass_any(set(ssrcs)),
            _ins(_RET, 0),
        )
    )
    return program if len(program) <= MAX_INSTRUCTIONS * _INSTRUCTION.size else None


def build_broad() -> bytes:
    """Return a program that lets in whatever begins as STUN, DTLS, RTP or RTCP does (RFC 7983)."""
    return b"".join(
        (
            _ins(_LD_H, _PAYLOAD),
            _ins(_JGE, 192 << 8, jt=3),
            _ins(_JGE, 128 << 8, jt=3),
            _ins(_JGE, 64 << 8, jt=1),
            _ins(_JA, 1),
            _ins(_RET, 0),
            _ins(_RET, 0xFFFFFFFF),
        )
    )


def fold(host: str, port: int, factor: int) -> int:
    """Return what the program compares instead of an address."""
    packed = ipaddress.ip_address(host.partition("%")[0]).packed
    folded = port
    for at in range(0, len(packed), 4):
        folded = (folded * factor & 0xFFFFFFFF) ^ int.from_bytes(packed[at : at + 4], "big")
    return folded


def _ins(code: int, k: int = 0, *, jt: int = 0, jf: int = 0) -> bytes:
    return _INSTRUCTION.pack(code, jt, jf, k)


def _load_source(version: int, factor: int) -> bytes:
    """Leave the fold of the source address in A."""
    steps = [_ins(_LD_H, 0)]
    for at in _SOURCE_WORDS[version]:
        steps += [_ins(_MUL, factor), _ins(_TAX), _ins(_LD_W, at), _ins(_XOR_X)]
    return b"".join(steps)


def _pass_any(keys: Iterable[int]) -> bytes:
    """Let the datagram in if A is one of these; A stays as it is."""
    listed = sorted(keys)
    parts = []
    for at in range(0, len(listed), _JUMP):
        chunk = listed[at : at + _JUMP]
        parts += [_ins(_JEQ, key, jt=len(chunk) - n) for n, key in enumerate(chunk)]
        parts += [_ins(_JA, 1), _ins(_RET, 0xFFFFFFFF)]
    return b"".join(parts)


def _pass_checks() -> bytes:
    """Let Binding requests in; leave the first two bytes in A for what is none.

    A request that is malformed is dropped. A load beyond the end drops the datagram by itself.
    """
    return b"".join(
        (
            _ins(_LD_H, _PAYLOAD),
            _ins(_JEQ, _BINDING_REQUEST, jf=11),
            _ins(_LD_W, _PAYLOAD + 4),
            _ins(_JEQ, _MAGIC_COOKIE, jf=8),
            _ins(_LD_H, _PAYLOAD + 2),
            _ins(_JSET, 3, jt=6),  # attributes are whole words
            _ins(_JGE, _SHORTEST_CHECK, jf=5),
            _ins(_ADD, _UDP_HEADER_BYTES + _STUN_HEADER_BYTES),
            _ins(_TAX),
            _ins(_LD_LEN),
            _ins(_JEQ_X, jf=1),
            _ins(_RET, 0xFFFFFFFF),
            _ins(_RET, 0),
        )
    )


def _load_ssrc() -> bytes:
    """Drop what is neither RTP nor RTCP; leave the SSRC of what is in A."""
    return b"".join(
        (
            _ins(_JGE, 0x8000, jf=1),
            _ins(_JGE, 0xC000, jf=1),
            _ins(_RET, 0),
            _ins(_AND, 0xFF),
            _ins(_JGE, 192, jf=2),  # RFC 5761, 4: 192 to 223 is RTCP
            _ins(_JGE, 224, jt=1),
            _ins(_JA, 2),
            _ins(_LD_W, _PAYLOAD + 8),
            _ins(_JA, 1),
            _ins(_LD_W, _PAYLOAD + 4),
        )
    )
