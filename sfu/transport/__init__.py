"""Who may speak: ICE-lite and DTLS of each peer, without sockets, clock or tasks.

Theory of operation. The engine tells datagrams apart by their first byte (`demux`). A STUN
datagram names the peer by the ufrag in its USERNAME (`peek_username`), so all peers share one
port. The peer's `Transport` answers it only when MESSAGE-INTEGRITY, FINGERPRINT and the magic
cookie are right, and is silent otherwise: the port reflects nothing and tells a scanner nothing.
An address that passed such a check may speak DTLS; a datagram from any other is dropped before
OpenSSL sees it. The handshake ends in SRTP keys, and the certificate must be the one whose
fingerprint came with the offer. Media never passes here: the packet core takes the keys. Over TCP
(RFC 6544) datagrams come framed (`framing`, RFC 4571), each connection under an address of its own;
when it ends, its address is forgotten, and with it the selection, until another address checks.

Departures from the RFCs, each on purpose:

- RFC 8445, 5.3 and 4.4.2: the answer carries spare credentials, all valid from the start, so that
  a page restarts ICE without asking a server. Each pair is a generation; selection never goes
  back to an older one.
- RFC 8445, 7.3: the peer's half of USERNAME is not compared, since after such a restart it is
  one that we were never told. Integrity rests on our own password alone.
- RFC 8445, 7.3.1.1: a peer that calls itself controlled always gets 487, whatever its
  tie-breaker: a lite agent cannot control a full one.
- RFC 8445, 8.1.1: several nominated pairs are no error: Firefox nominates as RFC 5245, 8.1.1.2 had
  it (`ice`).
- RFC 8445, 2.5: this lite agent sends checks of its own, but only to an address from which a
  peer's media came, authenticated and fresh, without any check: its NAT was rebound, which the
  browser may not notice for seconds (`inquiry`), and while a line is checked to the selected one,
  for round trips (`round_trips`). Not after a page's own restart, when its password is one that we
  were never told.
- RFC 8489, 6.3.1: a check whose transaction came from another address before is ignored. Checks
  carry no other proof of being fresh, and one overheard on a Wi-Fi would move a call's media.
- RFC 8489, 6.3.1 and 9.1.3: no 400, 401 or 420; unauthenticated requests meet silence, and unknown
  comprehension-required attributes of authenticated ones are ignored.
- RFC 6544, 4.1: passive candidates alone. Browsers only dial out, and so does whoever is behind a
  firewall that lets no UDP pass.
- RFC 4571, 2: a frame above 1,500 bytes ends the connection.
- RFC 6347, 4.2.1: no HelloVerifyRequest; the ICE check has already proved the source address.
- RFC 6347, 4.2.4: no retransmission timer of our own. The last flight is sent again, as it was,
  when a duplicate of the peer's flight comes, at most every 40 ms. Browsers repeat theirs after 50
  ms (Chromium 156) or 27 (Firefox 153), so a lost flight costs little; OpenSSL's timer would wait
  a second of real time.
- RFC 6347, 4.1.2.7: unprotected alerts are ignored. A handshake that they would end runs into
  its 30 s limit instead. Until there are keys only the next step of a browser's handshake is read,
  so that records with a forged source do not stop one: all but a whole forged message of that very
  step, which comes before the browser's own. The page then posts another offer.
"""

from sfu.transport.binding import is_response
from sfu.transport.certificate import Certificate
from sfu.transport.events import (
    AddressChecked,
    AddressForgotten,
    AddressSelected,
    DataReceived,
    KeysDerived,
    TransportClosed,
    TransportEvent,
)
from sfu.transport.ice import peek_username
from sfu.transport.transport import Transport

__all__ = [
    "AddressChecked",
    "AddressForgotten",
    "AddressSelected",
    "Certificate",
    "DataReceived",
    "KeysDerived",
    "Transport",
    "TransportClosed",
    "TransportEvent",
    "is_response",
    "peek_username",
]
