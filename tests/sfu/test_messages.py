"""Between versions: a newer node is understood, a newer control is not half obeyed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from sfu.messages import (
    ApiError,
    ClockState,
    ClockTicked,
    EventFrame,
    GateCommand,
    GateMoved,
    LostTime,
    MediaProof,
    NodeLoad,
    PeerClosed,
    PeerClosedReason,
    PeerReported,
    PeerState,
    Role,
    RoomCommand,
    RoomState,
    StreamHello,
    UnknownEventFrame,
    read_event_frame,
)

CLOCK = ClockState(
    started_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
    wall_s=3,
    connected_s=2,
    lost=LostTime(server=1),
)
PEER = PeerState(
    id="x", participant="p", role=Role.PATIENT, connected=True, proof=MediaProof(heard_age_ms=20)
)
ROOM = RoomState(id="r", gate_open=True, show_clock_to_patient=True, clock=CLOCK, peers=[PEER])
LOAD = NodeLoad(
    boot_id="b",
    rooms=1,
    peers=2,
    loop_lag_p95_ms=1,
    cpu_ratio=0.1,
    draining=False,
    packet_core="python",
)


def of_a_newer_node(value: Any) -> Any:
    """The same with one more field in every object."""
    if isinstance(value, dict):
        return {key: of_a_newer_node(part) for key, part in value.items()} | {"new_field": [1]}
    return [of_a_newer_node(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "state",
    [
        ROOM,
        LOAD,
        ApiError(code="late", text="Too late."),
        StreamHello(boot_id="b", seq=4, resumed=False, rooms=[ROOM]),
        EventFrame(seq=1, event=PeerReported(room="r", peer=PEER)),
        EventFrame(seq=1, event=ClockTicked(room="r", clock=CLOCK)),
    ],
    ids=lambda state: type(state).__name__,
)
def test_unknown_fields_of_states_and_events_are_ignored(state: BaseModel) -> None:
    text = json.dumps(of_a_newer_node(state.model_dump(mode="json")))
    assert type(state).model_validate_json(text) == state


def test_load_of_an_older_node_is_read_without_its_version() -> None:
    older = LOAD.model_dump(mode="json", exclude={"version"})
    assert NodeLoad.model_validate(older).version == ""


@pytest.mark.parametrize(
    "command", [RoomCommand(gate_open=True), GateCommand(open=True)], ids=["room", "gate"]
)
def test_unknown_fields_of_commands_are_refused(command: BaseModel) -> None:
    text = json.dumps(of_a_newer_node(command.model_dump(mode="json")))
    with pytest.raises(ValidationError):
        type(command).model_validate_json(text)


def test_event_of_an_unknown_type_is_passed_over_and_counted() -> None:
    text = '{"seq": 7, "event": {"type": "room_recorded", "place": {"a": 1}}, "at": 3}'
    assert read_event_frame(text) == UnknownEventFrame(seq=7)


def test_known_event_is_read_as_it_is() -> None:
    frame = EventFrame(seq=7, event=GateMoved(room="r", open=True))
    assert read_event_frame(frame.model_dump_json()) == frame
    assert read_event_frame(frame.model_dump_json().encode()) == frame


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"seq": 7}',
        '{"seq": 7, "event": {}}',
        '{"seq": 7, "event": {"type": "gate_moved", "room": "r"}}',
        '{"seq": 7, "event": {"type": "gate_moved", "room": "r", "open": "perhaps"}}',
        '{"seq": 0, "event": {"type": "gate_moved", "room": "r", "open": true}}',
        '{"seq": 0, "event": {"type": "room_recorded"}}',
        '{"event": {"type": "room_recorded"}}',
    ],
)
def test_what_is_no_frame_or_a_malformed_event_is_an_error(text: str) -> None:
    with pytest.raises(ValidationError):
        read_event_frame(text)


def test_peer_closed_for_a_reason_of_a_newer_node_is_closed_all_the_same() -> None:
    event = {"type": "peer_closed", "room": "r", "peer": "x", "reason": "evicted"}
    frame = read_event_frame(json.dumps({"seq": 7, "event": event}))
    closed = PeerClosed(room="r", peer="x", reason=PeerClosedReason.OTHER)
    assert frame == EventFrame(seq=7, event=closed)
