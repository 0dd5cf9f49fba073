"""Read a browser's offer and write the answer, once per peer (RFC 8866, 8829, 8839, 8843).

`aiortc.sdp` does the parsing. What it accepts is checked here until all that is left is what
the media plane can serve; everything else is an `SdpError` that says what to change. `offer`
reads, `codecs` chooses, `answer` writes.

Departures: BUNDLE is required as soon as there are two m-lines (the node has one port), and the
answer carries `a=x-spare-ice:<ufrag> <pwd>` lines, which browsers ignore and our page uses for
ICE restarts without a server.
"""

from sfu.sdp.answer import write_answer
from sfu.sdp.offer import Offer, Section, read_offer

__all__ = ["Offer", "Section", "read_offer", "write_answer"]
