"""SMS by Apprise to a fake of its HTTP edge: what is asked of it, and what its answers mean."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from control.errors import ConfigError
from control.notifications.apprise_sms import AppriseGateway
from control.notifications.model import (
    DELIVERED,
    UNKNOWN,
    Failure,
    Outcome,
    later,
    refused,
)
from tests.control.notifications.letters import parcel

SETTING = "VISAVIS_SMS_URL"
SMS = {"to": "+393331234567", "subject": "", "text": "Alex, Dr. Rossi is ready: https://v.test/v#t"}


@dataclass(slots=True)
class Edge:
    """The gateway's HTTP side."""

    status: int = 200
    hang: bool = False
    bodies: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    url: str = ""
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.json())
        self.paths.append(request.path_qs)
        if self.hang:
            await self.let_go.wait()
        return web.Response(status=self.status)


@pytest.fixture
async def edge() -> AsyncIterator[Edge]:
    running = Edge()
    app = web.Application()
    app.router.add_post("/{rest:.*}", running.handle)
    server = TestServer(app)
    await server.start_server()
    running.url = f"json://127.0.0.1:{server.port}/sms/{{to}}"
    yield running
    running.let_go.set()
    await server.close()


def gateway(edge: Edge, answer_s: float = 5.0) -> AppriseGateway:
    return AppriseGateway(edge.url, SETTING, answer_s=answer_s)


async def test_an_sms_goes_to_the_number_in_the_url(edge: Edge) -> None:
    opened = gateway(edge)
    assert await opened.send(parcel(**SMS)) == DELIVERED
    assert edge.paths[0].rstrip("/") in ("/sms/+393331234567", "/sms/%2B393331234567")
    assert edge.bodies[0]["message"] == SMS["text"]
    assert edge.bodies[0]["title"] == ""
    opened.close()


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, refused(Failure.REFUSED)),
        (401, later(Failure.GATEWAY)),
        (429, later(Failure.NO_ANSWER)),
        (500, later(Failure.NO_ANSWER)),
        (503, later(Failure.NO_ANSWER)),
    ],
)
async def test_the_status_decides(edge: Edge, status: int, outcome: Outcome) -> None:
    edge.status = status
    opened = gateway(edge)
    assert await opened.send(parcel(**SMS)) == outcome
    opened.close()


async def test_a_gateway_that_never_answers_may_have_taken_it(edge: Edge) -> None:
    edge.hang = True
    opened = gateway(edge, answer_s=0.2)
    assert await opened.send(parcel(**SMS)) == UNKNOWN
    opened.close()


async def test_a_gateway_that_is_not_there_is_asked_again(edge: Edge) -> None:
    edge.url = "json://127.0.0.1:9/{to}"
    opened = gateway(edge)
    assert await opened.send(parcel(**SMS)) == later(Failure.NO_ANSWER)
    opened.close()


async def test_nothing_of_a_message_reaches_the_logs(
    edge: Edge, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "aiohttp.access")  # the fake's own
    edge.status = 400
    opened = gateway(edge)
    await opened.send(parcel(**SMS))
    assert "3331234567" not in caplog.text
    assert "Alex" not in caplog.text
    opened.close()


@pytest.mark.parametrize("url", ["json://sms.test/", "nothing://{to}", "{to}"])
def test_a_url_without_a_place_for_the_number_or_a_meaning_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match=SETTING):
        AppriseGateway(url, SETTING)
