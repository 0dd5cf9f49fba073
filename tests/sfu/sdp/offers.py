"""Offers of real browsers, and how an answer to them is asked for and read."""

from __future__ import annotations

from pathlib import Path

from sfu.base.credentials import IceCredentials
from sfu.base.fingerprint import Fingerprint
from sfu.base.media import MediaLine, Slot
from sfu.sdp import Offer, write_answer

OFFERS = Path(__file__).parents[2] / "data" / "offers"
CHROMIUM = (OFFERS / "chromium-156.sdp").read_bytes().decode()
FIREFOX = (OFFERS / "firefox-153.sdp").read_bytes().decode()
CREDENTIALS = tuple(IceCredentials(f"ufrag{n}", f"{n}" * 24) for n in range(5))
FINGERPRINT = Fingerprint("sha-256", ":".join(["0F"] * 32))
WHIP = """v=0
o=- 1 1 IN IP4 0.0.0.0
s=-
t=0 0
a=group:BUNDLE 0
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuv
a=fingerprint:SHA-256 0f:0f:0f
a=setup:actpass
m=audio 9 UDP/TLS/RTP/SAVPF 96
c=IN IP4 0.0.0.0
a=mid:0
a=sendonly
a=rtcp-mux
a=rtpmap:96 OPUS/48000/2
"""


def answer_to(offer: Offer, *, tcp: bool = False) -> str:
    return write_answer(
        offer,
        credentials=CREDENTIALS,
        fingerprint=FINGERPRINT,
        addresses=[("192.0.2.9", 50_000), ("2001:db8::9", 50_001)],
        tcp=tcp,
        cname="one-name",
    )


def sections_of(sdp: str) -> list[list[str]]:
    """Cut into session lines and the lines of each m-section."""
    sections: list[list[str]] = [[]]
    for line in sdp.split("\r\n")[:-1]:
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    return sections


def line_of(offer: Offer, slot: Slot) -> MediaLine:
    return next(line for line in offer.lines if line.slot is slot)
