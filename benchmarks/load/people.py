"""What the therapist and the patient do on their pages, but for the media."""

from __future__ import annotations

import secrets
from typing import Any

from locust import HttpUser

from benchmarks.load.browser import Browser, Live, Message, Refused

PASSWORD = "a long password for load tests"
SESSION = "/api/sessions/[id]"


class Therapist:
    """An account, and the browser that is logged in to it."""

    def __init__(self, user: HttpUser, account: tuple[str, str] | None) -> None:
        """Take an account that exists, or register one.

        Args:
            user: Of locust.
            account: E-mail address and password.
        """
        self.browser = Browser(user)
        self._account = account or self._register()
        self.live: Live | None = None

    def _register(self) -> tuple[str, str]:
        email = f"load-{secrets.token_hex(8)}@example.org"
        form = {"email": email, "password": PASSWORD, "name": "Dr. Load", "language": "en"}
        answer = self.browser.call("POST", "/api/register", form)
        if answer.get("next") == "confirm":
            raise Refused(
                "POST /api/register", 202, "confirm",
                "the server confirms new accounts by mail; give it some by --therapists",
            )  # fmt: skip
        return email, PASSWORD

    def log_in(self) -> None:
        """Log in and open Home, as its page does."""
        email, password = self._account
        self.browser.call("POST", "/api/login", {"email": email, "password": password})
        self.live = self.browser.live("/api/live")
        self.open_home()

    @property
    def page(self) -> Live:
        """The WebSocket of the page."""
        assert self.live is not None
        return self.live

    def log_out(self) -> None:
        self.forget_login()
        self.browser.call("POST", "/api/logout")

    def forget_login(self) -> None:
        """Close the page, to log in anew before anything else."""
        self.browser.close()
        self.live = None

    def open_home(self) -> None:
        """Ask what Home asks."""
        self.browser.call("GET", "/api/me")
        self.browser.call("GET", "/api/consultations")
        self.browser.call("GET", "/api/sessions?ended=1&limit=8", name="/api/sessions")
        self.browser.call("GET", "/api/sessions/open")

    def add_patient(self, email: str | None = None) -> tuple[str, str]:
        """Return the id of a new patient, and the token of the link."""
        form = {"name": f"Load {secrets.token_hex(4)}", "language": "en", "email": email}
        patient = self.browser.call("POST", "/api/patients", form)["id"]
        path, name = f"/api/patients/{patient}/invitation", "/api/patients/[id]/invitation"
        link = self.browser.call("POST", path, name=name)["url"]
        return patient, str(link).partition("#")[2]

    def open_session(self, patient: str) -> str:
        """Return the id of the session that is open with this patient, or is now."""
        return str(self.browser.call("POST", "/api/sessions", {"patient_id": patient})["id"])

    def seen_waiting(self, patient: str) -> float:
        """Wait until Home shows this patient; returns when."""

        def shows(message: Message) -> bool:
            return message["type"] == "sessions" and any(
                one["patient_id"] == patient and one["patient_present"]
                for one in message["sessions"]
            )

        return self.page.wait("the waiting card", shows)

    def offer(self, session: str, sdp: str) -> str:
        """Post the offer of this session's page; returns the answer."""
        path, name = f"/api/sessions/{session}", SESSION
        self.browser.call("GET", f"{path}/ice-servers", name=f"{name}/ice-servers")
        return self.browser.offer(f"{path}/offer", sdp, name=f"{name}/offer")

    def do(self, session: str, verb: str, *, allow: int = 0) -> Any:
        """Press what is called so: enter, accept, hold, end, check."""
        path = f"/api/sessions/{session}/{verb}"
        return self.browser.call("POST", path, name=f"{SESSION}/{verb}", allow=allow)


class Patient:
    """The browser of somebody with a link."""

    def __init__(self, user: HttpUser, token: str) -> None:
        self.browser = Browser(user)
        self._token = token
        self.live: Live | None = None

    def come(self) -> None:
        """Open the link, press Continue, and be present."""
        self.browser.call("POST", "/api/visit/preview", {"token": self._token})
        self.browser.call("POST", "/api/visit", {"token": self._token, "take_over": False})
        self.live = self.browser.live("/api/visit/live")
        devices = {"microphone": "on", "camera": "on", "screen": False}
        self.live.say({"type": "devices", "devices": devices})

    def offer(self, sdp: str) -> str:
        """Post the offer of the visit's page; returns the answer."""
        self.browser.call("GET", "/api/visit/ice-servers")
        return self.browser.offer("/api/visit/offer", sdp)

    def sees(self, state: str) -> float:
        """Wait until the page shows this state of the visit; returns when."""

        def shows(message: Message) -> bool:
            return message["type"] == "visit" and bool(message["visit"]["state"] == state)

        assert self.live is not None
        return self.live.wait(f"the visit being {state}", shows)

    def leave(self) -> None:
        """Say goodbye."""
        self.browser.call("POST", "/api/visit/leave")
        self.browser.close()
