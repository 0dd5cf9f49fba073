"""The composition root: nothing else constructs an adapter."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from aiohttp import web
from prometheus_client import generate_latest

from control import keys, live_routes
from control.auth.passwords import MEMORY_KIB, Passwords
from control.auth.service import AuthService, Occupation
from control.auth.store import AuthStore
from control.config import LOOPBACK, Config
from control.data.database import Database
from control.data.encryption import Vault, load_or_create_key
from control.data.keycheck import check_key
from control.endpoints import ENDPOINTS
from control.errors import NotFound, Unavailable
from control.http import static, wire
from control.http.middleware import BODY_BYTES, METRICS, MIDDLEWARES, Metrics, add_headers
from control.http.throttle import Throttle
from control.invitations.service import InvitationService, Links
from control.invitations.store import InvitationStore
from control.live.hub import LiveHub
from control.live_messages import CLOSE_LOGGED_OUT, LoggedOut
from control.nodes.client import SfuClient
from control.nodes.service import NodeService
from control.patients.service import PatientService
from control.patients.store import PatientStore
from control.ports import MediaListener, MediaServer
from control.presence.book import LobbyBook
from control.presence.service import PresenceService
from control.sessions.feed import Feed
from control.sessions.rooms import Rooms
from control.sessions.service import SessionService
from control.sessions.store import SessionStore
from control.settings.service import SettingService
from control.settings.store import SettingStore
from control.turn.model import Turn
from control.turn.service import TurnService
from control.visits.service import VisitService
from control.visits.store import VisitStore

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5  # how late a flicker or a grace may be noticed
PUSH_PROOFS_EVERY_S = 1.0
EXPIRE_EVERY_S = 30.0


class MediaNode(MediaServer, Protocol):
    """A media server whose events can be followed as well."""

    async def follow(self, listener: MediaListener) -> None: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Outside:
    """What tests replace: the node, the time, the cost of a password, the built pages."""

    media: MediaNode
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    password_memory_kib: int = MEMORY_KIB
    static_dir: Path = static.STATIC


@dataclass(frozen=True, slots=True)
class Control:
    """Everything of control, wired together."""

    config: Config
    outside: Outside
    database: Database
    passwords: Passwords
    pages: LiveHub
    lobbies: LobbyBook
    throttle: Throttle
    auth: AuthService
    patients: PatientService
    settings: SettingService
    invitations: InvitationService
    sessions: SessionService
    visits: VisitService
    turn: TurnService
    presence: PresenceService
    rooms: Rooms
    feed: Feed
    nodes: NodeService
    vault: Vault

    async def start(self) -> None:
        """Bring the tables up to date and remember who was here."""
        await self.database.migrate()
        await check_key(self.database, self.vault)
        await self.presence.resume(now=self.outside.clock())

    async def close(self) -> None:
        self.passwords.close()
        await self.outside.media.close()
        await self.database.close()

    async def look(self) -> None:
        """Let time pass over presence and rooms."""
        now = self.outside.clock()
        await self.presence.tick(now=now)
        await self.rooms.settle(now=now)

    async def push_proofs(self) -> None:
        await self.feed.push_proofs(now=self.outside.clock())

    async def expire(self) -> None:
        """End logins that are over, and forget old failures."""
        now = self.outside.clock()
        for login_id in await self.auth.expire(self.pages.open_logins(), now=now):
            self.pages.close_login(login_id, LoggedOut(), CLOSE_LOGGED_OUT)
        await self.throttle.sweep(now=now)


def build(config: Config, outside: Outside | None = None) -> Control:
    """Construct every adapter and service.

    Raises:
        ConfigError: The key or the database URL cannot be used.
    """
    outside = outside or Outside(media=SfuClient(config.sfu_url, config.sfu_token))
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    vault = Vault(load_or_create_key(config.key_file))
    database = Database(config.database_url)
    pages, book = LiveHub(), LobbyBook()
    throttle = Throttle(database, vault.derive("throttle"))
    passwords = Passwords(outside.password_memory_kib)
    auth_store, patient_store = AuthStore(vault), PatientStore(vault)
    session_store, setting_store = SessionStore(), SettingStore()
    link_store = InvitationStore()
    feed = Feed(
        database,
        sessions=session_store,
        patients=patient_store,
        settings=setting_store,
        auth=auth_store,
        book=book,
        pages=pages,
    )
    rooms = Rooms(database, session_store, setting_store, outside.media)
    sessions = SessionService(
        database,
        session_store,
        patients=patient_store,
        settings=setting_store,
        rooms=rooms,
        feed=feed,
        book=book,
        pages=pages,
    )
    presence = PresenceService(
        database, session_store, book=book, pages=pages, feed=feed, sessions=sessions
    )
    visits = VisitService(
        database,
        VisitStore(),
        links=link_store,
        sessions=session_store,
        running=sessions,
        rooms=rooms,
        presence=presence,
        feed=feed,
        book=book,
        pages=pages,
        throttle=throttle,
    )
    links = Links(vault.derive("links"), config.public_url, timedelta(days=config.link_days))
    invitations = InvitationService(database, link_store, patient_store, links, visits)
    occupation = Occupation(page_open=pages.has_login, in_session=book.in_session)
    return Control(
        config=config,
        outside=outside,
        database=database,
        passwords=passwords,
        pages=pages,
        lobbies=book,
        throttle=throttle,
        auth=AuthService(database, auth_store, passwords, throttle, occupation),
        patients=PatientService(
            database,
            patient_store,
            settings=setting_store,
            sessions=session_store,
            invitations=invitations,
            links=link_store,
            running=sessions,
            visits=visits,
        ),
        settings=SettingService(database, setting_store, patient_store, sessions),
        invitations=invitations,
        sessions=sessions,
        visits=visits,
        turn=TurnService(database, session_store, _turn(config)),
        presence=presence,
        rooms=rooms,
        feed=feed,
        nodes=NodeService(
            database,
            session_store,
            book=book,
            presence=presence,
            feed=feed,
            rooms=rooms,
            clock=outside.clock,
        ),
        vault=vault,
    )


def _turn(config: Config) -> Turn | None:
    if not config.turn_urls:
        return None
    return Turn(config.turn_urls, config.turn_secret, timedelta(hours=config.turn_hours))


def make_app(control: Control) -> web.Application:
    """Return the web application; starting it migrates, closing it closes everything."""
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=BODY_BYTES)
    app[keys.CONFIG] = control.config
    app[keys.DATABASE] = control.database
    app[keys.AUTH] = control.auth
    app[keys.PATIENTS] = control.patients
    app[keys.SETTINGS] = control.settings
    app[keys.INVITATIONS] = control.invitations
    app[keys.SESSIONS] = control.sessions
    app[keys.VISITS] = control.visits
    app[keys.TURN] = control.turn
    app[keys.PRESENCE] = control.presence
    app[keys.FEED] = control.feed
    app[keys.PAGES] = control.pages
    app[wire.CLOCK] = wire.Clock(control.outside.clock)
    app[METRICS] = Metrics()
    app[static.STATIC_DIR] = control.outside.static_dir
    for endpoint in ENDPOINTS:
        app.router.add_route(endpoint.method, endpoint.path, endpoint.handler)
    app.router.add_get("/api/live", live_routes.therapist_page)
    app.router.add_get("/api/visit/live", live_routes.patient_page)
    app.router.add_get("/metrics", _metrics)
    static.add_static(app)
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.append(_running(control))
    app.on_shutdown.append(_say_goodbye)
    return app


def _running(control: Control) -> Callable[[web.Application], AsyncIterator[None]]:
    async def run(_app: web.Application) -> AsyncIterator[None]:
        await control.start()
        tasks = [
            asyncio.create_task(_repeat(control.look, LOOK_EVERY_S)),
            asyncio.create_task(_repeat(control.push_proofs, PUSH_PROOFS_EVERY_S)),
            asyncio.create_task(_repeat(control.expire, EXPIRE_EVERY_S)),
            asyncio.create_task(control.outside.media.follow(control.nodes)),
        ]
        yield
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await control.close()

    return run


async def _say_goodbye(app: web.Application) -> None:
    app[keys.PAGES].close_all()


async def _repeat(job: Callable[[], Awaitable[None]], every_s: float) -> None:
    """Do the job again and again; a database that is away is met again next time."""
    while True:
        await asyncio.sleep(every_s)
        try:
            await job()
        except Unavailable as error:
            log.warning("could not %s: %s", job.__name__, error.code)
        except Exception:
            log.exception("could not %s", job.__name__)


async def _metrics(request: web.Request) -> web.Response:
    """Show the counters to this machine alone; a proxy in front says so by its header."""
    if request.remote not in LOOPBACK or "X-Forwarded-For" in request.headers:
        raise NotFound("not_found", "There is nothing here.")
    text = generate_latest(request.app[METRICS].registry).decode()
    return web.Response(text=text, content_type="text/plain")
