"""One visit of two people, with its media, measured as it goes."""

from __future__ import annotations

import time
from typing import Any

import gevent
from locust import HttpUser

from benchmarks.load.browser import Refused
from benchmarks.load.crew import Crew, MediaError
from benchmarks.load.people import Patient, Therapist
from benchmarks.load.verdict import PER_MILLE, Figure

CHECK_S = 20.0
HEARD_S = 10.0
SLOW_DOWN = 429


def measured(
    user: HttpUser, figure: Figure, value: float | None, error: Exception | None = None
) -> None:
    """Let locust count one figure, in milliseconds or per mille; None with the error instead."""
    user.environment.events.request.fire(
        request_type="media",
        name=figure.value,
        response_time=value,
        response_length=0,
        exception=error,
        context={},
    )


class Visit:
    """A therapist and a patient, each with a page."""

    def __init__(
        self, user: HttpUser, crew: Crew, therapist: Therapist, patient: str, token: str
    ) -> None:
        """Prepare a visit; nobody comes yet.

        Args:
            user: Whom locust counts it for.
            crew: Has the media.
            therapist: Logged in.
            patient: Id of the patient.
            token: Of the patient's link.
        """
        self._user, self._crew = user, crew
        self._therapist, self._patient = therapist, Patient(user, token)
        self._patient_id = patient
        self._media = crew.pair(video=not user.environment.parsed_options.audio_only)
        self._session = ""
        self._accepted_at = self._answered_at = self._begin = 0.0

    def come(self) -> None:
        """Let the patient come: Home shows it, and the media is there."""
        came_at = time.monotonic()
        self._patient.come()
        shown_at = self._therapist.seen_waiting(self._patient_id)
        measured(self._user, Figure.ARRIVAL, (shown_at - came_at) * 1000)
        self.join_patient()

    def lobby(self) -> None:
        """Let the patient come, and the therapist open the waiting room."""
        self.come()
        self._session = self._therapist.open_session(self._patient_id)
        self._join("therapist", lambda sdp: self._therapist.offer(self._session, sdp))

    def join_patient(self) -> None:
        """Open the media of the patient's page, in place of the one that is open."""
        self._join("patient", self._patient.offer)

    def check(self) -> None:
        """Check both lines, as each page does by itself; wait until that is over."""
        began = time.monotonic()
        if self._therapist.do(self._session, "check?light=1", allow=SLOW_DOWN).get("code"):
            return  # this login has checked often enough
        for role in ("patient", "therapist"):
            self._try(Figure.CHECK, lambda role=role: self._media.checked(role, CHECK_S))
        measured(self._user, Figure.CHECK, (time.monotonic() - began) * 1000)

    def accept(self) -> None:
        """Enter and ACCEPT; returns when both hear each other."""
        self._therapist.do(self._session, "enter")
        self._accepted_at = time.monotonic()
        self._therapist.do(self._session, "accept")
        self._answered_at = time.monotonic()
        self._patient.sees("in_contact")
        self._begin = self._heard_again(Figure.FIRST_PACKET, self._accepted_at)

    def talk(self, seconds: float) -> None:
        """Let them talk, and measure it."""
        gevent.sleep(seconds)
        report: dict[str, Any] = self._try(
            Figure.GAPS,
            lambda: self._media.report(self._accepted_at, self._answered_at, self._begin),
        )
        self._crew.talked_s += report["seconds"]
        for figure, value in (
            (Figure.GAPS, report["gap_ratio"] * PER_MILLE),
            (Figure.LONGEST_GAP, report["longest_gap_ms"]),
            (Figure.DELAY, report["delay_ms"]),
            (Figure.LOSS, report["loss_ratio"] * PER_MILLE),
            (Figure.CLOCK, report["clock_error_ms"]),
            (Figure.BEHIND, report["behind_ms"]),
            (Figure.LEAKED, report["leaked"]),
        ):
            if value is None:
                measured(self._user, figure, None, MediaError("nothing came"))
            else:
                measured(self._user, figure, value)

    def reload(self) -> None:
        """Let the patient's page be loaded anew in the midst of it, with no second ACCEPT."""
        gone_at = self._try(Figure.BACK, lambda: self._media.drop("patient"))
        self._patient.come()
        self.join_patient()
        self._heard_again(Figure.BACK, gone_at)

    def end(self) -> None:
        """End it by X, as the patient's page then shows."""
        self._therapist.do(self._session, "end")
        self._patient.sees("ended")

    def go(self) -> None:
        """Let the patient leave the waiting room."""
        self._patient.leave()

    def close(self) -> None:
        """Leave nothing open, whatever came before."""
        self._patient.browser.close()
        self._media.leave()

    def _join(self, role: str, post: Any) -> None:
        offer = self._try(Figure.JOIN, lambda: self._media.offer(role))
        began = time.monotonic()
        answer = post(offer)
        at = self._try(Figure.JOIN, lambda: self._media.connect(role, answer))
        measured(self._user, Figure.JOIN, (at - began) * 1000)

    def _heard_again(self, figure: Figure, since: float) -> float:
        at: float = self._try(figure, lambda: self._media.heard(since, HEARD_S))
        measured(self._user, figure, (at - since) * 1000)
        return at

    def _try(self, figure: Figure, ask: Any) -> Any:
        """Ask the media; a failure is counted under the figure, and ends the visit."""
        try:
            return ask()
        except MediaError as error:
            measured(self._user, figure, None, error)
            raise Refused(figure.value, 0, "", str(error)) from None
