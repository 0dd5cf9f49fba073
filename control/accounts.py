"""Part of the composition root: the services of those who log in, therapists and operators."""

from __future__ import annotations

from dataclasses import dataclass

from control.auth.account import AccountService
from control.auth.confirmation import ConfirmationService
from control.auth.devices import Devices
from control.auth.email_change import EmailChangeService
from control.auth.email_store import EmailChangeStore
from control.auth.guard import PasswordGuard
from control.auth.leaving import LeavingService
from control.auth.operator_store import OperatorStore
from control.auth.operators import OperatorService
from control.auth.passwords import Passwords
from control.auth.pending import PendingStore
from control.auth.ports import OpenSessions, RunningSessions, Search, StandingVisits
from control.auth.recovery import RecoveryService
from control.auth.registration import RegistrationService
from control.auth.service import AuthService
from control.auth.store import AuthStore
from control.config import Config
from control.data.database import Database
from control.data.encryption import Vault
from control.http.throttle import Throttle
from control.notifications.accounts import AccountMail
from control.notifications.service import NotificationService
from control.presence.model import Lobbies


@dataclass(frozen=True, slots=True)
class Accounts:
    """From the registration of a therapist to the end of the account; logins of both kinds."""

    auth: AuthService
    account: AccountService
    operators: OperatorService
    recovery: RecoveryService
    leaving: LeavingService
    confirmations: ConfirmationService
    email_changes: EmailChangeService
    registration: RegistrationService


def fit_accounts(
    config: Config,
    database: Database,
    store: AuthStore,
    vault: Vault,
    passwords: Passwords,
    throttle: Throttle,
    outbox: NotificationService,
    *,
    lobbies: Lobbies,
    open_sessions: OpenSessions,
    sessions: RunningSessions,
    visits: StandingVisits,
    search: Search,
) -> Accounts:
    """Construct the services of accounts, and fit them together.

    Args:
        open_sessions: With `sessions`, `visits` and `search`, what ends with an account.
    """
    devices = Devices(vault.derive("devices"))
    guard = PasswordGuard(database, store, passwords, throttle, devices)
    auth = AuthService(database, store, guard, lobbies.in_session)
    operator_store = OperatorStore(vault)
    operator_guard = PasswordGuard(
        database, operator_store, passwords, throttle, devices, kind="operator:"
    )
    mail = AccountMail(outbox, can_send="email" in outbox.channels)
    account = AccountService(
        database, store, auth, guard, passwords, mail, public_url=config.public_url
    )
    confirmations = ConfirmationService(
        database,
        store,
        PendingStore(vault),
        passwords,
        throttle,
        mail,
        is_open=config.registration == "open",
        public_url=config.public_url,
    )
    return Accounts(
        auth=auth,
        account=account,
        operators=OperatorService(database, operator_store, operator_guard, passwords),
        recovery=RecoveryService(
            database, store, auth, passwords, throttle, mail, public_url=config.public_url
        ),
        leaving=LeavingService(
            database,
            store,
            vault,
            auth=auth,
            account=account,
            open_sessions=open_sessions,
            sessions=sessions,
            visits=visits,
            search=search,
        ),
        confirmations=confirmations,
        email_changes=EmailChangeService(
            database,
            store,
            EmailChangeStore(vault),
            throttle,
            mail,
            auth=auth,
            account=account,
            guard=guard,
            public_url=config.public_url,
        ),
        registration=RegistrationService(
            database,
            store,
            passwords,
            throttle,
            confirmations,
            mode=config.registration,
            public_url=config.public_url,
        ),
    )
