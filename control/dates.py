"""Days and times as letters say them, in the reader's language. PURE."""

from __future__ import annotations

from datetime import datetime

WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica".split(),
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split(),
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche".split(),
    "es": "lunes martes miércoles jueves viernes sábado domingo".split(),
}
MONTHS = {
    "en": "January February March April May June July August September October November "
    "December".split(),
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November "
    "Dezember".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre "
    "décembre".split(),
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre".split(),
}
DAYS = {
    "en": "{weekday} {day} {month}",
    "it": "{weekday} {day} {month}",
    "de": "{weekday}, {day}. {month}",
    "fr": "{weekday} {day} {month}",
    "es": "{weekday}, {day} de {month}",
}
MOMENTS = {"en": "{day}, {time}", "it": "{day}, ore {time}"}
"""For letters to therapists, in the languages of their pages."""


def day(at: datetime, language: str) -> str:
    """Return "Tuesday 1 December", of the day in the zone of `at`."""
    number = "1er" if language == "fr" and at.day == 1 else str(at.day)
    weekday, month = WEEKDAYS[language][at.weekday()], MONTHS[language][at.month - 1]
    return DAYS[language].format(weekday=weekday, day=number, month=month)


def moment(at: datetime, language: str) -> str:
    """Return "Tuesday 1 December, 15:00", in the zone of `at`."""
    return MOMENTS[language].format(day=day(at, language), time=f"{at:%H:%M}")
