"""The commands to a media node, against one that answers over real HTTP."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from control.errors import Conflict, Invalid, NotFound, SlowDown, Unavailable
from control.http.wire import Offer
from control.nodes.client import COMMAND_TIMEOUT_S, SfuClient
from sfu.messages import (
    GENERATION_HEADER,
    Role,
    RoomCommand,
    RoomState,
)
from tests.control.nodes.node import TOKEN, Node

ROOM = RoomState(id="r1", gate_open=True, show_clock_to_patient=True)


async def test_a_node_of_older_code_is_told_nothing_that_it_does_not_know(
    node: Node, client: SfuClient
) -> None:
    node.accept(ROOM)
    await client.ensure_room("r1", RoomCommand(gate_open=True), client.draw_generation())
    assert "screen" not in node.heard[-1][3]
    await client.ensure_room(
        "r1", RoomCommand(relay_patients_screen=False), client.draw_generation()
    )
    assert not RoomCommand.model_validate_json(node.heard[-1][3]).relay_patients_screen


async def test_a_node_that_cannot_refuse_a_screen_still_keeps_the_gate(
    node: Node, client: SfuClient
) -> None:
    node.refuse(400, "invalid")
    with pytest.raises(Invalid):
        await client.ensure_room(
            "r1", RoomCommand(relay_patients_screen=False), client.draw_generation()
        )
    assert ["screen" in body for _, _, _, body in node.heard] == [True, False]


async def test_a_node_that_lacks_the_newest_word_is_told_the_others(
    node: Node, client: SfuClient
) -> None:
    node.refuse(400, "invalid")
    command = RoomCommand(relay_patients_screen=False, sound_first=True)
    with pytest.raises(Invalid):
        await client.ensure_room("r1", command, client.draw_generation())
    told = [("sound_first" in body, "screen" in body) for _, _, _, body in node.heard]
    assert told == [(True, True), (False, True), (False, False)]


async def test_room_is_ensured_with_the_bearer_token(node: Node, client: SfuClient) -> None:
    node.accept(ROOM)
    assert (
        await client.ensure_room("r1", RoomCommand(gate_open=True), client.draw_generation())
        == ROOM
    )
    method, path, media_type, body = node.heard[0]
    assert (method, path, media_type) == ("PUT", "/rooms/r1", "application/json")
    assert RoomCommand.model_validate_json(body) == RoomCommand(gate_open=True)
    assert node.tokens == {f"Bearer {TOKEN}"}


async def test_offer_is_posted_as_sdp_and_the_answer_comes_back(
    node: Node, client: SfuClient
) -> None:
    node.answer = web.Response(text="v=0 answer", status=201, content_type="application/sdp")
    assert await client.offer("r1", "x1", Role.PATIENT, Offer("v=0 offer")) == "v=0 answer"
    expected = "/rooms/r1/peers?participant=x1&role=patient"
    assert node.heard == [("POST", expected, "application/sdp", "v=0 offer")]


async def test_browser_that_saves_data_is_named_to_the_node_and_an_older_node_still_answers(
    node: Node, client: SfuClient
) -> None:
    node.answer = web.Response(text="v=0 answer", status=201, content_type="application/sdp")
    await client.offer("r1", "x1", Role.PATIENT, Offer("v=0 offer", light=True))
    assert node.heard[-1][1] == "/rooms/r1/peers?participant=x1&role=patient&light=1"
    node.refuse(400, "invalid")
    with pytest.raises(Invalid):
        await client.offer("r1", "x1", Role.PATIENT, Offer("v=0 offer", light=True))
    assert ["light" in path for _, path, _, _ in node.heard[1:]] == [True, False]


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, Invalid), (404, NotFound), (409, Conflict), (429, SlowDown), (500, Unavailable)],
)
async def test_refusal_of_the_node_becomes_ours(
    node: Node, client: SfuClient, status: int, error: type[Exception]
) -> None:
    node.refuse(status, "some_code")
    with pytest.raises(error):
        await client.offer("r1", "x1", Role.PATIENT, Offer("v=0"))


async def test_wrong_token_is_not_the_pages_fault(node: Node, client: SfuClient) -> None:
    node.refuse(401, "unauthorized")
    with pytest.raises(Unavailable):
        await client.rooms()


@pytest.mark.parametrize("code", ["full", "draining"])
async def test_node_that_takes_nobody_says_why(node: Node, client: SfuClient, code: str) -> None:
    node.refuse(503, code)
    with pytest.raises(Unavailable) as caught:
        await client.offer("r1", "x1", Role.PATIENT, Offer("v=0"))
    assert caught.value.code == code


async def test_what_is_gone_is_deleted(node: Node, client: SfuClient) -> None:
    node.refuse(404, "no_room")
    await client.close_room("r1")
    await client.delete_peer("r1", "p1")
    assert [path for _, path, _, _ in node.heard] == ["/rooms/r1", "/rooms/r1/peers/p1"]
    await client.delete_peer("r1", "p1", replaced=True)
    assert node.heard[-1][1] == "/rooms/r1/peers/p1?reason=replaced"


async def test_check_of_a_line_is_begun_and_overtakes_no_other_command(
    node: Node, client: SfuClient
) -> None:
    await client.check("r1", "p1", light=True)
    assert node.heard[-1][:2] == ("POST", "/rooms/r1/peers/p1/check?light=1")
    await client.check("r1", "p1", light=False)
    assert node.heard[-1][1] == "/rooms/r1/peers/p1/check?light=0"
    assert node.commands == []  # without a number, which would make others stale


async def test_node_that_is_not_there_is_unavailable(node: Node, client: SfuClient) -> None:
    await node.server.close()
    with pytest.raises(Unavailable) as caught:
        await client.rooms()
    assert caught.value.code == "media_away"


async def test_command_carries_a_deadline_in_the_nodes_clock_and_a_rising_number(
    node: Node, client: SfuClient
) -> None:
    node.accept(ROOM)
    for _ in range(3):
        await client.ensure_room("r1", RoomCommand(gate_open=True), client.draw_generation())
    for deadline_s, _ in node.commands:
        assert 1000.0 < deadline_s < node.now_s + COMMAND_TIMEOUT_S
    numbers = [number for _, number in node.commands]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 3


async def test_new_control_draws_higher_numbers_than_the_one_before(node: Node) -> None:
    node.accept(ROOM)
    for _ in range(2):
        client = SfuClient(str(node.server.make_url("/")), TOKEN)
        await client.ensure_room("r1", RoomCommand(), client.draw_generation())
        await client.close()
        await asyncio.sleep(0.002)  # the numbers start at the time of day in milliseconds
    assert node.commands[0][1] < node.commands[1][1]


async def test_closing_that_was_overtaken_is_asked_for_again(node: Node, client: SfuClient) -> None:
    node.accept(ROOM)
    far_ahead = 1 << 50
    node.refusals = [("stale", {GENERATION_HEADER: str(far_ahead)})]
    assert await client.close_gate("r1") == ROOM
    assert [number > far_ahead for _, number in node.commands] == [False, True]


async def test_opening_that_was_overtaken_is_given_up(node: Node, client: SfuClient) -> None:
    node.accept(ROOM)
    node.refusals = [("stale", {GENERATION_HEADER: "9"})]
    with pytest.raises(Unavailable):
        await client.ensure_room("r1", RoomCommand(gate_open=True), client.draw_generation())
    assert len(node.commands) == 1


async def test_command_that_came_too_late_by_a_wrong_clock_is_sent_once_more(
    node: Node, client: SfuClient
) -> None:
    node.accept(ROOM)
    await client.ensure_room("r1", RoomCommand(), client.draw_generation())
    node.clock_s = 5000.0
    node.refusals = [("late", {})]
    assert await client.ensure_room("r1", RoomCommand(), client.draw_generation()) == ROOM
    assert node.commands[-1][0] > 5000.0
    node.refusals = [("late", {}), ("late", {})]
    with pytest.raises(Unavailable):
        await client.ensure_room("r1", RoomCommand(), client.draw_generation())
