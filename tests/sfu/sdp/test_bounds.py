"""How much of an offer is parsed at all."""

from __future__ import annotations

import pytest

from sfu.errors import SdpError
from sfu.sdp import read_offer
from tests.sfu.sdp.offers import CHROMIUM, WHIP
from tests.support.cost import measured


def test_offer_above_64_kib_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(SdpError, match="65536 bytes"):
        read_offer("v=0\r\n" + "a=x\r\n" * 20_000)


def many(line: str, count: int) -> str:
    return "".join(line.format(n) for n in range(count))


@pytest.mark.parametrize(
    ("excess", "words"),
    [
        pytest.param(many("a=ssrc:{} a:b\r\n", 2_000), "1000 lines", id="streams"),
        pytest.param(many("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", 20), "8 m-lines", id="m-lines"),
        pytest.param(many("a=rtcp-fb:* x{}\r\n", 20), "rtcp-fb:", id="feedback for all"),
        pytest.param(many("a=rtpmap:09{} x/1\r\n", 7), "payload type twice", id="one codec twice"),
        pytest.param("a=rtpmap:x\r\n", "no payload type", id="codec without a payload type"),
    ],
)
def test_offer_that_would_keep_the_parser_busy_is_refused(excess: str, words: str) -> None:
    with pytest.raises(SdpError, match=words):
        read_offer(WHIP + excess)


def test_worst_offer_within_the_bounds_is_read_in_a_moment() -> None:
    """15 s without the bounds, in which the node served nobody."""
    codecs, feedback = many("a=rtpmap:{} x/1\r\n", 400), many("a=rtcp-fb:* x{}\r\n", 16)
    offer = CHROMIUM + codecs + feedback + many("a=ssrc:{} a:b\r\n", 280)
    with measured() as cost:
        read_offer(offer)
    assert cost() < 10
