"""The composition root: nothing else constructs an adapter, or joins the nouns."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from aiohttp import web

from control.auth import account_routes
from control.auth import routes as auth_routes
from control.auth.account import AccountService
from control.auth.devices import Devices
from control.auth.guard import PasswordGuard
from control.auth.leaving import LeavingService
from control.auth.messages import CLOSE_LOGGED_OUT, LoggedOut
from control.auth.model import LOGINS, login_group
from control.auth.passwords import MEMORY_KIB, Passwords
from control.auth.pictures import PictureService, PictureStore
from control.auth.recovery import RecoveryService
from control.auth.registration import RegistrationService
from control.auth.service import AuthService
from control.auth.store import AuthStore
from control.chat import routes as chat_routes
from control.chat.conversations import Conversations
from control.chat.service import ChatService
from control.chat.store import ChatStore
from control.config import Config
from control.consultations import routes as consultation_routes
from control.consultations.service import ConsultationService
from control.consultations.store import ConsultationStore
from control.data import keyfile
from control.data.cursors import Cursors
from control.data.database import Database
from control.data.encryption import Vault
from control.data.files import make_folder
from control.data.keycheck import check_key
from control.data.keyfile import KeyFile
from control.http import static, wire
from control.http.addresses import ADDRESSES, Addresses
from control.http.middleware import (
    BODY_BYTES,
    EDGE,
    METRICS,
    MIDDLEWARES,
    Edge,
    Metrics,
    add_headers,
)
from control.http.pace import offer_pace
from control.http.throttle import Throttle
from control.http.wire import Endpoint
from control.invitations import routes as invitation_routes
from control.invitations.service import InvitationService, Links, PatientLinks
from control.invitations.store import InvitationStore
from control.live.hub import LiveHub
from control.nodes.client import SfuClient
from control.nodes.ports import MediaListener
from control.nodes.service import NodeService
from control.notifications import routes as message_routes
from control.notifications.accounts import AccountMail
from control.notifications.alerts import PatientLetters
from control.notifications.apprise_sms import AppriseGateway
from control.notifications.model import Channel
from control.notifications.ports import Gateway
from control.notifications.service import NotificationService
from control.notifications.smtp import SmtpGateway, read_url
from control.notifications.store import MessageStore
from control.notifications.therapist import TherapistMessages
from control.operations import routes as operation_routes
from control.operations.tasks import Tasks
from control.patients import routes as patient_routes
from control.patients.guests import Guests
from control.patients.importing import PatientImports
from control.patients.search import PatientSearch
from control.patients.service import PatientService
from control.patients.store import PatientStore
from control.presence.model import Lobbies
from control.presence.service import PresenceService
from control.sessions import routes as session_routes
from control.sessions.closing import Closings
from control.sessions.export import SessionExport
from control.sessions.feed import Feed
from control.sessions.moves import Moves
from control.sessions.ports import MediaServer
from control.sessions.rooms import Rooms
from control.sessions.service import SessionService
from control.sessions.store import SessionStore
from control.settings import routes as setting_routes
from control.settings.service import SettingService
from control.settings.store import SettingStore
from control.turn import routes as turn_routes
from control.turn.model import Turn
from control.turn.service import TurnService
from control.visits import routes as visit_routes
from control.visits.holds import Holds
from control.visits.service import VisitService
from control.visits.store import VisitStore
from control.visits.views import VisitViews

REFRESH_EVERY_S = 0.5  # how late a flicker or a grace may be noticed
RETRY_EVERY_S = 0.5
PUSH_EVERY_S = 1.0
EXPIRE_EVERY_S = 30.0
SEND_EVERY_S = 0.5
SENDERS = 2  # at once by each channel, so that one slow answer does not hold up the next message


class MediaNode(MediaServer, Protocol):
    """A media server whose events can be followed as well."""

    is_connected: bool

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
    key_file: KeyFile
    vault: Vault
    passwords: Passwords
    pages: LiveHub
    lobbies: Lobbies
    throttle: Throttle
    tasks: Tasks
    auth: AuthService
    account: AccountService
    pictures: PictureService
    leaving: LeavingService
    recovery: RecoveryService
    registration: RegistrationService
    patients: PatientService
    imports: PatientImports
    settings: SettingService
    invitations: InvitationService
    sessions: SessionService
    consultations: ConsultationService
    export: SessionExport
    visits: VisitService
    turn: TurnService
    conversations: Conversations
    chat: ChatService
    presence: PresenceService
    feed: Feed
    nodes: NodeService
    outbox: NotificationService
    messages: TherapistMessages

    async def start(self) -> None:
        """Bring the tables up to date and remember who was here."""
        await self.database.migrate()
        await check_key(self.database, self.vault, self.key_file)
        await self.presence.resume(now=self.outside.clock())

    def run(self) -> None:
        """Start the background work; `close` ends it."""
        self.tasks.repeat("derive presence", self.refresh, REFRESH_EVERY_S)
        self.tasks.repeat("finish what failed", self.retry, RETRY_EVERY_S)
        self.tasks.repeat("push changes", self.push, PUSH_EVERY_S)
        self.tasks.repeat("write asked letters", self.write_letters, PUSH_EVERY_S)
        self.tasks.repeat("expire logins", self.expire, EXPIRE_EVERY_S)
        for channel in self.outbox.channels:
            for number in range(1, SENDERS + 1):
                job = functools.partial(self.outbox.deliver, channel, self.outside.clock)
                self.tasks.repeat(f"send {channel} {number}", job, SEND_EVERY_S)
        self.tasks.keep("follow the media node", lambda: self.outside.media.follow(self.nodes))

    async def close(self) -> None:
        await self.tasks.stop()
        self.outbox.close()
        self.passwords.close()
        await self.outside.media.close()
        await self.database.close()

    async def refresh(self) -> None:
        """Let time pass over presence, and forget what was written in sessions that are over."""
        await self.presence.tick(now=self.outside.clock())
        self.conversations.sweep(lambda session_id: self.lobbies.get(session_id) is not None)

    async def retry(self) -> None:
        """Go on with what the node or the database could not do before."""
        await self.sessions.retry(now=self.outside.clock())

    async def push(self) -> None:
        await self.feed.push(now=self.outside.clock())
        await self.messages.push(now=self.outside.clock())

    async def write_letters(self) -> None:
        """Answer those who have forgotten their password."""
        await self.recovery.send(now=self.outside.clock())

    async def expire(self) -> None:
        """End logins that are over, and forget what is past its time."""
        now = self.outside.clock()
        self.patients.sweep(now=now)
        for login_id in await self.auth.expire(self.pages.names(LOGINS), now=now):
            self.pages.close(login_group(login_id), LoggedOut(), CLOSE_LOGGED_OUT)
        await self.throttle.sweep(now=now)
        await self.registration.sweep(now=now)
        await self.recovery.sweep(now=now)
        await self.visits.sweep(now=now)
        await self.outbox.sweep(now=now)
        await self.consultations.sweep(now=now)


def connect_node(url: str, token: str) -> SfuClient:
    """Return a client of a media node, for who runs that node; close it."""
    return SfuClient(url, token)


def build(config: Config, outside: Outside | None = None) -> Control:
    """Construct every adapter and service.

    Raises:
        ConfigError: The key or the database URL cannot be used.
    """
    outside = outside or Outside(media=connect_node(config.sfu_url, config.sfu_token))
    make_folder(config.data_dir)
    key_file = keyfile.load(config.key_file)
    vault = Vault(*key_file.keys)
    database = Database(config.database_url)
    pages, lobbies = LiveHub(), Lobbies()
    throttle = Throttle(database, vault.derive("throttle"))
    passwords = Passwords(outside.password_memory_kib)

    auth_store, patient_store = AuthStore(vault), PatientStore(vault)
    setting_store, message_store = SettingStore(vault), MessageStore(vault)
    picture_store = PictureStore(vault)
    session_store, visit_store, link_store = SessionStore(), VisitStore(), InvitationStore()

    outbox = NotificationService(
        database, message_store, _gateways(config), keep=config.outbox == "page"
    )
    links = Links(vault.derive("links"), config.public_url, timedelta(days=config.link_days))
    patient_links = PatientLinks(link_store, links)
    letters = PatientLetters(
        outbox,
        patients=patient_store,
        therapists=auth_store,
        settings=setting_store,
        links=patient_links,
    )
    search = PatientSearch(patient_store)
    conversations = Conversations()
    views = VisitViews(
        visit_store,
        patients=patient_store,
        therapists=auth_store,
        pictures=picture_store,
        settings=setting_store,
        sessions=session_store,
        chats=conversations,
        lobbies=lobbies,
        pages=pages,
    )
    moves = Moves(database, session_store, lobbies)
    closings = Closings(database, session_store, moves, lobbies, outside.media)
    feed = Feed(
        database,
        session_store,
        patients=patient_store,
        settings=setting_store,
        links=link_store,
        visits=views,
        chats=conversations,
        is_closing=closings.is_closing,
        lobbies=lobbies,
        pages=pages,
    )
    sessions = SessionService(
        database,
        session_store,
        patients=patient_store,
        settings=setting_store,
        alerts=letters,
        moves=moves,
        rooms=Rooms(database, moves, settings=setting_store, visits=views, media=outside.media),
        closings=closings,
        feed=feed,
        lobbies=lobbies,
        offers=offer_pace(),
        search=search,
        cursors=Cursors(vault, "sessions"),
    )
    presence = PresenceService(
        database, session_store, lobbies=lobbies, pages=pages, changes=feed, sessions=sessions
    )
    visits = VisitService(
        database,
        visit_store,
        views=views,
        links=link_store,
        holds=Holds(link_store, patient_store),
        records=session_store,
        sessions=sessions,
        presence=presence,
        changes=feed,
        lobbies=lobbies,
        pages=pages,
        throttle=throttle,
        offers=offer_pace(),
    )
    invitations = InvitationService(
        database, link_store, links, patients=patient_store, visits=visits
    )
    devices = Devices(vault.derive("devices"))
    guard = PasswordGuard(database, auth_store, passwords, throttle, devices)
    auth = AuthService(database, auth_store, guard, devices, lobbies.in_session)
    account = AccountService(database, auth_store, auth, guard, passwords)
    patients = PatientService(
        database,
        patient_store,
        search=search,
        cursors=Cursors(vault, "patients"),
        settings=setting_store,
        contacts=session_store,
        sessions=sessions,
        links=invitations,
        visits=visits,
    )
    return Control(
        config=config,
        outside=outside,
        database=database,
        key_file=key_file,
        vault=vault,
        passwords=passwords,
        pages=pages,
        lobbies=lobbies,
        throttle=throttle,
        tasks=Tasks(),
        auth=auth,
        account=account,
        pictures=PictureService(database, picture_store),
        recovery=RecoveryService(
            database,
            auth_store,
            auth,
            passwords,
            throttle,
            AccountMail(outbox, can_send="email" in outbox.channels),
            public_url=config.public_url,
        ),
        leaving=LeavingService(
            database,
            auth_store,
            vault,
            auth=auth,
            account=account,
            open_sessions=session_store,
            sessions=sessions,
            visits=visits,
            search=search,
        ),
        registration=RegistrationService(
            database,
            auth_store,
            passwords,
            throttle,
            mode=config.registration,
            public_url=config.public_url,
        ),
        patients=patients,
        imports=PatientImports(database, patient_store, settings=setting_store, links=invitations),
        settings=SettingService(database, setting_store, patients=patient_store, sessions=sessions),
        invitations=invitations,
        sessions=sessions,
        consultations=ConsultationService(
            database,
            ConsultationStore(vault),
            guests=Guests(patient_store, settings=setting_store, links=invitations),
            patients=patients,
            links=invitations,
            sessions=session_store,
            therapists=auth_store,
            changes=feed,
            letters=outbox,
        ),
        export=SessionExport(database, session_store, patient_store),
        visits=visits,
        turn=TurnService(database, session_store, _turn(config)),
        conversations=conversations,
        chat=ChatService(
            database,
            ChatStore(vault),
            conversations,
            sessions=session_store,
            changes=feed,
        ),
        presence=presence,
        feed=feed,
        nodes=NodeService(
            lobbies=lobbies,
            presence=presence,
            sessions=sessions,
            changes=feed,
            rooms=outside.media.rooms,
            clock=outside.clock,
        ),
        outbox=outbox,
        messages=TherapistMessages(
            database,
            message_store,
            outbox,
            letters=letters,
            patients=patient_store,
            settings=setting_store,
            links=patient_links,
            sessions=sessions,
            pages=pages,
        ),
    )


def _gateways(config: Config) -> dict[Channel, Gateway]:
    gateways: dict[Channel, Gateway] = {}
    if config.smtp_url:
        server = read_url(config.smtp_url, "VISAVIS_SMTP_URL")
        gateways["email"] = SmtpGateway(server, config.mail_from)
    if config.sms_url:
        gateways["sms"] = AppriseGateway(config.sms_url, "VISAVIS_SMS_URL")
    return gateways


def _turn(config: Config) -> Turn | None:
    if not config.turn_urls:
        return None
    return Turn(config.turn_urls, config.turn_secret, timedelta(hours=config.turn_hours))


def endpoints(control: Control) -> list[Endpoint]:
    """Return every call of the HTTP API, gathered from the nouns."""
    caller = functools.partial(auth_routes.caller, control.auth)
    visitor = functools.partial(visit_routes.visitor, control.visits)
    media = control.outside.media
    calls = [
        *auth_routes.endpoints(
            control.auth,
            control.registration,
            control.pages,
            lambda: control.recovery.can_mail,
        ),
        *account_routes.endpoints(
            control.auth,
            control.account,
            pictures=control.pictures,
            leaving=control.leaving,
            recovery=control.recovery,
            pages=control.pages,
        ),
        *patient_routes.endpoints(control.patients, control.imports, caller),
        *invitation_routes.endpoints(control.invitations, caller),
        *consultation_routes.endpoints(control.consultations, caller),
        *setting_routes.endpoints(control.settings, caller),
        *session_routes.endpoints(
            control.sessions,
            caller,
            export=control.export,
            pages=control.pages,
            presence=control.presence,
        ),
        *visit_routes.endpoints(control.visits, control.pages),
        *message_routes.endpoints(control.messages, caller),
        *turn_routes.endpoints(control.turn, caller, visitor),
        *chat_routes.endpoints(control.chat, caller, visitor),
        *operation_routes.endpoints(
            control.database, control.tasks, lambda: not media.is_connected
        ),
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
    app[METRICS] = Metrics()
    app[static.STATIC_DIR] = control.outside.static_dir
    for endpoint in endpoints(control):
        app.router.add_route(endpoint.method, endpoint.path, wire.with_checked_ids(endpoint))
    app.router.add_get("/metrics", operation_routes.metrics)
    static.add_static(app)
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.append(_running(control))

    async def say_goodbye(_app: web.Application) -> None:
        control.pages.close_all()

    app.on_shutdown.append(say_goodbye)
    return app


def _running(control: Control) -> Callable[[web.Application], AsyncIterator[None]]:
    async def run(_app: web.Application) -> AsyncIterator[None]:
        await control.start()
        control.run()
        yield
        await control.close()

    return run
