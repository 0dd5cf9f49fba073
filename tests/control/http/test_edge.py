"""What surrounds every request: errors, limits, CSRF, headers, counters, pages, the document."""

from __future__ import annotations

import json
import logging
from typing import Any

import openapi_spec_validator
import pytest
from aiohttp import ClientError, web
from yarl import URL

from control.app import endpoints
from control.auth.messages import Erasure, MeChange, PasswordChange
from control.chat.messages import NewMessage
from control.consultations.messages import ConsultationChange, NewConsultation, SendLink
from control.http import openapi
from control.http.wire import CSV_TYPE, Access, Csv, Picture, Sdp
from control.notifications.messages import AlertChange, LinkSending
from control.patients.messages import NewPatient, PatientChange
from control.presence.messages import Devices
from control.run.cli import main
from control.run.logs import hush_libraries
from control.sessions.messages import NewSession
from control.settings.messages import SettingChange
from tests.control.call import Call
from tests.control.stage import PASSWORD, Page, Stage

REGISTRATION = {"email": "a@b.cd", "password": "a long enough password", "name": "A"}


async def raw(page: Page, method: str, path: str, **options: Any) -> tuple[int, dict[str, str]]:
    async with page.client.request(method, path, **options) as answer:
        await answer.read()
        return answer.status, dict(answer.headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Visavis": "1", "Sec-Fetch-Site": "cross-site"},
        {"X-Visavis": "1", "Sec-Fetch-Site": "same-site"},
        {"X-Visavis": "1", "Origin": "https://evil.test"},
        {"X-Visavis": "0"},
    ],
)
async def test_change_from_another_site_is_refused(stage: Stage, headers: dict[str, str]) -> None:
    page = stage.page()
    status, _ = await raw(page, "POST", "/api/register", json=REGISTRATION, headers=headers)
    assert status == 403
    await page.post("/api/login", {"email": "a@b.cd", "password": REGISTRATION["password"]}, 401)


async def test_body_over_64_kib_is_refused(stage: Stage) -> None:
    body = REGISTRATION | {"name": "x" * 65_536}
    error = await stage.page().post("/api/register", body, 413)
    assert error == {"code": "too_large", "text": "The request is too large."}


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', '{"email": 1}', "\ufeff{}", "[" * 20_000])
async def test_malformed_json_is_refused_in_words(stage: Stage, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    page = stage.page()
    error = await page.call("POST", "/api/login", expect=400, data=body.encode(), headers=headers)
    assert error["code"] == "invalid_body"


async def test_body_that_is_not_json_is_refused(stage: Stage) -> None:
    page = stage.page()
    error = await page.call("POST", "/api/login", expect=400, data={"email": "a", "password": "b"})
    assert error["code"] == "invalid_body"


async def test_unknown_calls_are_json_errors(stage: Stage) -> None:
    page = stage.page()
    assert (await page.call("GET", "/api/nothing", expect=404))["code"] == "not_found"
    assert (await page.call("PUT", "/api/me", expect=405))["code"] == "method_not_allowed"


async def test_bug_of_ours_shows_no_stack_trace(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(stage.control.database, "check", fail)
    error = await stage.page().call("GET", "/api/health", expect=500)
    assert error["code"] == "internal"
    assert "secret" not in json.dumps(error)
    assert "ZeroDivisionError" in caplog.text
    assert stage.count("visavis_control_failed_requests_total") == 1


async def test_who_left_before_the_answer_is_no_fault_of_ours(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def prepare(socket: web.WebSocketResponse, request: web.Request) -> None:
        assert request.transport is not None
        request.transport.abort()
        raise ConnectionResetError("Cannot write to closing transport")

    therapist = await stage.therapist()
    monkeypatch.setattr(web.WebSocketResponse, "prepare", prepare)
    with pytest.raises(ClientError):
        await therapist.live("/api/live")
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert stage.count("visavis_control_failed_requests_total") == 0


async def test_health_says_when_the_database_is_away(stage: Stage) -> None:
    page = stage.page()
    assert await page.get("/api/health") == {"status": "ok", "troubles": []}
    for file in stage.config.data_dir.glob("visavis.db*"):
        file.unlink()
    await stage.control.database.close()
    stage.config.data_dir.joinpath("visavis.db").mkdir()
    assert (await page.get("/api/health", 503))["code"] == "database_gone"


@pytest.mark.parametrize("path", ["/", "/v", "/api/health", "/api/nothing", "/assets/no.js"])
async def test_every_answer_carries_the_security_headers(stage: Stage, path: str) -> None:
    _, headers = await raw(stage.page(), "GET", path)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=(self), microphone=(self)" in headers["Permissions-Policy"]
    assert "max-age" in headers["Strict-Transport-Security"]


async def test_api_answers_are_never_cached(stage: Stage) -> None:
    _, headers = await raw(stage.page(), "GET", "/api/health")
    assert headers["Cache-Control"] == "no-store"


async def test_counters_name_routes_and_are_shown_to_this_machine_alone(stage: Stage) -> None:
    therapist = await stage.therapist()
    patient = await therapist.post("/api/patients", {"name": "Alex M."}, 201)
    await therapist.get(f"/api/patients/{patient['id']}")
    text = await therapist.call("GET", "/metrics", expect=200)
    assert 'route="/api/patients/{id}",status="200"' in text
    assert patient["id"] not in text
    await therapist.call("GET", "/metrics", expect=404, headers={"X-Forwarded-For": "192.0.2.1"})


async def test_missing_build_is_said_in_words(stage: Stage) -> None:
    for path in ("/", "/patients", "/v"):
        error = await stage.page().call("GET", path, expect=503)
        assert error["code"] == "pages_missing"
        assert "make setup" in error["text"]


@pytest.mark.parametrize("patient_page", ["v.html", "v/index.html"])
async def test_pages_and_hashed_assets_are_served(stage: Stage, patient_page: str) -> None:
    static = stage.control.outside.static_dir
    for name, text in (
        ("index.html", "therapist"),
        (patient_page, "patient"),
        ("assets/app-123.js", "code"),
        ("favicon.svg", "icon"),
    ):
        file = static / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    stage.config.data_dir.joinpath("secret.js").write_text("secret", encoding="utf-8")
    page = stage.page()
    for path in ("/", "/patients/123", "/sessions"):
        assert await page.call("GET", path, expect=200) == "therapist"
    for path in ("/v", "/v/"):
        assert await page.call("GET", path, expect=200) == "patient"
    assert await page.call("GET", "/favicon.svg", expect=200)
    _, headers = await raw(page, "GET", "/assets/app-123.js")
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for path in (
        "/assets/gone.js",
        "/gone.png",
        "/assets/..%2f..%2fsecret.js",
        "/%2e%2e/secret.js",
    ):
        await page.call("GET", path, expect=404)


async def test_log_of_a_whole_visit_names_nobody_and_no_secret(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hush_libraries()
    call = await Call.begin(stage)
    await stage.page().post("/api/visit", {"token": "a-wrong-token"}, 404)
    await call.therapist.get("/api/patients?search=Alexandra")
    wrong = {"email": "guessed@example.org", "password": "wrong password"}
    await stage.page().post("/api/login", wrong, 401)
    await call.waiting.ws.send_str("Alex says hello")
    await call.waiting.close_code()
    stage.media.is_away = True
    await call.therapist.post(f"{call.path}/end")
    await stage.restart()
    private = (
        *("Alex", "Rossi", "@example.org", "+39 333", "a-wrong-token", "wrong password", "v=0"),
        call.visiting.token,
        call.visiting.page.jar["__Host-visit"],
        call.therapist.jar["__Host-login"],
    )
    lines = [f"{one.getMessage()} {one.exc_info or ''}" for one in caplog.records]
    assert [line for line in lines for word in private if word in line] == []
    access = [one.getMessage() for one in caplog.records if one.name == "control.access"]
    assert "POST /api/sessions/{id}/accept 200" in "\n".join(access)
    assert not [line for line in access if "127.0.0.1" in line or "?" in line]


async def test_document_describes_every_endpoint_with_models_that_exist(stage: Stage) -> None:
    calls = endpoints(stage.control)
    document = openapi.document(tuple(calls))
    schemas = document["components"]["schemas"]
    for endpoint in calls:
        if endpoint.live:
            continue
        operation = document["paths"][endpoint.path][endpoint.method.lower()]
        assert {str(status) for status in endpoint.answers} <= set(operation["responses"])
        assert ("security" in operation) == (endpoint.access is not Access.ANYONE)
    pointers = set(_find(document, "$ref"))
    assert {pointer.rpartition("/")[2] for pointer in pointers} <= set(schemas)
    assert {"Session", "Visit", "SessionsMessage", "DevicesMessage", "Moved"} <= set(schemas)
    ids = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(ids) == len(set(ids))


async def test_document_that_is_served_is_the_one_that_is_printed(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    served = await stage.page().get("/api/openapi.json")
    assert main(["openapi"]) == 0
    assert json.loads(capsys.readouterr().out) == served


BODIES: dict[Any, Any] = {
    MeChange: {},
    NewPatient: {"name": "Alex M."},
    PatientChange: {},
    SettingChange: {"self_view": True, "clock": True},
    Devices: {"microphone": "on", "camera": "on"},
    NewSession: {"patient_id": "x"},
    AlertChange: {"email": True, "sms": False, "text": None},
    LinkSending: {"channel": "email"},
    NewMessage: {"id": "x" * 16, "text": "Hello"},
    PasswordChange: {"present": "x", "new": PASSWORD},
    Erasure: {"password": "x"},
    NewConsultation: {},
    ConsultationChange: {},
    SendLink: {"email": "alex@example.org"},
}
"""A body that can be read, since a body is read before it is judged who asks."""
PNG = b"\x89PNG\r\n\x1a\n"


async def test_every_call_but_the_open_ones_needs_to_know_who_asks(stage: Stage) -> None:
    stranger = stage.page()
    for endpoint in endpoints(stage.control):
        if endpoint.access is not Access.ANYONE and not endpoint.live:
            path = endpoint.path.replace("{id}", "x")
            if "zone" in endpoint.query:
                path += "?zone=Europe/Rome&from=2026-11-01&to=2026-11-28"
            if isinstance(endpoint.body, Sdp):
                error = await stranger.offer(path, expect=401)
            elif isinstance(endpoint.body, (Picture, Csv)):
                is_picture = isinstance(endpoint.body, Picture)
                data, kind = (PNG, "image/png") if is_picture else (b"name\nAlex M.\n", CSV_TYPE)
                error = await stranger.call(
                    endpoint.method, path, expect=401, data=data, headers={"Content-Type": kind}
                )
            else:
                body = BODIES.get(endpoint.body)
                error = await stranger.call(endpoint.method, path, body, expect=401)
            assert error["code"] in (
                "login_needed",
                "operator_needed",
                "visit_needed",
                "bad_token",
            )


def test_every_api_route_is_in_the_document(stage: Stage) -> None:
    app: web.Application = stage.server.app
    served = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api/")
    }
    written = {(endpoint.method, endpoint.path) for endpoint in endpoints(stage.control)}
    assert served - {("HEAD", path) for _, path in written} == written


@pytest.mark.parametrize("wrong", ["x" * 65, "x.y", "a%20b", "%C3%A9"])
async def test_id_that_cannot_be_one_of_ours_is_refused_before_the_database(
    stage: Stage, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    therapist = await stage.therapist()
    monkeypatch.setattr(stage.control.database, "read", None)
    monkeypatch.setattr(stage.control.database, "write", None)
    for endpoint in endpoints(stage.control):
        if "{id}" in endpoint.path:
            path: Any = URL(endpoint.path.replace("{id}", wrong), encoded=True)
            answer = await therapist.call(endpoint.method, path, expect=404)
            assert answer["code"] == "not_found"


def _find(node: Any, key: str) -> list[str]:
    if isinstance(node, dict):
        found = [node[key]] if key in node else []
        return found + [one for value in node.values() for one in _find(value, key)]
    if isinstance(node, list):
        return [one for value in node for one in _find(value, key)]
    return []


async def test_document_is_valid_openapi(stage: Stage) -> None:
    openapi_spec_validator.validate(await stage.page().get("/api/openapi.json"))
