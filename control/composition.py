"""The composition root: it, `accounts` and `adapters` alone construct adapters and services."""

from __future__ import annotations

from datetime import timedelta

from control import adapters
from control.accounts import fit_accounts
from control.auth.canaries import Canaries
from control.auth.passwords import Passwords
from control.auth.pictures import PictureService, PictureStore
from control.auth.store import AuthStore
from control.chat.conversations import Conversations
from control.chat.service import ChatService
from control.chat.store import ChatStore
from control.config import Config
from control.consultations.service import ConsultationService
from control.consultations.store import ConsultationStore
from control.control import Control, Outside
from control.data import keyfile
from control.data.cursors import Cursors
from control.data.database import Database
from control.data.encryption import Vault
from control.data.files import make_folder
from control.http.pace import check_allowance, check_pace, offer_pace
from control.http.throttle import Throttle
from control.invitations.service import InvitationService, Links, PatientLinks
from control.invitations.store import InvitationStore
from control.lines.course import LineCourses
from control.lines.service import LineRecords, UsualLines
from control.lines.store import LineStore
from control.live.hub import LiveHub
from control.nodes.client import SfuClient
from control.nodes.service import NodeService
from control.notifications.alerts import PatientLetters
from control.notifications.bounces import BounceService
from control.notifications.census import MessageCensus
from control.notifications.failures import FailureMessages
from control.notifications.notice_store import NoticeStore
from control.notifications.own_letters import OwnLetters
from control.notifications.service import NotificationService
from control.notifications.store import MessageStore
from control.notifications.tally import MessageTally
from control.notifications.therapist import TherapistMessages
from control.notifications.waits import WaitMessages
from control.notifications.wishes import WishService
from control.operations.census import Census
from control.operations.overview import OverviewService
from control.operations.tasks import Tasks
from control.operations.watch import Watch
from control.patients.canaries import CanaryPatients
from control.patients.guests import Guests
from control.patients.importing import PatientImports
from control.patients.search import PatientSearch
from control.patients.service import PatientService
from control.patients.store import PatientStore
from control.presence.model import Lobbies
from control.presence.service import PresenceService
from control.sessions.census import SessionCensus
from control.sessions.checks import LineChecks
from control.sessions.closing import Closings
from control.sessions.export import SessionExport
from control.sessions.feed import Feed
from control.sessions.listing import SessionListing
from control.sessions.moves import Moves
from control.sessions.rooms import Rooms
from control.sessions.service import SessionService
from control.sessions.store import SessionStore
from control.sessions.weak_lines import WeakLines, hint_allowance
from control.settings.service import SettingService
from control.settings.store import SettingStore
from control.turn.service import TurnService
from control.visits.checks import VisitChecks
from control.visits.holds import Holds
from control.visits.link_tests import LinkTests
from control.visits.service import VisitService
from control.visits.store import VisitStore
from control.visits.views import VisitViews


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
    pages, lobbies, tasks = LiveHub(), Lobbies(), Tasks()
    throttle = Throttle(database, vault.derive("throttle"))
    passwords = Passwords(outside.password_memory_kib)

    auth_store, patient_store = AuthStore(vault), PatientStore(vault)
    canaries = Canaries(database, auth_store)
    setting_store, message_store = SettingStore(vault), MessageStore(vault)
    notice_store = NoticeStore(vault)
    picture_store = PictureStore(vault)
    session_store, visit_store, link_store = SessionStore(), VisitStore(), InvitationStore()
    line_store = LineStore()

    return_path = adapters.return_path(config, vault)
    gateways = adapters.gateways(config, return_path)
    outbox = NotificationService(database, message_store, gateways, keep=config.outbox == "page")
    links = Links(vault.derive("links"), config.public_url, timedelta(days=config.link_days))
    patient_links = PatientLinks(link_store, links)
    own_letters = OwnLetters(config.public_url)
    failures = FailureMessages(
        database,
        message_store,
        notice_store,
        outbox,
        own_letters,
        patients=patient_store,
        therapists=auth_store,
        pages=pages,
    )
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
    moves = Moves(database, session_store, lobbies, canaries)
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
        rooms=Rooms(
            database,
            moves,
            settings=setting_store,
            visits=views,
            logins=auth_store,
            media=outside.media,
            canaries=canaries,
        ),
        closings=closings,
        feed=feed,
        lobbies=lobbies,
        offers=offer_pace(),
    )
    presence = PresenceService(
        database, session_store, lobbies=lobbies, pages=pages, changes=feed, sessions=sessions
    )
    allowance = check_allowance()
    checks = LineChecks(
        database,
        session_store,
        outside.media,
        lobbies,
        questions=check_pace(),
        allowance=allowance,
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
        lobbies=lobbies,
        pages=pages,
        throttle=throttle,
        offers=offer_pace(),
    )
    invitations = InvitationService(
        database, link_store, links, patients=patient_store, visits=visits
    )
    patients = PatientService(
        database,
        patient_store,
        search=search,
        cursors=Cursors(vault, "patients"),
        settings=setting_store,
        contacts=session_store,
        checks=line_store,
        sessions=sessions,
        links=invitations,
        visits=visits,
    )
    accounts = fit_accounts(
        config,
        database,
        auth_store,
        vault,
        passwords,
        throttle,
        outbox,
        lobbies=lobbies,
        open_sessions=session_store,
        sessions=sessions,
        visits=visits,
        search=search,
    )
    lines = LineRecords(database, line_store)
    line_courses = LineCourses(database, line_store, session_store)
    link_tests = LinkTests(
        database,
        links=link_store,
        media=outside.media,
        records=lines,
        throttle=throttle,
        allowance=allowance,
        offers=offer_pace(),
    )
    watch = Watch(
        outside.media, lobbies, tasks, outbox, uncounted=canaries, began_at=outside.clock()
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
        tasks=tasks,
        watch=watch,
        overview=OverviewService(database, watch, MessageTally(outbox.channels)),
        census=Census(
            database, SessionCensus(session_store, canaries), MessageCensus(), outside.clock
        ),
        auth=accounts.auth,
        account=accounts.account,
        operators=accounts.operators,
        pictures=PictureService(database, picture_store),
        recovery=accounts.recovery,
        leaving=accounts.leaving,
        confirmations=accounts.confirmations,
        email_changes=accounts.email_changes,
        registration=accounts.registration,
        patients=patients,
        imports=PatientImports(database, patient_store, settings=setting_store, links=invitations),
        canaries=CanaryPatients(database, patient_store, canaries, patients),
        settings=SettingService(database, setting_store, patients=patient_store, sessions=sessions),
        invitations=invitations,
        moves=moves,
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
            sent=message_store,
        ),
        listing=SessionListing(
            database,
            session_store,
            patients=patient_store,
            search=search,
            feed=feed,
            cursors=Cursors(vault, "sessions"),
        ),
        checks=checks,
        weak_lines=WeakLines(
            database,
            session_store,
            moves=moves,
            sessions=sessions,
            feed=feed,
            visits=views,
            hints=hint_allowance(),
        ),
        lines=lines,
        usual_lines=UsualLines(database, line_store, patient_store),
        line_courses=line_courses,
        export=SessionExport(database, session_store, patient_store),
        visits=visits,
        visit_checks=VisitChecks(database, checks),
        link_tests=link_tests,
        turn=TurnService(
            database, session_store, link_tests, adapters.turn(config), asks=offer_pace()
        ),
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
            lines=lines,
            courses=line_courses,
            tests=link_tests,
            rooms=outside.media.rooms,
            clock=outside.clock,
        ),
        outbox=outbox,
        messages=TherapistMessages(
            database,
            message_store,
            outbox,
            letters=letters,
            failures=failures,
            patients=patient_store,
            therapists=auth_store,
            settings=setting_store,
            links=patient_links,
            sessions=sessions,
            pages=pages,
        ),
        failures=failures,
        bounces=BounceService(outbox, return_path, config.bounce_token),
        waits=WaitMessages(
            database,
            notice_store,
            outbox,
            own_letters,
            sessions=session_store,
            therapists=auth_store,
            lobbies=lobbies,
        ),
        wishes=WishService(database, notice_store, outbox, therapists=auth_store),
    )
