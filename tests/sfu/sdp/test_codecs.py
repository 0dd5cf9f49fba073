"""Which codecs are taken of an offer, with which feedback."""

from __future__ import annotations

import re

from sfu.base.media import Slot
from sfu.sdp import read_offer
from tests.sfu.sdp.offers import CHROMIUM, answer_to, line_of, sections_of


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


def test_answer_refuses_video_without_a_codec_in_common() -> None:
    text = CHROMIUM.replace("VP8/90000", "VP7/90000").replace("H264/90000", "H263/90000")

    offer = read_offer(text)

    assert [line.slot for line in offer.lines] == [Slot.AUDIO]
    assert "a=group:BUNDLE 0 3\r\n" in answer_to(offer)
