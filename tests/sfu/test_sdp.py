"""Offers of real browsers read and answered, and everything else refused in words."""

from __future__ import annotations

import itertools
import re
import time
from pathlib import Path

import pytest
from aiortc.sdp import SessionDescription
from hypothesis import given, settings
from hypothesis import strategies as st

from sfu.errors import SdpError
from sfu.rtp.media import Codec, MediaLine, Slot
from sfu.sdp import Offer, read_offer, write_answer
from sfu.transport import Fingerprint, IceCredentials

OFFERS = Path(__file__).parent.parent / "data" / "offers"
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


# reading


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


def test_offer_without_h264_of_mode_1_in_a_baseline_has_vp8_alone() -> None:
    text = re.sub(r"mode=1;profile-level-id=42[0e]0", "mode=1;profile-level-id=6400", CHROMIUM)

    assert [c.name for c in line_of(read_offer(text), Slot.CAMERA).codecs] == ["VP8"]


def test_offer_of_h264_in_plain_baseline_alone_is_answered_in_it() -> None:
    text = CHROMIUM.replace("mode=1;profile-level-id=42e0", "mode=1;profile-level-id=6400")
    offer = read_offer(text)
    pt = line_of(offer, Slot.CAMERA).codecs[1].pt

    assert (
        f"a=fmtp:{pt} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f"
        in (sections_of(answer_to(offer))[2])
    )


def test_offer_with_header_extension_ids_beyond_one_byte_goes_without_them() -> None:
    text = CHROMIUM.replace("a=extmap:13 urn:3gpp", "a=extmap:15 urn:3gpp")

    assert line_of(read_offer(text), Slot.CAMERA).orientation_ext == 0


# answering


@pytest.mark.parametrize("text", [CHROMIUM, FIREFOX, WHIP], ids=["chromium", "firefox", "whip"])
def test_answer_has_the_lines_of_the_offer_in_their_order(text: str) -> None:
    offered = SessionDescription.parse(text)
    answer = answer_to(read_offer(text))
    answered = SessionDescription.parse(answer)

    assert [m.kind for m in answered.media] == [m.kind for m in offered.media]
    assert [m.rtp.muxId for m in answered.media] == [m.rtp.muxId for m in offered.media]
    assert answered.group[0].items == [m.rtp.muxId for m in offered.media]
    assert all(m.port == 9 for m in answered.media)
    for ours, theirs in zip(answered.media, offered.media, strict=True):
        assert set(map(str, ours.fmt)) <= set(map(str, theirs.fmt))
        if ours.kind != "application":
            codecs = {(c.payloadType, c.mimeType.lower()) for c in ours.rtp.codecs}
            assert codecs <= {(c.payloadType, c.mimeType.lower()) for c in theirs.rtp.codecs}
            extensions = {(h.id, h.uri) for h in ours.rtp.headerExtensions}
            assert extensions <= {(h.id, h.uri) for h in theirs.rtp.headerExtensions}


def test_answer_is_ice_lite_and_passive_on_one_transport() -> None:
    session, *media = sections_of(answer_to(read_offer(CHROMIUM)))

    assert "a=ice-lite" in session
    assert "a=group:BUNDLE 0 1 2 3" in session
    for section in media:
        assert "a=setup:passive" in section
        assert f"a=ice-ufrag:{CREDENTIALS[0].ufrag}" in section
        assert f"a=ice-pwd:{CREDENTIALS[0].pwd}" in section
        assert f"a=fingerprint:sha-256 {FINGERPRINT.value}" in section
    for section in media[:3]:
        assert "a=rtcp-mux" in section
        assert "a=sendrecv" in section


def test_answer_names_every_address_once_the_preferred_one_first() -> None:
    sections = sections_of(answer_to(read_offer(CHROMIUM)))
    candidates = [line for line in sections[1] if line.startswith("a=candidate:")]

    assert [c.split()[4:6] for c in candidates] == [
        ["192.0.2.9", "50000"],
        ["2001:db8::9", "50001"],
    ]
    priorities = [int(c.split()[3]) for c in candidates]
    assert priorities == sorted(priorities, reverse=True)
    assert sections[1][sections[1].index(candidates[-1]) + 1] == "a=end-of-candidates"
    assert not [c for s in sections[2:] for c in s if c.startswith("a=candidate:")]


def test_answer_offers_the_same_ports_over_tcp_after_and_below_all_udp() -> None:
    media = sections_of(answer_to(read_offer(CHROMIUM), tcp=True))[1]
    candidates = [line for line in media if line.startswith("a=candidate:")]

    # RFC 6544, 4.2: type preference 90, direction preference 4 of a passive host candidate.
    assert candidates[2:] == [
        "a=candidate:3 1 tcp 1520435199 192.0.2.9 50000 typ host tcptype passive",
        "a=candidate:4 1 tcp 1520434943 2001:db8::9 50001 typ host tcptype passive",
    ]
    assert [c.split()[2] for c in candidates[:2]] == ["udp", "udp"]
    priorities = [int(c.split()[3]) for c in candidates]
    assert priorities == sorted(priorities, reverse=True)


def test_tcp_candidates_are_read_by_another_implementation() -> None:
    media = SessionDescription.parse(answer_to(read_offer(CHROMIUM), tcp=True)).media[0]

    assert [(c.protocol, c.port, c.tcpType) for c in media.ice_candidates] == [
        ("udp", 50_000, None),
        ("udp", 50_001, None),
        ("tcp", 50_000, "passive"),
        ("tcp", 50_001, "passive"),
    ]


def test_answer_carries_the_spare_pairs_for_later_restarts() -> None:
    spares = re.findall(r"a=x-spare-ice:(\S+) (\S+)\r\n", answer_to(read_offer(CHROMIUM)))

    assert spares == [(pair.ufrag, pair.pwd) for pair in CREDENTIALS[1:]]


def test_answer_names_our_streams_under_one_cname() -> None:
    offer = read_offer(CHROMIUM)
    _, audio, camera, screen, _ = sections_of(answer_to(offer))

    assert "a=msid:visavis audio" in audio
    assert "a=msid:visavis camera" in camera
    assert "a=msid:screen screen" in screen
    for section, line in zip((audio, camera, screen), offer.lines, strict=True):
        assert f"a=ssrc:{line.down_ssrc} cname:one-name" in section
    for section, line in zip((camera, screen), offer.lines[1:], strict=True):
        assert f"a=ssrc-group:FID {line.down_ssrc} {line.down_rtx_ssrc}" in section
        assert f"a=ssrc:{line.down_rtx_ssrc} cname:one-name" in section
    assert not [attribute for attribute in audio if attribute.startswith("a=ssrc-group")]


def test_answer_takes_opus_with_fec_and_no_red() -> None:
    audio = sections_of(answer_to(read_offer(CHROMIUM)))[1]

    assert audio[0] == "m=audio 9 UDP/TLS/RTP/SAVPF 111"
    assert "a=fmtp:111 minptime=10;useinbandfec=1" in audio
    assert "a=rtcp-fb:111 transport-cc" in audio


def test_answer_takes_nack_for_sound_from_who_offers_it() -> None:
    offered = CHROMIUM.replace(
        "a=rtcp-fb:111 transport-cc", "a=rtcp-fb:111 transport-cc\r\na=rtcp-fb:111 nack", 1
    )
    offer = read_offer(offered)
    assert offer.lines[0].codecs[0].nack
    assert "a=rtcp-fb:111 nack" in sections_of(answer_to(offer))[1]
    assert not read_offer(CHROMIUM).lines[0].codecs[0].nack
    assert "a=rtcp-fb:111 nack" not in answer_to(read_offer(CHROMIUM))


def test_answer_prefers_vp8_and_has_h264_beside_it_each_with_rtx() -> None:
    camera = sections_of(answer_to(read_offer(CHROMIUM)))[2]

    assert camera[0] == "m=video 9 UDP/TLS/RTP/SAVPF 96 97 108 109"
    assert "a=fmtp:97 apt=96" in camera
    assert "a=fmtp:109 apt=108" in camera
    profile = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"
    assert f"a=fmtp:108 {profile}" in camera


def test_answer_takes_remb_only_where_transport_cc_is_missing() -> None:
    with_both = answer_to(read_offer(CHROMIUM))
    assert "goog-remb" not in with_both

    without = CHROMIUM.replace("a=rtcp-fb:96 transport-cc\r\n", "")
    camera = sections_of(answer_to(read_offer(without)))[2]
    feedback = [a.removeprefix("a=rtcp-fb:96 ") for a in camera if a.startswith("a=rtcp-fb:96 ")]
    assert feedback == ["nack", "nack pli", "ccm fir", "goog-remb"]


def test_answer_refuses_a_stopped_line_and_keeps_it_out_of_the_bundle() -> None:
    text = FIREFOX.replace("a=bundle-only\r\n", "")
    offer = read_offer(text)
    session, _, _, screen, _ = sections_of(answer_to(offer))

    assert [line.slot for line in offer.lines] == [Slot.AUDIO, Slot.CAMERA]
    assert screen[0].startswith("m=video 0 UDP/TLS/RTP/SAVPF 120 124")
    assert "a=inactive" in screen
    assert "a=group:BUNDLE 0 1 3" in session


def test_answer_refuses_video_without_a_codec_in_common() -> None:
    text = CHROMIUM.replace("VP8/90000", "VP7/90000").replace("H264/90000", "H263/90000")

    offer = read_offer(text)

    assert [line.slot for line in offer.lines] == [Slot.AUDIO]
    assert "a=group:BUNDLE 0 3\r\n" in answer_to(offer)


@pytest.mark.parametrize(
    ("offered", "answered", "names_streams"),
    [
        ("sendrecv", "sendrecv", True),
        ("sendonly", "recvonly", False),
        ("recvonly", "sendonly", True),
        ("inactive", "inactive", False),
    ],
)
def test_answer_turns_the_direction_round(offered: str, answered: str, names_streams: bool) -> None:
    audio = sections_of(answer_to(read_offer(WHIP.replace("a=sendonly", f"a={offered}"))))[1]

    assert f"a={answered}" in audio
    assert any(a.startswith("a=ssrc:") for a in audio) is names_streams


# refusing


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
    began = time.process_time()
    read_offer(CHROMIUM + codecs + feedback + many("a=ssrc:{} a:b\r\n", 280))
    assert time.process_time() - began < 0.5


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
