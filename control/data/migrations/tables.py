"""All tables in one metadata: each store declares its own, importing them here gathers them."""

from __future__ import annotations

from control.auth.store import (
    asked_resets,
    email_changes,
    invited_therapists,
    logins,
    operator_logins,
    operators,
    password_resets,
    pending_therapists,
    therapist_pictures,
    therapists,
)
from control.chat.store import chat_messages
from control.consultations.store import consultations
from control.data.database import metadata
from control.data.keycheck import key_checks
from control.http.throttle import failures
from control.invitations.store import invitations
from control.lines.store import line_changes, line_checks
from control.notifications.store import messages, notices
from control.patients.store import patients
from control.sessions.store import sessions
from control.settings.store import default_settings, settings
from control.visits.store import visits

__all__ = [
    "asked_resets",
    "chat_messages",
    "consultations",
    "default_settings",
    "email_changes",
    "failures",
    "invitations",
    "invited_therapists",
    "key_checks",
    "line_changes",
    "line_checks",
    "logins",
    "messages",
    "metadata",
    "notices",
    "operator_logins",
    "operators",
    "password_resets",
    "patients",
    "pending_therapists",
    "sessions",
    "settings",
    "therapist_pictures",
    "therapists",
    "visits",
]
