"""Locust's users: `locust -f benchmarks/load/locustfile.py`, see docs/load.md."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

import gevent
from locust import HttpUser, between, task
from locust.env import Environment
from locust.exception import RescheduleTask

from benchmarks.load import run
from benchmarks.load.browser import Message, Refused
from benchmarks.load.crew import MediaError
from benchmarks.load.people import Patient, Therapist
from benchmarks.load.verdict import Figure
from benchmarks.load.visit import Visit, measured

run.listen()

IN_CONTACT = (
    Figure.JOIN, Figure.FIRST_PACKET, Figure.GAPS, Figure.LONGEST_GAP, Figure.DELAY, Figure.LOSS,
    Figure.CLOCK, Figure.BEHIND, Figure.LEAKED,
)  # fmt: skip
STORM_PACE_S = 2.5
"""Between two joins of one patient: 30 a minute are let in."""
TYPED = ("lo", "load", "load a", "zoe", "333", "zzz")


class Person(HttpUser):
    """What all have: a therapist who is logged in, and tasks that end where the server refuses."""

    abstract = True
    wait_time = between(0.5, 2.0)
    measures: tuple[Figure, ...] = ()
    """What a run with such users must have measured."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)  # type: ignore[no-untyped-call]
        self._therapist: Therapist | None = None

    @property
    def therapist(self) -> Therapist:
        assert self._therapist is not None
        return self._therapist

    def on_stop(self) -> None:
        if self._therapist is not None:
            self._therapist.forget_login()

    def attempt(self, do: Callable[[], None]) -> None:
        """Do it, logged in; what the server refused has been counted."""
        try:
            self._log_in()
            do()
        except (Refused, MediaError):
            self.on_stop()
            raise RescheduleTask from None

    def _log_in(self) -> None:
        """Log in where that is not so; the first time to an account of its own."""
        try:
            if self._therapist is None:
                self._therapist = Therapist(self, run.next_account(self.environment))
            if self._therapist.live is None:
                self._therapist.log_in()
        except Refused as error:
            if error.status in (401, 403) or error.code == "confirm":
                run.give_up(self.environment, f"{self.host} lets nobody in: {error}")
            raise

    @property
    def options(self) -> Any:
        return self.environment.parsed_options

    def visit(self) -> Visit:
        """Return a visit of a new patient."""
        return Visit(self, run.crew(), self.therapist, *self.therapist.add_patient())


class VisitPair(Person):
    """A whole visit: log in, lobby, check, ACCEPT, some minutes of two-way media, end."""

    weight = 6
    measures: tuple[Figure, ...] = IN_CONTACT

    @task
    def meet(self) -> None:
        self.attempt(self._meet)

    def _meet(self) -> None:
        visit = self.visit()
        try:
            visit.lobby()
            if not self.options.no_check:
                visit.check()
            visit.accept()
            self.talk(visit)
            visit.end()
        finally:
            visit.close()
        self.therapist.log_out()

    def talk(self, visit: Visit) -> None:
        visit.talk(self.options.minutes * 60)


class Reconnects(VisitPair):
    """A visit in which the patient's page is loaded anew three times, with no second ACCEPT."""

    weight = 1
    measures = (Figure.JOIN, Figure.FIRST_PACKET, Figure.BACK)
    RELOADS = 3

    def talk(self, visit: Visit) -> None:
        for _ in range(self.RELOADS):
            gevent.sleep(self.options.minutes * 60 / (self.RELOADS + 1))
            visit.reload()


class LobbyOnly(Person):
    """A patient who waits, with media into the closed gate, and leaves again."""

    weight = 2
    measures = (Figure.JOIN, Figure.ARRIVAL)

    @task
    def wait_in_lobby(self) -> None:
        self.attempt(self._wait)

    def _wait(self) -> None:
        visit = self.visit()
        try:
            visit.come()
            gevent.sleep(self.options.minutes * 60)
            visit.go()
        finally:
            visit.close()


class JoinStorm(Person):
    """A patient who joins at the same moments as all others of this kind, again and again."""

    weight = 1
    measures = (Figure.JOIN,)

    @task
    def join_with_all(self) -> None:
        self.attempt(self._join)

    def _join(self) -> None:
        visit = self.visit()
        try:
            visit.come()
            storms = round(self.options.minutes * 60 / self.options.storm_every)
            for _ in range(max(1, storms)):
                self._await_storm()
                visit.join_patient()
                gevent.sleep(STORM_PACE_S)
            visit.go()
        finally:
            visit.close()

    def _await_storm(self) -> None:
        """Sleep until the next moment of all processes, by the clock of the day."""
        every_s = self.options.storm_every
        gevent.sleep(every_s - time.time() % every_s)


class BrowseDesk(Person):
    """A therapist who goes through the lists, searches, adds a patient and changes a setting."""

    weight = 2

    @task
    def browse(self) -> None:
        self.attempt(self._browse)

    def _browse(self) -> None:
        browser = self.therapist.browser
        self.therapist.open_home()
        browser.call("GET", "/api/patients")
        for word in TYPED:
            browser.call("GET", f"/api/patients?search={word}", name="/api/patients?search=")
            gevent.sleep(0.2)
        patient, _ = self.therapist.add_patient()
        path, name = f"/api/patients/{patient}/setting", "/api/patients/[id]/setting"
        browser.call("GET", path, name=name)
        browser.call("PUT", path, {"self_view": False, "clock": True}, name=name)
        browser.call("GET", "/api/sessions")


class Notified(Person):
    """A therapist who enters, which tells the waiting patient by e-mail."""

    weight = 1
    measures = (Figure.ARRIVAL, Figure.ALERT)
    TAKEN = ("delivered", "kept")

    @task
    def alert(self) -> None:
        self.attempt(self._alert)

    def _alert(self) -> None:
        email = f"load-{secrets.token_hex(6)}@example.org"
        patient, token = self.therapist.add_patient(email)
        path, name = f"/api/patients/{patient}/alert", "/api/patients/[id]/alert"
        form = {"email": True, "sms": False, "text": None}
        self.therapist.browser.call("PUT", path, form, name=name)
        visitor = Patient(self, token)
        came_at = time.monotonic()
        visitor.come()
        shown_at = self.therapist.seen_waiting(patient)
        measured(self, Figure.ARRIVAL, (shown_at - came_at) * 1000)
        session = self.therapist.open_session(patient)
        entered_at = time.monotonic()
        self.therapist.do(session, "enter")
        taken_at = self._taken(patient)
        measured(self, Figure.ALERT, (taken_at - entered_at) * 1000)
        self.therapist.do(session, "end")
        visitor.browser.close()

    def _taken(self, patient: str) -> float:
        """Wait until a gateway, or the page of messages, has taken the alert; returns when."""

        def fits(message: Message) -> bool:
            return (
                message["type"] == "messages"
                and message["patient_id"] == patient
                and any(m["kind"] == "alert" and m["state"] in self.TAKEN for m in message["items"])
            )

        return self.therapist.page.wait("the alert being sent", fits)
