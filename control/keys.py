"""The names under which `app.py` hands configuration and services to the routes."""

from __future__ import annotations

from aiohttp import web

from control.auth.service import AuthService
from control.config import Config
from control.data.database import Database
from control.invitations.service import InvitationService
from control.live.hub import LiveHub
from control.patients.service import PatientService
from control.presence.service import PresenceService
from control.sessions.feed import Feed
from control.sessions.service import SessionService
from control.settings.service import SettingService
from control.turn.service import TurnService
from control.visits.service import VisitService

CONFIG = web.AppKey("config", Config)
DATABASE = web.AppKey("database", Database)
AUTH = web.AppKey("auth", AuthService)
PATIENTS = web.AppKey("patients", PatientService)
SETTINGS = web.AppKey("settings", SettingService)
INVITATIONS = web.AppKey("invitations", InvitationService)
SESSIONS = web.AppKey("sessions", SessionService)
VISITS = web.AppKey("visits", VisitService)
PAGES = web.AppKey("pages", LiveHub)
FEED = web.AppKey("feed", Feed)
TURN = web.AppKey("turn", TurnService)
PRESENCE = web.AppKey("presence", PresenceService)
