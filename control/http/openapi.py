"""Write the OpenAPI document from the endpoints and their models. PURE."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from control.http.wire import PICTURE_TYPES, Access, ApiError, Csv, Endpoint, Mail, Picture, Sdp
from control.version import installed_version

REF = "#/components/schemas/{model}"
COOKIES = {Access.LOGIN: "login", Access.VISIT: "visit", Access.OPERATOR: "operator"}
SCHEMES = COOKIES | {Access.SERVER: "server"}

RAW = (Sdp, Csv, Mail, Picture)

Key = tuple[Any, JsonSchemaMode]


def render(endpoints: Iterable[Endpoint]) -> str:
    return json.dumps(document(tuple(endpoints)), indent=2, ensure_ascii=False) + "\n"


def document(endpoints: tuple[Endpoint, ...]) -> dict[str, Any]:
    """Return the document; each path in the order of the endpoints."""
    schemas, components = _schemas(endpoints)
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for endpoint in endpoints:
        if endpoint.live:
            continue  # docs/protocol.md has the WebSockets
        paths[endpoint.path][endpoint.method.lower()] = _operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Visavis control", "version": installed_version()},
        "paths": dict(paths),
        "components": {
            "schemas": components,
            "securitySchemes": {
                name: {"type": "apiKey", "in": "cookie", "name": f"__Host-{name}"}
                for name in COOKIES.values()
            }
            | {SCHEMES[Access.SERVER]: {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(endpoints: tuple[Endpoint, ...]) -> tuple[dict[Key, Any], dict[str, Any]]:
    """Return the schema of each body and answer, and the named models they point to."""
    wanted: dict[Key, TypeAdapter[Any]] = {}
    for endpoint in endpoints:
        if endpoint.body is not None and not isinstance(endpoint.body, RAW):
            wanted[endpoint.body, "validation"] = TypeAdapter(endpoint.body)
        for answer in endpoint.answers.values():
            if answer is not None and not isinstance(answer, RAW):
                wanted[answer, "serialization"] = TypeAdapter(answer)
    live = [model for endpoint in endpoints for model in endpoint.live]
    for model in (ApiError, *live):
        wanted[model, "serialization"] = TypeAdapter(model)
    inputs = [(key, mode, adapter) for (key, mode), adapter in wanted.items()]
    schemas, definitions = TypeAdapter.json_schemas(inputs, ref_template=REF)
    return dict(schemas), definitions.get("$defs", {})


def _operation(endpoint: Endpoint, schemas: dict[Key, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": endpoint.summary,
        "operationId": endpoint.handler.__module__.split(".")[-2] + "_" + _name(endpoint),
        "responses": _responses(endpoint, schemas),
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", endpoint.path)
    ] + [{"name": name, "in": "query", "schema": {"type": "string"}} for name in endpoint.query]
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body is not None:
        content = _content(endpoint.body, "validation", schemas)
        operation["requestBody"] = {"required": True, "content": content}
    if endpoint.access in SCHEMES:
        operation["security"] = [{SCHEMES[endpoint.access]: []}]
    return operation


def _name(endpoint: Endpoint) -> str:
    return getattr(endpoint.handler, "__name__", "call")


def _responses(endpoint: Endpoint, schemas: dict[Key, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, answer in endpoint.answers.items():
        response: dict[str, Any] = {"description": HTTPStatus(status).phrase}
        if answer is not None:
            response["content"] = _content(answer, "serialization", schemas)
        responses[str(status)] = response
    for refused, codes in _errors(endpoint).items():
        schema = schemas[ApiError, "serialization"]
        responses[refused] = {
            "description": " | ".join(codes),
            "content": {"application/json": {"schema": schema}},
        }
    return responses


def _errors(endpoint: Endpoint) -> dict[str, list[str]]:
    codes: dict[str, list[str]] = defaultdict(list)
    if endpoint.access in COOKIES:
        codes["401"].append(f"{COOKIES[endpoint.access]}_needed")
    if endpoint.body is not None and not isinstance(endpoint.body, RAW):
        codes["400"].append("invalid_body")
    for error in endpoint.errors:
        status, _, code = error.partition(" ")
        codes[status].append(code)
    return codes


def _content(model: Any, mode: JsonSchemaMode, schemas: dict[Key, Any]) -> dict[str, Any]:
    if isinstance(model, Sdp | Csv | Mail):
        return {model.media_type: {"schema": {"type": "string"}}}
    if isinstance(model, Picture):
        return {kind: {"schema": {"type": "string", "format": "binary"}} for kind in PICTURE_TYPES}
    return {"application/json": {"schema": schemas[model, mode]}}
