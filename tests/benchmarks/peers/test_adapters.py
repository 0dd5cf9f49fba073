"""Adapters: which are chosen, why one cannot run, and what they write into SDP."""

from __future__ import annotations

import base64
import hmac
import json
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiortc.sdp import SessionDescription

from benchmarks.peers import livekit, mediasoup, pion, place
from benchmarks.peers.aiortc import AIORTC
from benchmarks.peers.guest import (
    SECTION,
    Guest,
    answer_to,
    extension_in,
    sound_and_camera,
    ssrcs_in,
    with_candidate,
)
from benchmarks.peers.janus import ECHOTEST, VIDEOROOM
from benchmarks.peers.known import KNOWN, chosen, split
from benchmarks.peers.run import processor
from benchmarks.relay.processes import Relay
from sfu.base.media import TRANSPORT_CC_URI, Slot
from tests.support.browser import VirtualBrowser


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda program: None)


def test_ours_is_always_among_the_chosen_and_first() -> None:
    names = [adapter.name for adapter in chosen("janus-echotest, bare,bare")]
    assert names == ["ours", "janus-echotest", "bare"]
    assert [adapter.name for adapter in chosen("janus")] == [
        "ours",
        "janus-echotest",
        "janus-videoroom",
    ]
    assert [adapter.name for adapter in chosen("all")] == list(KNOWN)


def test_an_unknown_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match=r"not known: kurento; known are ours, bare, gcm"):
        chosen("bare,kurento")


@pytest.mark.usefixtures("nothing_installed")
def test_what_is_not_installed_is_left_out_with_the_reason() -> None:
    able, missing = split(chosen("all"))
    assert [adapter.name for adapter in able] == ["ours", "bare", "gcm"]
    assert missing["janus-echotest"] == missing["janus-videoroom"]
    assert "Janus is not installed" in missing["janus-echotest"]
    assert "Go is not installed" in missing["pion"]
    assert "no livekit-server on the path" in missing["livekit"]
    assert "Node is not installed" in missing["mediasoup"]


@pytest.mark.parametrize("janus", [ECHOTEST, VIDEOROOM])
def test_janus_needs_an_address_that_is_not_the_loopback_interfaces(
    janus: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr(place, "has_address", lambda: False)
    assert "no network of our own" in (ECHOTEST.missing() or "")


def test_aiortc_needs_an_address_that_is_not_the_loopback_interfaces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(place, "has_address", lambda: False)
    assert "no network of our own" in (AIORTC.missing() or "")
    monkeypatch.setattr(place, "has_address", lambda: True)
    assert AIORTC.missing() is None


def test_mediasoup_needs_its_package_and_a_worker(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module, worker = tmp_path / "mediasoup", tmp_path / "worker"
    monkeypatch.setattr("shutil.which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr(mediasoup, "MODULE", module)
    monkeypatch.setattr(mediasoup, "WORKER", module / "worker")
    monkeypatch.delenv("MEDIASOUP_WORKER_BIN", raising=False)
    server = mediasoup.MEDIASOUP
    assert server.missing() == "mediasoup is not installed (npm ci in peers/mediasoup_relay)"
    module.mkdir()
    (module / "package.json").write_text('{"version": "3.18.1"}')
    assert server.missing() == f"mediasoup's worker is not there: {module / 'worker'}"
    (module / "worker").touch()
    assert server.missing() is None
    assert server.version() == "mediasoup 3.18.1"
    monkeypatch.setenv("MEDIASOUP_WORKER_BIN", str(worker))
    assert server.missing() == f"mediasoup's worker is not there: {worker}"
    worker.touch()
    assert server.missing() is None
    assert server.version() == "mediasoup 3.18.1, worker built by hand"


def test_a_server_of_two_processes_is_counted_with_both() -> None:
    own = cast(Any, SimpleNamespace(pid=os.getpid()))
    one, both = Relay("one", own), Relay("both", own, helpers=(os.getpid(),))
    assert both.memory_kb() == pytest.approx(2 * one.memory_kb(), rel=0.05)
    assert both.cpu_s() == pytest.approx(2 * one.cpu_s(), rel=0.05)


async def test_a_guest_reads_extensions_by_the_ids_of_the_answer() -> None:
    guest, text = Guest(), with_candidate(sound_and_camera(VirtualBrowser().offer), "127.0.0.1", 9)
    for offered, answered in (("map:3 http", "map:5 http"), ("map:1 urn", "map:9 urn")):
        text = text.replace(offered, answered)
    assert guest.take_answer(text) == ("127.0.0.1", 9)
    assert (guest._ids.level, guest._ids.transport_cc) == (9, 5)


def test_a_relay_that_does_not_build_is_missing_with_what_the_compiler_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed = subprocess.CompletedProcess([], 1, stdout="", stderr="main.go:1: no such module\n")
    monkeypatch.setattr("shutil.which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr("subprocess.run", lambda *_, **__: failed)
    pion._built.cache_clear()
    try:
        assert pion.PION.missing() == "it could not be built: main.go:1: no such module"
    finally:
        pion._built.cache_clear()


def test_a_network_of_our_own_needs_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert place.enter() == "needs root, to make a network namespace"


def test_a_guest_offers_sound_and_camera_from_one_candidate() -> None:
    offer = with_candidate(sound_and_camera(VirtualBrowser().offer), "127.0.1.5", 40_000)
    session = SessionDescription.parse(offer)
    assert [media.kind for media in session.media] == ["audio", "video"]
    assert [group.items for group in session.group if group.semantic == "BUNDLE"] == [["0", "1"]]
    candidates = [(c.ip, c.port) for media in session.media for c in media.ice_candidates]
    assert candidates == [("127.0.1.5", 40_000)]
    assert session.media[0].ice_candidates_complete
    assert {media.dtls.role for media in session.media if media.dtls} == {"client"}
    assert "trickle" not in offer


def test_a_guest_answers_an_offer_by_taking_all_and_sending_nothing() -> None:
    offer = sound_and_camera(VirtualBrowser(seed=7).offer).replace("setup:active", "setup:actpass")
    answer = answer_to(offer, "ufrag7", "pwd7" * 6, "AB:CD")
    assert len(SessionDescription.parse(answer).media) == 2
    assert answer.count("a=recvonly\r\n") == 2
    assert answer.count("a=setup:active\r\n") == 2
    assert answer.count("a=ice-ufrag:ufrag7\r\n") == 2
    assert answer.count("a=fingerprint:sha-256 AB:CD\r\n") == 2
    for gone in ("a=ssrc", "a=msid:", "a=candidate", "a=sendrecv", "a=ice-options"):
        assert gone not in answer
    assert answer.count("\n") == answer.count("\r\n")


def test_ids_of_extensions_are_those_of_the_server() -> None:
    sdp = f"v=0\r\na=extmap:12/recvonly {TRANSPORT_CC_URI}\r\na=extmap:4 urn:other\r\n"
    assert extension_in(sdp, TRANSPORT_CC_URI) == 12
    assert extension_in(sdp, "urn:none") == 0


def test_the_processor_is_named() -> None:
    assert processor("processor : 0\nmodel name\t: Some CPU @ 2 GHz\n") == "Some CPU @ 2 GHz"
    assert processor("")


def test_a_guest_hears_the_first_line_of_each_kind_wherever_it_stands() -> None:
    head, audio, camera = SECTION.split(sound_and_camera(VirtualBrowser(seed=9).offer))
    own = VirtualBrowser(seed=9).lines
    screen = SECTION.split(VirtualBrowser(seed=9).offer)[3]
    found = ssrcs_in(head + camera + audio + screen)
    assert found[Slot.AUDIO] == (own[Slot.AUDIO].up_ssrc, None)
    assert found[Slot.CAMERA] == (own[Slot.CAMERA].up_ssrc, own[Slot.CAMERA].up_rtx_ssrc)
    assert Slot.CAMERA not in ssrcs_in(head + audio)


def test_livekit_knows_a_page_by_a_signed_token() -> None:
    head, claims, signature = livekit.token("call-1", "one", now=1_000.0).split(".")
    assert unpacked(head) == {"alg": "HS256", "typ": "JWT"}
    said = unpacked(claims)
    assert (said["sub"], said["video"]) == ("one", {"roomJoin": True, "room": "call-1"})
    assert said["nbf"] < 1_000 < said["exp"]
    signed = hmac.new(livekit.SECRET.encode(), f"{head}.{claims}".encode(), "sha256").digest()
    assert base64.urlsafe_b64decode(signature + "=") == signed


def test_livekit_finds_candidates_and_tracks_in_what_is_said() -> None:
    said = "candidate:1 1 UDP 2130706431 127.0.0.1 7882 typ host"
    assert livekit.place_in(f"a={said}\r\n") == livekit.place_in(said) == ("127.0.0.1", 7882)
    assert livekit.place_in("candidate:1 1 tcp 1 127.0.0.1 9 typ host") is None
    assert livekit.place_in("candidate:1 1 udp 1 ::1 9 typ host") is None
    assert len(set(livekit.track_ids(sound_and_camera(VirtualBrowser().offer)))) == 2


def test_livekit_offers_and_candidates_are_read_before_it_speaks_json() -> None:
    offer = b"\x0a\x05offer" + b"\x12\xac\x02" + b"v" * 300 + b"\x18\x07"
    said = livekit.from_protobuf(
        b"\x1a" + bytes((len(offer) & 0x7F | 0x80, len(offer) >> 7)) + offer
    )
    assert said == {"offer": {"sdp": "v" * 300, "id": 7}}
    trickle = b"\x0a\x02{}\x10\x01"
    said = livekit.from_protobuf(b"\x22" + bytes((len(trickle),)) + trickle)
    assert said == {"trickle": {"candidateInit": "{}", "target": "SUBSCRIBER"}}
    assert livekit.from_protobuf(b"\x0a\x00") == {}
    assert livekit.fields(b"\x0d\x01\x02\x03\x04\x10\x05") == {1: b"\x01\x02\x03\x04", 2: 5}


def unpacked(part: str) -> dict[str, Any]:
    padded = part + "=" * (-len(part) % 4)
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(padded))
    return found
