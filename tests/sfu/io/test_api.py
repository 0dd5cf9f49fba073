"""The node's internal API: what it does, what it refuses, and in which words."""

from __future__ import annotations

import json

import openapi_spec_validator
import pytest
from aiohttp import ClientSession

from sfu.engine.rooms import Rooms
from sfu.io.version import installed_version
from sfu.io.worker import Worker
from sfu.messages import NodeLoad, Role, RoomState
from tests.sfu.io.calls import AS_PATIENT, SDP, error, join, put_room
from tests.sfu.io.conftest import TOKEN, Client
from tests.support.browser import VirtualBrowser

# -- who may come in --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "é"]
)
async def test_call_without_the_token_is_refused(client: Client, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization is not None else {}
    async with client.session.__class__() as stranger:
        for path in ("/rooms", "/load", "/openapi.json", "/events", "/nowhere"):
            response = await stranger.get(client.make_url(path), headers=headers)
            assert await error(response) == (401, "unauthorized")
            assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_health_and_metrics_are_open(client: Client) -> None:
    async with client.session.__class__() as stranger:
        health = await stranger.get(client.make_url("/health"))
        assert await health.json() == {"status": "ok"}
        metrics = await stranger.get(client.make_url("/metrics"))
        assert metrics.status == 200


async def ready(client: Client, stranger: ClientSession) -> tuple[int, list[str]]:
    answer = await stranger.get(client.make_url("/readyz"))
    body = await answer.json()
    assert (body["status"] == "ok") == (answer.status == 200)
    return answer.status, body["troubles"]


async def test_node_is_alive_and_ready_for_visits_until_it_drains_or_is_full(
    client: Client, worker: Worker
) -> None:
    async with ClientSession() as stranger:
        assert (await stranger.get(client.make_url("/healthz"))).status == 200
        assert await ready(client, stranger) == (200, [])
        await client.put("/drain", json={"draining": True})
        assert await ready(client, stranger) == (503, ["draining"])
        assert (await stranger.get(client.make_url("/healthz"))).status == 200
        await client.put("/drain", json={"draining": False})
        assert await ready(client, stranger) == (200, [])
        worker._config = worker._config.model_copy(update={"max_rooms": 1})
        await put_room(client)
        assert await ready(client, stranger) == (503, ["full"])


# -- rooms ------------------------------------------------------------------------------------


async def test_room_is_made_and_read_back(client: Client) -> None:
    made = await put_room(client, show_clock_to_patient=False)
    assert made == RoomState(id="r1", gate_open=False, show_clock_to_patient=False)
    one = await (await client.get("/rooms/r1")).json()
    assert one == made.model_dump(mode="json")
    assert await (await client.get("/rooms")).json() == [one]


async def test_putting_a_room_twice_changes_nothing(client: Client) -> None:
    first = await put_room(client)
    location = await join(client)
    second = await put_room(client)
    assert first.peers == []
    assert [f"/rooms/r1/peers/{peer.id}" for peer in second.peers] == [location]


async def test_gate_moves(client: Client) -> None:
    await put_room(client)
    response = await client.put("/rooms/r1/gate", json={"open": True})
    assert (await response.json())["gate_open"] is True


async def test_deleted_room_is_gone(client: Client) -> None:
    await put_room(client)
    assert (await client.delete("/rooms/r1")).status == 204
    assert await error(await client.get("/rooms/r1")) == (404, "no_room")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/rooms/none"),
        ("DELETE", "/rooms/none"),
        ("PUT", "/rooms/none/gate"),
        ("DELETE", "/rooms/none/peers/x"),
    ],
)
async def test_unknown_room_is_404(client: Client, method: str, path: str) -> None:
    body = {"open": True} if method == "PUT" else None
    assert await error(await client.request(method, path, json=body)) == (404, "no_room")


# -- peers ------------------------------------------------------------------------------------


async def test_offer_is_answered_and_the_peer_named(client: Client, worker: Worker) -> None:
    await put_room(client)
    location = await join(client)
    (peer,) = worker.engine.rooms["r1"].places.values()
    assert location == f"/rooms/r1/peers/{peer.id}"
    assert (peer.participant, peer.role) == ("p1", Role.PATIENT)


async def test_answer_names_the_real_port_of_the_node(client: Client, worker: Worker) -> None:
    await put_room(client)
    response = await client.post(
        "/rooms/r1/peers", params=AS_PATIENT, data=VirtualBrowser().offer, headers=SDP
    )
    ((host, port),) = worker.media_addresses
    assert f" {host} {port} typ host" in await response.text()


async def test_deleted_peer_is_gone(client: Client) -> None:
    await put_room(client)
    location = await join(client)
    assert (await client.delete(location)).status == 204
    assert await error(await client.delete(location)) == (404, "no_peer")


@pytest.mark.parametrize("reason", ["left", "replaced"])
async def test_closed_peer_is_told_why(client: Client, worker: Worker, reason: str) -> None:
    await put_room(client)
    location = await join(client)
    (peer,) = worker.engine.rooms["r1"].places.values()
    assert (await client.delete(location, params={"reason": reason})).status == 204
    assert peer.closed == reason


async def test_peer_is_not_closed_for_a_reason_that_is_none(client: Client) -> None:
    await put_room(client)
    location = await join(client)
    refused = await client.delete(location, params={"reason": "failed"})
    assert await error(refused) == (400, "invalid")
    assert (await client.delete(location)).status == 204


async def test_second_participant_finds_the_place_taken(client: Client) -> None:
    await put_room(client)
    location = await join(client, participant="p1")
    response = await client.post(
        "/rooms/r1/peers",
        params={"participant": "p2", "role": "patient"},
        data=VirtualBrowser().offer,
        headers=SDP,
    )
    assert await error(response) == (409, "place_taken")
    assert (await client.delete(location)).status == 204  # the first one kept it


async def test_same_participant_replaces_its_older_peer(client: Client) -> None:
    await put_room(client)
    first, second = await join(client), await join(client)
    state = await (await client.get("/rooms/r1")).json()
    assert [f"/rooms/r1/peers/{peer['id']}" for peer in state["peers"]] == [second]
    assert await error(await client.delete(first)) == (404, "no_peer")


async def test_draining_node_takes_no_new_peers_until_it_is_told_otherwise(client: Client) -> None:
    await put_room(client)
    drained = await client.put("/drain", json={"draining": True})
    assert NodeLoad.model_validate(await drained.json()).draining
    response = await client.post(
        "/rooms/r1/peers", params=AS_PATIENT, data=VirtualBrowser().offer, headers=SDP
    )
    assert await error(response) == (503, "draining")
    again = await client.put("/drain", json={"draining": False})
    assert not NodeLoad.model_validate(await again.json()).draining
    await join(client)


async def test_call_with_the_right_token_is_control_and_one_without_is_not(
    client: Client, worker: Worker
) -> None:
    worker.commanded_at = 0.0
    await client.get("/rooms", headers={"Authorization": "Bearer wrong"})
    await client.get("/metrics")
    await client.get("/health")
    assert worker.commanded_at == 0.0
    await client.get("/rooms")
    assert worker.commanded_at > 0.0


# -- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize("offer", [b"", b"hello", b"v=0\r\n", b"\xff\xfe", b"v=0\r\nm=audio\r\n"])
async def test_bad_offer_is_refused_and_leaves_nothing(client: Client, offer: bytes) -> None:
    await put_room(client)
    response = await client.post("/rooms/r1/peers", params=AS_PATIENT, data=offer, headers=SDP)
    assert await error(response) == (400, "bad_sdp")
    assert (await put_room(client)).peers == []


async def test_bad_offer_of_a_second_tab_does_not_close_the_first(client: Client) -> None:
    await put_room(client)
    location = await join(client)
    await client.post("/rooms/r1/peers", params=AS_PATIENT, data=b"v=0", headers=SDP)
    assert (await client.delete(location)).status == 204


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"role": "patient"}, "participant"),
        ({"participant": "p1"}, "role"),
        ({"participant": "p1", "role": "guest"}, "role"),
        ({"participant": "a b", "role": "patient"}, "participant"),
        ({"participant": "p1", "role": "patient", "admin": "1"}, "admin"),
    ],
)
async def test_bad_query_is_refused_by_name(
    client: Client, params: dict[str, str], names: str
) -> None:
    await put_room(client)
    response = await client.post("/rooms/r1/peers", params=params, data=b"v=0", headers=SDP)
    body = await response.json()
    assert (response.status, body["code"]) == (400, "invalid")
    assert names in body["text"]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"[]", "body"),
        (b'{"gate_open": "perhaps"}', "gate_open"),
        (b'{"gate": true}', "gate"),
        (b'{"clock": {"started_at": "2026-01-01T00:00", "wall_s": 1, "connected_s": 1}}', "start"),
        (b'{"clock": {"started_at": "2026-01-01T00:00Z", "wall_s": -1, "connected_s": 0}}', "wall"),
    ],
)
async def test_bad_json_is_refused_by_name(client: Client, body: bytes, names: str) -> None:
    response = await client.put(
        "/rooms/r1", data=body, headers={"Content-Type": "application/json"}
    )
    answer = await response.json()
    assert (response.status, answer["code"]) == (400, "invalid")
    assert names in answer["text"]
    assert await error(await client.get("/rooms/r1")) == (404, "no_room")


async def test_refusal_never_repeats_what_came(client: Client) -> None:
    response = await client.put("/rooms/r1", json={"gate_open": "secret-value"})
    assert "secret" not in await response.text()


async def test_bad_room_id_is_refused(client: Client) -> None:
    assert await error(await client.put("/rooms/a.b", json={})) == (400, "invalid")


async def test_wrong_body_type_is_refused(client: Client) -> None:
    await put_room(client)
    assert await error(await client.put("/rooms/r1", data="open")) == (415, "wrong_type")
    response = await client.post("/rooms/r1/peers", params=AS_PATIENT, json={})
    assert await error(response) == (415, "wrong_type")


async def test_body_beyond_the_limit_is_refused(client: Client) -> None:
    await put_room(client)
    response = await client.post(
        "/rooms/r1/peers", params=AS_PATIENT, data=b"v=0" + b"x" * 65536, headers=SDP
    )
    assert await error(response) == (413, "too_long")


async def test_unknown_path_and_method_are_refused_in_json(client: Client) -> None:
    assert await error(await client.get("/nowhere")) == (404, "not_found")
    assert await error(await client.post("/rooms/r1")) == (405, "method_not_allowed")


async def test_bug_of_ours_is_a_500_without_a_trace(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(rooms: Rooms, now: float) -> None:
        raise ZeroDivisionError("the secret of a body")

    monkeypatch.setattr(Rooms, "states", broken)
    response = await client.get("/rooms")
    text = await response.text()
    assert response.status == 500
    assert "Traceback" not in text
    assert "secret" not in text + caplog.text
    assert "ZeroDivisionError" in caplog.text


# -- reading ----------------------------------------------------------------------------------


async def test_load_tells_rooms_and_peers(client: Client) -> None:
    await put_room(client)
    await join(client)
    load = NodeLoad.model_validate_json(await (await client.get("/load")).read())
    assert (load.rooms, load.peers, load.draining, load.packet_core) == (1, 1, False, "python")


async def test_load_and_metrics_tell_the_version_that_runs(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = installed_version()
    monkeypatch.setattr("sfu.io.worker.installed_version", lambda: "a newer one, just installed")
    load = NodeLoad.model_validate_json(await (await client.get("/load")).read())
    assert load.version == runs
    text = await (await client.get("/metrics")).text()
    assert f'sfu_info{{version="{runs}"}} 1.0' in text


async def test_metrics_follow_the_node(client: Client) -> None:
    await put_room(client, gate_open=True)
    await join(client)
    text = await (await client.get("/metrics")).text()
    assert "\nsfu_rooms 1.0\n" in text
    assert "\nsfu_open_gates 1.0\n" in text
    assert 'sfu_peers{state="not_connected"} 1.0' in text
    assert 'sfu_native_info{packet_core="python"} 1.0' in text
    assert 'sfu_dropped_packets_total{reason="replayed"} 0.0' in text
    assert 'sfu_receive_buffer_bytes{link="0"}' in text


async def test_openapi_describes_every_route_of_the_app(client: Client) -> None:
    document = await (await client.get("/openapi.json")).json()
    described = {
        (method.upper(), path) for path, calls in document["paths"].items() for method in calls
    }
    assert client.app is not None
    served = {
        (route.method, route.resource.canonical)
        for route in client.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    assert described == served


async def test_openapi_document_is_valid(client: Client) -> None:
    openapi_spec_validator.validate(await (await client.get("/openapi.json")).json())


async def test_openapi_resolves_every_reference(client: Client) -> None:
    text = await (await client.get("/openapi.json")).text()
    schemas = json.loads(text)["components"]["schemas"]
    names = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert {"RoomState", "ClockTicked", "ApiError"} <= names | set(schemas)
    assert names <= set(schemas)
