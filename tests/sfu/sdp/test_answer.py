"""Answers: the lines, addresses, streams and directions that each offer gets."""

from __future__ import annotations

import re

import pytest
from aiortc.sdp import SessionDescription

from sfu.base.media import Slot
from sfu.sdp import read_offer
from tests.sfu.sdp.offers import (
    CHROMIUM,
    CREDENTIALS,
    FINGERPRINT,
    FIREFOX,
    WHIP,
    answer_to,
    sections_of,
)


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


def test_answer_refuses_a_stopped_line_and_keeps_it_out_of_the_bundle() -> None:
    text = FIREFOX.replace("a=bundle-only\r\n", "")
    offer = read_offer(text)
    session, _, _, screen, _ = sections_of(answer_to(offer))

    assert [line.slot for line in offer.lines] == [Slot.AUDIO, Slot.CAMERA]
    assert screen[0].startswith("m=video 0 UDP/TLS/RTP/SAVPF 120 124")
    assert "a=inactive" in screen
    assert "a=group:BUNDLE 0 1 3" in session


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
