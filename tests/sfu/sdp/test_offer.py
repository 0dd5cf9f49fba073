"""Offers of real browsers read, and everything else refused in words."""

from __future__ import annotations

import itertools
import re

import pytest
from aiortc.sdp import SessionDescription
from hypothesis import given, settings
from hypothesis import strategies as st

from sfu.base.fingerprint import Fingerprint
from sfu.base.media import Codec, Slot
from sfu.errors import SdpError
from sfu.sdp import read_offer
from tests.sfu.sdp.offers import CHROMIUM, FIREFOX, WHIP, answer_to, line_of


def test_offer_of_chromium_is_read() -> None:
    offer = read_offer(CHROMIUM)

    assert re.search(f"a=ice-ufrag:{re.escape(offer.ice_ufrag)}\r\n", CHROMIUM)
    assert offer.fingerprints[0].algorithm == "sha-256"
    assert offer.fingerprints[0].value in CHROMIUM
    assert (offer.setup, offer.sctp_port, offer.max_message_bytes) == ("actpass", 5000, 262144)
    assert [line.slot for line in offer.lines] == list(Slot)
    assert [line.mid for line in offer.lines] == ["0", "1", "2"]
    audio, camera = line_of(offer, Slot.AUDIO), line_of(offer, Slot.CAMERA)
    assert audio.codecs == (Codec("OPUS", 111, 48000, transport_cc=True),)
    assert camera.codecs == (
        Codec("VP8", 96, 90000, rtx_pt=97, nack=True, pli=True, transport_cc=True),
        Codec("H264", 108, 90000, rtx_pt=109, nack=True, pli=True, transport_cc=True),
    )
    assert (audio.mid_ext, audio.level_ext, audio.transport_cc_ext) == (4, 1, 3)
    assert (camera.mid_ext, camera.level_ext, camera.orientation_ext) == (4, 0, 13)
    assert f"a=ssrc-group:FID {camera.up_ssrc} {camera.up_rtx_ssrc}\r\n" in CHROMIUM
    assert audio.up_rtx_ssrc is None


def test_offer_of_firefox_is_read_with_its_bundle_only_screen_on_port_0() -> None:
    assert "m=video 0 " in FIREFOX
    offer = read_offer(FIREFOX)

    assert [line.slot for line in offer.lines] == list(Slot)
    audio, screen = line_of(offer, Slot.AUDIO), line_of(offer, Slot.SCREEN)
    assert audio.codecs == (Codec("OPUS", 109, 48000, transport_cc=True),)
    assert [(c.name, c.pt, c.rtx_pt) for c in screen.codecs] == [("VP8", 120, 124)]
    assert (screen.mid_ext, screen.transport_cc_ext) == (3, 7)
    assert f"a=ssrc-group:FID {screen.up_ssrc} {screen.up_rtx_ssrc}\r\n" in FIREFOX
    assert offer.max_message_bytes == 1073741823


def test_offer_of_a_whip_client_with_audio_alone_is_read() -> None:
    offer = read_offer(WHIP)

    assert [line.slot for line in offer.lines] == [Slot.AUDIO]
    assert offer.lines[0].up_ssrc is None
    assert offer.sctp_port is None
    assert offer.max_message_bytes is None
    assert offer.fingerprints == (Fingerprint("sha-256", "0F:0F:0F"),)


def test_offer_draws_distinct_ssrcs_that_the_browser_does_not_use() -> None:
    taken = read_offer(CHROMIUM).lines[0].up_ssrc
    assert taken is not None
    draws = itertools.chain([taken, 7, 7, taken], itertools.count(8))

    offer = read_offer(CHROMIUM, lambda: next(draws))

    ours = [s for line in offer.lines for s in (line.down_ssrc, line.down_rtx_ssrc)]
    assert ours == [7, 8, 9, 10, 11, 12]


def test_offer_with_header_extension_ids_beyond_one_byte_goes_without_them() -> None:
    text = CHROMIUM.replace("a=extmap:13 urn:3gpp", "a=extmap:15 urn:3gpp")

    assert line_of(read_offer(text), Slot.CAMERA).orientation_ext == 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("v=0", "v=1", "v=0"),
        ("m=audio", "m=video", "audio, camera video, screen video, application"),
        ("m=audio 9", "m=audio nine", "malformed"),
        ("a=mid:0\n", "", "a=mid"),
        ("a=mid:0", "a=mid:" + "x" * 17, "a=mid"),
        ("a=rtcp-mux\n", "", "a=rtcp-mux"),
        ("a=ice-ufrag:abcd\n", "", "a=ice-ufrag"),
        ("a=ice-ufrag:abcd", "a=ice-ufrag:abc", "a=ice-ufrag"),
        ("a=ice-pwd:abcdefghijklmnopqrstuv", "a=ice-pwd:short", "a=ice-pwd"),
        ("s=-", "s=-\na=ice-lite", "full ICE"),
        ("a=setup:actpass\n", "", "a=setup"),
        ("a=setup:actpass", "a=setup:passive", "passive"),
        ("a=setup:actpass", "a=setup:holdconn", "malformed"),
        ("SHA-256", "sha-1", "sha-256"),
        ("0f:0f:0f", "not-hex", "a=fingerprint"),
        ("OPUS/48000/2", "PCMU/8000", "Opus"),
        ("UDP/TLS/RTP/SAVPF", "RTP/AVP", "UDP/TLS/RTP/SAVPF"),
    ],
)
def test_offer_that_cannot_be_served_is_refused_in_words(old: str, new: str, words: str) -> None:
    text = WHIP.replace(old, new, 1)
    assert text != WHIP

    with pytest.raises(SdpError) as refusal:
        read_offer(text)

    assert words in refusal.value.reason


def remove_bundle(text: str) -> str:
    return text.replace("a=group:BUNDLE 0 1 2 3", "a=group:BUNDLE 0 1 2")


def repeat_a_mid(text: str) -> str:
    return text.replace("a=mid:1", "a=mid:0")


def add_a_line(text: str) -> str:
    return text + WHIP[WHIP.index("m=audio") :].replace("a=mid:0", "a=mid:4")


def swap_lines(text: str) -> str:
    head, audio, camera, *rest = re.split("(?=m=)", text)
    return "".join([head, camera, audio, *rest])


def lose_the_sctp_port(text: str) -> str:
    return text.replace("a=sctp-port:5000\r\n", "")


def leave_the_range_of_ports(text: str) -> str:
    return text.replace("a=sctp-port:5000", "a=sctp-port:70000")


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (remove_bundle, "BUNDLE"),
        (repeat_a_mid, "same a=mid"),
        (add_a_line, "in this order"),
        (swap_lines, "in this order"),
        (lose_the_sctp_port, "a=sctp-port"),
        (leave_the_range_of_ports, "a=sctp-port"),
    ],
)
def test_offer_of_several_lines_is_refused_in_words(break_it: object, words: str) -> None:
    assert callable(break_it)
    with pytest.raises(SdpError) as refusal:
        read_offer(break_it(CHROMIUM))

    assert words in refusal.value.reason


@pytest.mark.parametrize(
    "text", ["", "v=0", "v=0\r\n", "{}", "v=0\r\nm=\r\n", "v=0\r\na=group\r\n"]
)
def test_offer_that_is_next_to_nothing_is_refused(text: str) -> None:
    with pytest.raises(SdpError):
        read_offer(text)


LINES = CHROMIUM.split("\r\n")


@settings(max_examples=150, deadline=None)
@given(
    position=st.integers(0, len(LINES) - 1),
    line=st.sampled_from(LINES) | st.text(max_size=30) | st.just(None),
    cut=st.integers(0, 60),
)
def test_offer_with_any_line_changed_is_read_or_refused(
    position: int, line: str | None, cut: int
) -> None:
    """Nothing but `SdpError` comes out, and whatever is accepted can be answered."""
    changed = [*LINES]
    changed[position] = changed[position][:cut] if line is None else line
    try:
        offer = read_offer("\r\n".join(changed))
    except SdpError:
        return
    SessionDescription.parse(answer_to(offer))


@settings(deadline=None)
@given(text=st.text(max_size=200))
def test_offer_of_any_text_is_refused(text: str) -> None:
    with pytest.raises(SdpError):
        read_offer("v=0\r\n" + text)
