"""Control as it runs: its services, its background tasks, and what is outside it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from prometheus_client.registry import Collector

from control.auth.account import AccountService
from control.auth.confirmation import ConfirmationService
from control.auth.email_change import EmailChangeService
from control.auth.leaving import LeavingService
from control.auth.messages import CLOSE_LOGGED_OUT, LoggedOut
from control.auth.model import LOGINS, login_group
from control.auth.operators import OperatorService
from control.auth.passwords import MEMORY_KIB, Passwords
from control.auth.pictures import PictureService
from control.auth.recovery import RecoveryService
from control.auth.registration import RegistrationService
from control.auth.service import AuthService
from control.chat.conversations import Conversations
from control.chat.service import ChatService
from control.config import Config
from control.consultations.service import ConsultationService
from control.data.database import Database
from control.data.encryption import Vault
from control.data.keycheck import check_key
from control.data.keyfile import KeyFile
from control.http import static
from control.http.throttle import Throttle
from control.invitations.service import InvitationService
from control.lines.course import LineCourses
from control.lines.service import LineRecords, UsualLines
from control.live.hub import LiveHub
from control.nodes.ports import MediaListener
from control.nodes.service import NodeService
from control.notifications.bounces import BounceService
from control.notifications.failures import FailureMessages
from control.notifications.service import NotificationService
from control.notifications.therapist import TherapistMessages
from control.notifications.waits import WaitMessages
from control.notifications.wishes import WishService
from control.operations.census import Census
from control.operations.collector import ControlCollector
from control.operations.model import STEP_S
from control.operations.overview import OverviewService
from control.operations.ports import Node
from control.operations.tasks import Tasks
from control.operations.watch import Watch
from control.patients.canaries import CanaryPatients
from control.patients.importing import PatientImports
from control.patients.service import PatientService
from control.presence.model import Lobbies
from control.presence.service import PresenceService
from control.sessions.checks import LineChecks
from control.sessions.export import SessionExport
from control.sessions.feed import Feed
from control.sessions.listing import SessionListing
from control.sessions.moves import Moves
from control.sessions.ports import MediaServer
from control.sessions.service import SessionService
from control.sessions.weak_lines import WeakLines
from control.settings.service import SettingService
from control.turn.service import TurnService
from control.visits.checks import VisitChecks
from control.visits.link_tests import LinkTests
from control.visits.service import VisitService

REFRESH_EVERY_S = 0.5  # how late a flicker or a grace may be noticed
RETRY_EVERY_S = 0.5
PUSH_EVERY_S = 1.0
TELL_EVERY_S = 2.0
EXPIRE_EVERY_S = 30.0
SEND_EVERY_S = 0.5
SENDERS = 2  # at once by each channel, so that one slow answer does not hold up the next message


class MediaNode(MediaServer, Node, Protocol):
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
    key_file: KeyFile
    vault: Vault
    passwords: Passwords
    pages: LiveHub
    lobbies: Lobbies
    throttle: Throttle
    tasks: Tasks
    watch: Watch
    overview: OverviewService
    census: Census
    auth: AuthService
    account: AccountService
    operators: OperatorService
    pictures: PictureService
    leaving: LeavingService
    recovery: RecoveryService
    confirmations: ConfirmationService
    email_changes: EmailChangeService
    registration: RegistrationService
    patients: PatientService
    imports: PatientImports
    canaries: CanaryPatients
    settings: SettingService
    invitations: InvitationService
    moves: Moves
    sessions: SessionService
    consultations: ConsultationService
    listing: SessionListing
    checks: LineChecks
    weak_lines: WeakLines
    lines: LineRecords
    usual_lines: UsualLines
    line_courses: LineCourses
    export: SessionExport
    visits: VisitService
    visit_checks: VisitChecks
    link_tests: LinkTests
    turn: TurnService
    conversations: Conversations
    chat: ChatService
    presence: PresenceService
    feed: Feed
    nodes: NodeService
    outbox: NotificationService
    messages: TherapistMessages
    failures: FailureMessages
    bounces: BounceService
    waits: WaitMessages
    wishes: WishService

    def node_is_away(self) -> bool:
        return not self.outside.media.is_connected

    def counted(self) -> list[Collector]:
        """Return what is counted here, for a registry."""
        return [
            ControlCollector(self.census, self.tasks, self.node_is_away),
            self.tasks.loop_lag_seconds,
            self.database.seconds,
            self.database.failures,
            self.moves.ended,
            self.moves.wait_seconds,
            self.outbox.tries,
        ]

    async def start(self) -> None:
        """Bring the tables up to date and remember who was here."""
        await self.database.migrate()
        await check_key(self.database, self.vault, self.key_file)
        await self.canaries.load()
        await self.presence.resume(now=self.outside.clock())

    def run(self) -> None:
        """Start the background work; `close` ends it."""
        self.tasks.repeat("derive presence", self.refresh, REFRESH_EVERY_S)
        self.tasks.repeat("close tests from links", self.close_tests, RETRY_EVERY_S)
        self.tasks.repeat("finish what failed", self.retry, RETRY_EVERY_S)
        self.tasks.repeat("push changes", self.push, PUSH_EVERY_S)
        self.tasks.repeat("write asked letters", self.write_letters, PUSH_EVERY_S)
        self.tasks.repeat("tell therapists", self.tell_therapists, TELL_EVERY_S)
        self.tasks.repeat("expire logins", self.expire, EXPIRE_EVERY_S)
        self.tasks.repeat("watch the node", self.look, STEP_S)
        for channel in self.outbox.channels:
            for number in range(1, SENDERS + 1):
                job = functools.partial(self.outbox.deliver, channel, self.outside.clock)
                self.tasks.repeat(f"send {channel} {number}", job, SEND_EVERY_S)
        self.tasks.keep("follow the media node", lambda: self.outside.media.follow(self.nodes))

    async def close(self) -> None:
        await self.tasks.stop()
        await self.census.close()
        self.outbox.close()
        self.passwords.close()
        await self.outside.media.close()
        await self.database.close()

    async def refresh(self) -> None:
        """Let time pass over presence, and forget what was written in sessions that are over."""
        await self.presence.tick(now=self.outside.clock())
        self.conversations.sweep(lambda session_id: self.lobbies.get(session_id) is not None)

    async def look(self) -> None:
        """Take a sample for the operator's page."""
        await self.watch.sample(now=self.outside.clock())

    async def retry(self) -> None:
        """Go on with what the node or the database could not do before."""
        await self.sessions.retry(now=self.outside.clock())

    async def close_tests(self) -> None:
        await self.link_tests.tick(now=self.outside.clock())

    async def push(self) -> None:
        await self.feed.push(now=self.outside.clock())
        await self.messages.push(now=self.outside.clock())

    async def write_letters(self) -> None:
        """Answer those who have forgotten their password, and those who have registered."""
        await self.recovery.send(now=self.outside.clock())
        await self.confirmations.send(now=self.outside.clock())

    async def tell_therapists(self) -> None:
        """Write to therapists of what they may not have seen."""
        now = self.outside.clock()
        await self.waits.tell(now=now)
        await self.failures.tell(now=now)

    async def expire(self) -> None:
        """End logins that are over, and forget what is past its time."""
        now = self.outside.clock()
        self.patients.sweep(now=now)
        for login_id in await self.auth.expire(self.pages.names(LOGINS), now=now):
            self.pages.close(login_group(login_id), LoggedOut(), CLOSE_LOGGED_OUT)
        await self.operators.expire(now=now)
        await self.throttle.sweep(now=now)
        await self.registration.sweep(now=now)
        await self.confirmations.sweep(now=now)
        await self.email_changes.sweep(now=now)
        await self.recovery.sweep(now=now)
        await self.visits.sweep(now=now)
        await self.outbox.sweep(now=now)
        await self.consultations.sweep(now=now)
        await self.lines.sweep(now=now)
        await self.line_courses.sweep(now=now)
        await self.canaries.sweep(now=now)
