"""The web application: the endpoints of all nouns, the middlewares and the built pages."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from control.auth import account_routes, email_routes, operator_routes
from control.auth import routes as auth_routes
from control.chat import routes as chat_routes
from control.consultations import routes as consultation_routes
from control.control import Control
from control.data.database import Authority
from control.http import static, wire
from control.http.addresses import ADDRESSES, Addresses
from control.http.metrics import METRICS, Metrics
from control.http.middleware import (
    BODY_BYTES,
    EDGE,
    MIDDLEWARES,
    Edge,
    add_headers,
    note_socket,
)
from control.http.wire import Access, Endpoint
from control.invitations import routes as invitation_routes
from control.lines import routes as line_routes
from control.notifications import bounce_routes
from control.notifications import routes as message_routes
from control.operations import overview_routes
from control.operations import routes as operation_routes
from control.operations.exposition import Exposition
from control.patients import routes as patient_routes
from control.sessions import routes as session_routes
from control.settings import routes as setting_routes
from control.turn import routes as turn_routes
from control.visits import routes as visit_routes


def endpoints(control: Control) -> list[Endpoint]:
    """Return every call of the HTTP API, gathered from the nouns."""
    caller = functools.partial(auth_routes.caller, control.auth)
    visitor = functools.partial(visit_routes.visitor, control.visits)
    operator = functools.partial(operator_routes.caller, control.operators)
    calls = [
        *auth_routes.endpoints(
            control.auth,
            control.registration,
            control.confirmations,
            control.pages,
        ),
        *account_routes.endpoints(
            control.auth,
            control.account,
            pictures=control.pictures,
            leaving=control.leaving,
            recovery=control.recovery,
            pages=control.pages,
        ),
        *email_routes.endpoints(control.auth, control.email_changes),
        *operator_routes.endpoints(control.operators),
        *patient_routes.endpoints(control.patients, control.imports, caller),
        *invitation_routes.endpoints(control.invitations, caller),
        *consultation_routes.endpoints(control.consultations, caller),
        *setting_routes.endpoints(control.settings, caller),
        *session_routes.endpoints(
            control.sessions,
            caller,
            listing=control.listing,
            checks=control.checks,
            weak_lines=control.weak_lines,
            export=control.export,
            pages=control.pages,
            presence=control.presence,
        ),
        *line_routes.endpoints(control.usual_lines, control.line_courses, caller),
        *visit_routes.endpoints(
            control.visits,
            control.visit_checks,
            control.link_tests,
            control.pages,
            control.presence,
        ),
        *message_routes.endpoints(
            control.messages,
            caller,
            wishes=control.wishes,
            waits=control.waits,
            failures=control.failures,
        ),
        *bounce_routes.endpoints(control.bounces),
        *turn_routes.endpoints(control.turn, caller, visitor),
        *chat_routes.endpoints(control.chat, caller, visitor),
        *overview_routes.endpoints(control.overview, operator),
        *operation_routes.endpoints(control.database, control.tasks, control.node_is_away),
    ]
    return [*calls, operation_routes.document(calls)]


def make_app(control: Control) -> web.Application:
    """Return the web application; starting it migrates, closing it closes everything."""
    config = control.config
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=BODY_BYTES)
    app[EDGE] = Edge(config.origins, config.public_url.startswith("https:"))
    app[ADDRESSES] = Addresses(trust_proxy=config.trust_proxy)
    app[wire.REGION] = config.region
    app[wire.CLOCK] = wire.Clock(control.outside.clock)
    app[METRICS] = metrics = Metrics()
    for source in control.counted():
        metrics.add(source)
    app[static.STATIC_DIR] = control.outside.static_dir
    for endpoint in endpoints(control):
        app.router.add_route(endpoint.method, endpoint.path, _handler(control, endpoint))
    exposition = Exposition(metrics.registry, control.census)
    door = operation_routes.Door(config.metrics_token)
    app.router.add_get("/metrics", operation_routes.metrics(exposition, door))
    app.router.add_get("/healthz", operation_routes.alive(control.tasks))
    app.router.add_get(
        "/readyz", operation_routes.ready(control.database, control.tasks, control.node_is_away)
    )
    static.add_static(app)
    app.on_response_prepare.append(add_headers)
    app.on_response_prepare.append(note_socket)
    app.cleanup_ctx.append(_running(control))

    async def say_goodbye(_app: web.Application) -> None:
        control.pages.close_all()

    app.on_shutdown.append(say_goodbye)
    return app


def _handler(control: Control, endpoint: Endpoint) -> wire.Handler:
    handler = wire.with_checked_ids(endpoint)
    if endpoint.access in (Access.ANYONE, Access.SERVER):
        return handler

    async def confirm(request: web.Request) -> None:
        async with control.database.read(by=_authority(control, endpoint.access, request)):
            pass

    return wire.known_first(handler, confirm)


def _authority(control: Control, access: Access, request: web.Request) -> Authority:
    """Return who asks, by the cookie that this kind of call looks at."""
    if access is Access.VISIT:
        return visit_routes.visitor(control.visits, request)
    if access is Access.OPERATOR:
        return operator_routes.caller(control.operators, request)
    return auth_routes.caller(control.auth, request)


def _running(control: Control) -> Callable[[web.Application], AsyncIterator[None]]:
    async def run(_app: web.Application) -> AsyncIterator[None]:
        await control.start()
        control.run()
        yield
        await control.close()

    return run
