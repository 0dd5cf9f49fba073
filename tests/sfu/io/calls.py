"""Calls of the node's internal API that several tests make."""

from __future__ import annotations

from typing import Any

from sfu.messages import RoomState
from tests.sfu.io.conftest import Client
from tests.support.browser import VirtualBrowser

SDP = {"Content-Type": "application/sdp"}
AS_PATIENT = {"participant": "p1", "role": "patient"}


async def put_room(client: Client, room: str = "r1", **command: Any) -> RoomState:
    response = await client.put(f"/rooms/{room}", json=command)
    assert response.status == 200
    return RoomState.model_validate_json(await response.read())


async def join(client: Client, role: str = "patient", participant: str = "p1") -> str:
    response = await client.post(
        "/rooms/r1/peers",
        params={"participant": participant, "role": role},
        data=VirtualBrowser().offer,
        headers=SDP,
    )
    assert response.status == 201
    assert response.content_type == "application/sdp"
    assert (await response.text()).startswith("v=0")
    return response.headers["Location"]


async def error(response: Any) -> tuple[int, str]:
    """Status and code of a refusal, which always has words."""
    body = await response.json()
    assert set(body) == {"code", "text"}
    assert body["text"]
    return response.status, body["code"]
