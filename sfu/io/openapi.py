"""The OpenAPI document of a node's internal API, generated from `sfu.messages`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, TypeAdapter
from pydantic.json_schema import models_json_schema

from sfu.messages import (
    CLOCK_HEADER,
    DEADLINE_HEADER,
    GENERATION_HEADER,
    ApiError,
    DrainCommand,
    EventFrame,
    GateCommand,
    NodeLoad,
    OpaqueId,
    Role,
    RoomCommand,
    RoomState,
    StreamHello,
)

_MODELS: list[type[BaseModel]] = [
    ApiError,
    DrainCommand,
    EventFrame,
    GateCommand,
    NodeLoad,
    RoomCommand,
    RoomState,
    StreamHello,
]
_CLOCK = {CLOCK_HEADER: {"schema": {"type": "number"}}}
_SDP = {"application/sdp": {"schema": {"type": "string"}}}


def document() -> dict[str, Any]:
    """Build the document."""
    _, definitions = models_json_schema(
        [(model, "serialization") for model in _MODELS],
        ref_template="#/components/schemas/{model}",
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Visavis media node", "version": "1"},
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
        "paths": _paths(),
    }


def _paths() -> dict[str, Any]:
    room = [_parameter("room", "path", TypeAdapter(OpaqueId))]
    peer = [*room, _parameter("peer", "path", TypeAdapter(OpaqueId))]
    join = [
        *room,
        _parameter("participant", "query", TypeAdapter(OpaqueId)),
        _parameter("role", "query", TypeAdapter(Role)),
        _parameter("light", "query", TypeAdapter(bool), required=False),
    ]
    validity = [
        _parameter(DEADLINE_HEADER, "header", TypeAdapter(float), required=False),
        _parameter(
            GENERATION_HEADER,
            "header",
            TypeAdapter(Annotated[int, Field(ge=0, lt=10**18)]),
            required=False,
        ),
    ]
    cursor = [
        _parameter("boot_id", "query", TypeAdapter(OpaqueId), required=False),
        _parameter("after", "query", TypeAdapter(int), required=False),
    ]
    reasons = TypeAdapter(Literal["left", "replaced"])
    closing = [_parameter("reason", "query", reasons, required=False)]
    light = [_parameter("light", "query", TypeAdapter(bool), required=False)]
    states = {"type": "array", "items": _ref(RoomState)}
    anyone: dict[str, Any] = {"security": []}
    return {
        "/health": {"get": _call("The process answers", _json({"type": "object"})) | anyone},
        "/healthz": {"get": _call("The same", _json({"type": "object"})) | anyone},
        "/readyz": {
            "get": _call("A new visit can begin here (else 503)", _json({"type": "object"}))
            | anyone
        },
        "/metrics": {"get": _call("Prometheus exposition", {"text/plain": {}}) | anyone},
        "/openapi.json": {"get": _call("This document", _json({"type": "object"}))},
        "/load": {"get": _call("How busy the node is", _json(_ref(NodeLoad)))},
        "/drain": {
            "put": _call(
                "Take no peers but those of visits that have begun, or take all again",
                _json(_ref(NodeLoad)),
                body=_json(_ref(DrainCommand)),
                errors=(400, 413, 415),
            )
        },
        "/rooms": {"get": _call("Every room", _json(states))},
        "/rooms/{room}": {
            "get": _call("One room", _json(_ref(RoomState)), room, errors=(404,)),
            "put": _call(
                "Make the room, or bring it to this state",
                _json(_ref(RoomState)),
                [*room, *validity],
                body=_json(_ref(RoomCommand)),
                errors=(400, 409, 413, 415, 503),
            ),
            "delete": _call(
                "Close both peers and the room",
                None,
                [*room, *validity],
                errors=(400, 404, 409),
            ),
        },
        "/rooms/{room}/gate": {
            "put": _call(
                "Open or close the gate",
                _json(_ref(RoomState)),
                [*room, *validity],
                body=_json(_ref(GateCommand)),
                errors=(400, 404, 409, 413, 415),
            )
        },
        "/rooms/{room}/peers": {
            "post": _call(
                "Answer an offer; `Location` names the peer",
                _SDP,
                [*join, *validity],
                body=_SDP,
                status=201,
                errors=(400, 404, 409, 413, 415, 429, 503),
            )
        },
        "/rooms/{room}/peers/{peer}": {
            "delete": _call(
                "Close one peer; `replaced` tells its page that another one goes on",
                None,
                [*peer, *closing, *validity],
                errors=(400, 404, 409),
            )
        },
        "/rooms/{room}/peers/{peer}/check": {
            "post": _call(
                "Check a line, before contact; its `check` in the peer's state tells",
                None,
                [*peer, *light, *validity],
                status=202,
                errors=(400, 404, 409, 429, 503),
            )
        },
        "/events": {
            "get": _call(
                "WebSocket: one StreamHello, then EventFrames",
                _json({"oneOf": [_ref(StreamHello), _ref(EventFrame)]}),
                cursor,
                status=101,
                errors=(400,),
            )
        },
    }


def _call(
    summary: str,
    answer: dict[str, Any] | None,
    parameters: list[dict[str, Any]] | None = None,
    *,
    body: dict[str, Any] | None = None,
    status: int = 200,
    errors: tuple[int, ...] = (),
) -> dict[str, Any]:
    success = {"description": summary, "headers": _CLOCK}
    if answer:
        success["content"] = answer
    responses = {str(status if answer or status != 200 else 204): success}
    for error in (401, *errors):
        refusal = {"description": "Refused", "headers": _CLOCK, "content": _json(_ref(ApiError))}
        responses[str(error)] = refusal
    call: dict[str, Any] = {"summary": summary, "responses": responses}
    if parameters:
        call["parameters"] = parameters
    if body:
        call["requestBody"] = {"required": True, "content": body}
    return call


def _parameter(
    name: str, place: str, adapter: TypeAdapter[Any], *, required: bool = True
) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": adapter.json_schema()}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
