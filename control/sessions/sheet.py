"""Sessions as rows of a sheet, in the therapist's language and time zone. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from control.errors import Invalid
from control.sessions.model import Outcome, SessionRecord, State

HEADERS = {
    "en": ("Date", "Patient", "Opened", "Began", "Ended", "Length", "Connected", "Outcome",
           "Seconds lost, patient’s line", "Seconds lost, your line",
           "Seconds lost, our server"),
    "it": ("Data", "Paziente", "Apertura", "Inizio", "Fine", "Durata", "In collegamento", "Esito",
           "Secondi persi, linea del paziente", "Secondi persi, la Sua linea",
           "Secondi persi, il nostro server"),
}  # fmt: skip
NO_CONTACT = {"en": "no contact", "it": "nessun contatto"}
OUTCOMES = {
    Outcome.ATTENDED: {"en": "met", "it": "svolta"},
    Outcome.NO_CONTACT: NO_CONTACT,
    Outcome.NO_SHOW: NO_CONTACT,
    Outcome.CANCELLED: {"en": "cancelled", "it": "annullata"},
    Outcome.FAULT: {"en": "broken off by a fault", "it": "interrotta da un guasto"},
}
OPEN = {"en": "open", "it": "aperta"}


@dataclass(frozen=True, slots=True)
class Period:
    """Days, the last included, as they are in the therapist's time zone."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """From when on and before when."""
        return self._midnight(self.first), self._midnight(self.last + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


def read_period(first: str, last: str, zone: str) -> Period:
    """Read two ISO dates and the name of a time zone.

    Raises:
        Invalid: bad_period, bad_zone.
    """
    try:
        known = ZoneInfo(zone)
    except (LookupError, ValueError, OSError):
        raise Invalid("bad_zone", "There is no such time zone.") from None
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
        period = Period(begin, end, known)
        _ = period.instants
    except (ValueError, OverflowError):
        raise Invalid("bad_period", "Write both days as 2026-11-28.") from None
    if begin > end:
        raise Invalid("bad_period", "The first day is after the last.")
    return period


def cells(record: SessionRecord, name: str, zone: ZoneInfo, language: str) -> list[str]:
    """Return one session as cells, in the order of `HEADERS`."""
    facts, clock = record.facts, record.clock
    lost = (0.0, 0.0, 0.0)
    if clock is not None:
        lost = (clock.lost.patient, clock.lost.therapist, clock.lost.server)
    return [
        facts.opened_at.astimezone(zone).date().isoformat(),
        name,
        *(_time(at, zone) for at in (facts.opened_at, facts.contact_at, facts.ended_at)),
        _length(None if facts.contact_at is None or clock is None else clock.wall_s),
        _length(None if facts.contact_at is None or clock is None else clock.connected_s),
        _outcome(record)[language],
        *(str(round(seconds)) for seconds in lost),
    ]


def _outcome(record: SessionRecord) -> dict[str, str]:
    if record.facts.state is not State.ENDED or record.facts.outcome is None:
        return OPEN
    return OUTCOMES[record.facts.outcome]


def _time(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else at.astimezone(zone).strftime("%H:%M")


def _length(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
