"""Presence, as seen from sockets and peers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from control.presence.messages import Device, Devices
from control.presence.model import Lobby, Presence
from control.visits.model import VisitFacts
from sfu.messages import PeerState, Role

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def make_lobby(*, gate_open: bool = True) -> Lobby:
    return Lobby("s1", "p1", "t1", START, gate_open=gate_open)


def peer(peer_id: str = "a", *, connected: bool = True, role: Role = Role.PATIENT) -> PeerState:
    return PeerState(id=peer_id, participant="x", role=role, connected=connected)


def test_break_shorter_than_three_seconds_is_not_an_absence() -> None:
    presence = Presence()
    presence.observe(True, START)
    presence.observe(False, at(10))
    assert presence.is_present(at(12.9))
    assert not presence.is_present(at(13))


def test_participant_is_gone_after_two_minutes() -> None:
    presence = Presence()
    presence.observe(True, START)
    presence.observe(False, at(10))
    assert not presence.is_gone(at(130))
    assert presence.is_gone(at(130.1))


def test_never_seen_is_absent_and_gone() -> None:
    assert not Presence().is_present(START)
    assert Presence().is_gone(START)


def test_live_peer_alone_is_presence() -> None:
    lobby = make_lobby()
    lobby.put_peer(peer())
    lobby.refresh(START, patient_page=False, therapist_page=False)
    assert lobby.patient.live
    assert not lobby.therapist.live


def test_lost_line_in_contact_is_reconnecting_even_with_the_page_open() -> None:
    lobby = make_lobby()
    lobby.put_peer(peer())
    lobby.refresh(START, patient_page=True, therapist_page=True)
    assert not lobby.reconnecting(Role.PATIENT)
    lobby.set_connected("a", False)
    assert lobby.reconnecting(Role.PATIENT)


def test_first_connection_after_accept_is_not_called_reconnecting() -> None:
    lobby = make_lobby()
    lobby.put_peer(peer(connected=False))
    lobby.refresh(START, patient_page=True, therapist_page=True)
    assert not lobby.reconnecting(Role.PATIENT)


def test_nobody_reconnects_in_the_waiting_room() -> None:
    lobby = make_lobby(gate_open=False)
    lobby.put_peer(peer())
    lobby.set_connected("a", False)
    assert not lobby.reconnecting(Role.PATIENT)


def test_news_of_a_replaced_peer_does_not_touch_its_successor() -> None:
    lobby = make_lobby()
    lobby.put_peer(peer("old"))
    lobby.put_peer(peer("new"))
    lobby.set_connected("old", False)
    lobby.drop_peer("old")
    assert lobby.connected(Role.PATIENT)


def test_snapshot_is_the_whole_truth() -> None:
    lobby = make_lobby()
    lobby.put_peer(peer("old"))
    lobby.replace_peers([peer("t", role=Role.THERAPIST)])
    assert not lobby.connected(Role.PATIENT)
    assert lobby.connected(Role.THERAPIST)


def test_lobby_is_abandoned_when_both_have_been_away_for_the_time() -> None:
    lobby, hour = make_lobby(), timedelta(hours=1)
    assert not lobby.abandoned(at(3599), hour)
    assert lobby.abandoned(at(3600), hour)
    lobby.therapist.observe(True, at(3600))
    assert not lobby.abandoned(at(9000), hour)


def test_visit_is_recent_for_two_minutes_and_too_old_after_a_day() -> None:
    visit = VisitFacts("v", "p", b"", created_at=START, last_seen_at=START)
    assert visit.is_recent(at(119))
    assert not visit.is_recent(at(120))
    assert not visit.is_too_old(at(86_399))
    assert visit.is_too_old(at(86_400))


def test_devices_are_news_once_and_each_sides_are_its_own() -> None:
    lobby = make_lobby()
    on = Devices(microphone=Device.ON, camera=Device.ON)
    muted = Devices(microphone=Device.OFF, camera=Device.ON)
    told = [
        lobby.put_devices(role, devices)
        for role, devices in [
            (Role.PATIENT, on),
            (Role.PATIENT, on),
            (Role.THERAPIST, muted),
            (Role.PATIENT, muted),
        ]
    ]
    assert told == [True, False, True, True]
    assert lobby.devices == {Role.PATIENT: muted, Role.THERAPIST: muted}
