"""ICE-lite (RFC 8445, section 2.5): answer authenticated checks, learn where the peer is.

The codec is `aioice.stun`. It never compares the magic cookie and raises on malformed input,
so both are dealt with here, and every failure is the same: silence.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from aioice import stun

from sfu.base.address import Address
from sfu.base.credentials import IceCredentials

MAGIC_COOKIE = (0x2112A442).to_bytes(4, "big")  # RFC 8489, section 5
MAX_CHECK_BYTES = 1500
"""A browser's check has about 120 bytes; nothing longer than a datagram is looked at."""
MAX_CHECKED_ADDRESSES = 16
"""Addresses of one peer that are remembered; the one checked longest ago is forgotten first."""
KEPT_TRANSACTIONS = 512
"""Checks of one peer that are known again, for 20 minutes at a browser's usual rate."""

_ID_BYTES = 12  # of a transaction (RFC 8489, section 5)
_BINDING_REQUEST = b"\x00\x01"
_USERNAME = 0x0006
_FINGERPRINT_HEADER = b"\x80\x28\x00\x04"
_ROLE_CONFLICT = (487, "Role Conflict")  # RFC 8445, section 7.3.1.1


@dataclass(frozen=True, slots=True)
class CheckAnswered:
    """What one authenticated check brought."""

    response: bytes
    checked: bool
    """The address is the peer's; False when the check was refused."""
    newly_selected: bool
    """The peer nominated another address than before: send there from now on."""
    forgotten: Address | None = None
    """The address that gave way to this one."""


def peek_username(data: bytes) -> str | None:
    """Read our ufrag out of a Binding request, at the cost of a few slices.

    It finds the peer that a check is for; nothing is verified here.

    Returns:
        The part of USERNAME before the colon (RFC 8445, section 7.2.2), or None when this is
        no Binding request or has no USERNAME.
    """
    if data[:2] != _BINDING_REQUEST or data[4:8] != MAGIC_COOKIE or len(data) > MAX_CHECK_BYTES:
        return None
    position = stun.HEADER_LENGTH
    while position + 4 <= len(data):
        kind = int.from_bytes(data[position : position + 2], "big")
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        position += 4
        if kind == _USERNAME:
            ufrag, colon, _ = data[position : position + length].partition(b":")
            return ufrag.decode("ascii", "replace") if colon else None
        position += length + -length % 4
    return None


class IceLite:
    """The controlled, lite end of one peer's ICE session.

    Knows several local credentials, the first for the connection's start and each further one
    for an ICE restart that the page does alone: a restart needs no server, so each pair is a
    generation of its own, and checks of an older generation never move the selection back.

    Firefox nominates every pair that works, each once, and uses the best (aggressive nomination,
    RFC 5245, 8.1.1.2); Chromium nominates the pair in use, again and again. So a pair of a lower
    priority than the one in use is taken when it is nominated a second time.
    """

    __slots__ = (
        "_checked_at",
        "_credentials",
        "_generation",
        "_nominated_once",
        "_priority",
        "_transactions",
        "last_check_at",
        "selected",
    )

    def __init__(self, credentials: tuple[IceCredentials, ...]) -> None:
        self._credentials = {pair.ufrag: (n, pair.pwd) for n, pair in enumerate(credentials)}
        self._checked_at: dict[Address, float] = {}
        self._transactions = _Transactions()
        self._generation = 0
        self._priority = 0
        self._nominated_once: tuple[Address, bytes] | None = None
        """Of a lower priority than the one in use: from where, in which transaction."""
        self.selected: Address | None = None
        """Where to send: the address that the browser nominated, of several the best."""
        self.last_check_at: float | None = None
        """When the last authenticated check came: the peer's consent (RFC 7675), in seconds."""

    @property
    def restarted(self) -> bool:
        """Whether the page has restarted ICE: its credentials are no longer those of its offer."""
        return self._generation > 0

    @property
    def checked(self) -> tuple[Address, ...]:
        """Addresses that passed an authenticated check, the most recent one last."""
        return tuple(self._checked_at)

    def is_checked(self, addr: Address) -> bool:
        return addr in self._checked_at

    def receive_check(self, data: bytes, addr: Address, now: float) -> CheckAnswered | None:
        """Answer one STUN datagram, or return None: whatever is not a valid check is ignored."""
        request = _parse_request(data)
        if request is None:
            return None
        ufrag = str(request.attributes.get("USERNAME", "")).partition(":")[0]
        generation, pwd = self._credentials.get(ufrag, (0, ""))
        if not pwd or not request.check_message_integrity(pwd.encode()):
            return None
        if self._transactions.first_from(request.transaction_id, addr) != addr:
            return None  # overheard and sent again from elsewhere
        if "ICE-CONTROLLED" in request.attributes:
            return CheckAnswered(_refuse_role(request, pwd), False, False)
        self.last_check_at = now
        nominated = "USE-CANDIDATE" in request.attributes
        forgotten = self._remember(addr, now)
        return CheckAnswered(
            response=_respond(request, addr, pwd),
            checked=True,
            newly_selected=nominated and self._nominate(request, addr, generation),
            forgotten=forgotten,
        )

    def confirm(self, addr: Address, now: float) -> Address | None:
        """Note that the peer answered our own check there: send there from now on.

        Returns:
            The address that gave way to this one.
        """
        self.last_check_at = now
        self.selected = addr
        return self._remember(addr, now)

    def forget(self, addr: Address) -> bool:
        """Take an address away, also the selected one: nothing comes from there any more.

        Returns:
            Whether it was the peer's.
        """
        if self.selected == addr:
            self.selected = None
        return self._checked_at.pop(addr, None) is not None

    def _remember(self, addr: Address, now: float) -> Address | None:
        self._checked_at.pop(addr, None)
        self._checked_at[addr] = now
        if len(self._checked_at) <= MAX_CHECKED_ADDRESSES:
            return None
        oldest = next(a for a in self._checked_at if a != self.selected)
        del self._checked_at[oldest]
        return oldest

    def _nominate(self, request: stun.Message, addr: Address, generation: int) -> bool:
        """Return whether a nominating check moves the selection, which is done then."""
        if generation < self._generation:
            return False
        priority = int(request.attributes.get("PRIORITY", 0))
        is_worse = generation == self._generation and priority < self._priority
        if self.selected not in (None, addr) and is_worse:
            before, self._nominated_once = self._nominated_once, (addr, request.transaction_id)
            if before is None or before[0] != addr or before[1] == request.transaction_id:
                return False
        self._generation, self._priority, self._nominated_once = generation, priority, None
        moved = addr != self.selected
        self.selected = addr
        return moved


class _Transactions:
    """The last checks by their ids, and from where each came first: in 10 kB, from the start on."""

    __slots__ = ("_ids", "_next", "_sources")

    def __init__(self) -> None:
        self._ids = bytearray(KEPT_TRANSACTIONS * _ID_BYTES)
        self._sources: list[Address | None] = [None] * KEPT_TRANSACTIONS
        self._next = 0

    def first_from(self, transaction_id: bytes, addr: Address) -> Address:
        """Note a check, in place of the oldest; return from where it came first."""
        at = self._ids.find(transaction_id)
        if at >= 0 and (source := self._sources[at // _ID_BYTES]) is not None:
            return source
        at, before = self._next, self._sources[self._next - 1]
        self._ids[at * _ID_BYTES : (at + 1) * _ID_BYTES] = transaction_id
        self._sources[at] = before if before == addr else addr  # one object while it stays
        self._next = (at + 1) % KEPT_TRANSACTIONS
        return addr


def _parse_request(data: bytes) -> stun.Message | None:
    """Return a Binding request with a right cookie, length and FINGERPRINT, else None."""
    if data[:2] != _BINDING_REQUEST or data[4:8] != MAGIC_COOKIE or len(data) > MAX_CHECK_BYTES:
        return None
    # It must be the last attribute (RFC 8489, section 14.7); aioice checks only its value.
    if data[-8:-4] != _FINGERPRINT_HEADER:
        return None
    try:
        return stun.parse_message(data)
    except (ValueError, struct.error):
        return None


def _respond(request: stun.Message, addr: Address, pwd: str) -> bytes:
    host = addr[0].partition("%")[0]  # the zone of a link-local address means nothing elsewhere
    response = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.RESPONSE,
        transaction_id=request.transaction_id,
        attributes={"XOR-MAPPED-ADDRESS": (host, addr[1])},
    )
    response.add_message_integrity(pwd.encode())
    return bytes(response)


def _refuse_role(request: stun.Message, pwd: str) -> bytes:
    """A lite agent facing a full one is always controlled, whatever the tie-breakers say."""
    response = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.ERROR,
        transaction_id=request.transaction_id,
        attributes={"ERROR-CODE": _ROLE_CONFLICT},
    )
    response.add_message_integrity(pwd.encode())
    return bytes(response)
