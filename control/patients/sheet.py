"""Patients in a sheet that somebody else's program wrote. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import ValidationError

from control.errors import Invalid
from control.http.contacts import REGION
from control.http.sheets import read_sheet
from control.patients.folding import fold
from control.patients.messages import ImportRow, NewPatient, RowState
from control.patients.model import Person

MOST_ROWS = 2_000
MOST_BYTES = 1_000_000
HEADERS = {
    "name": ("name", "nome", "full name", "nome e cognome", "cognome e nome", "nominativo",
             "patient", "paziente"),
    "surname": ("surname", "last name", "cognome"),
    "email": ("email", "email address", "mail", "posta elettronica", "indirizzo email"),
    "phone": ("phone", "telephone", "phone number", "mobile", "telefono", "tel", "cellulare",
              "numero di telefono"),
    "language": ("language", "lingua"),
}  # fmt: skip
LANGUAGES = {
    "en": "en", "english": "en", "inglese": "en",
    "it": "it", "italian": "it", "italiano": "it",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """One row, and the patient it describes; None where it is wrong."""

    row: ImportRow
    patient: NewPatient | None


@dataclass(slots=True)
class Known:
    """Names and addresses that are taken."""

    names: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, people: Iterable[Person]) -> Known:
        known = cls()
        for person in people:
            known.add(person.name, person.email)
        return known

    def add(self, name: str, email: str | None) -> None:
        self.names.add(fold(name))
        if email:
            self.emails.add(email.casefold())

    def has(self, name: str, email: str | None) -> bool:
        return fold(name) in self.names or (email is not None and email.casefold() in self.emails)


def read_patients(content: bytes, *, language: str, region: str) -> tuple[list[Read], bool]:
    """Read the rows of a sheet, and tell whether its encoding is known.

    Args:
        language: Of patients whose row names none.
        region: The country of phone numbers that are written without one.

    Raises:
        Invalid: unreadable_sheet, no_name_column, too_many_rows.
    """
    sheet = read_sheet(content)
    columns = _columns(sheet.rows[0][1] if sheet.rows else [])
    rows = sheet.rows[1:]
    if len(rows) > MOST_ROWS:
        raise Invalid("too_many_rows", f"Import at most {MOST_ROWS} patients at once.")
    return [_read(line, cells, columns, language, region) for line, cells in rows], sheet.sure


def mark_known(rows: list[Read], known: Known) -> list[Read]:
    """Return the rows, those marked whose patients are known or stand in the sheet twice."""
    marked, here = [], Known()
    for read in rows:
        if read.patient is not None:
            name, email = read.patient.name, read.patient.email
            if known.has(name, email):
                read = _marked(read, RowState.EXISTS)
            elif here.has(name, email):
                read = _marked(read, RowState.TWICE)
            else:
                here.add(name, email)
        marked.append(read)
    return marked


def _marked(read: Read, state: RowState) -> Read:
    return Read(read.row.model_copy(update={"state": state}), None)


def _columns(headers: list[str]) -> dict[str, int]:
    """Return which column is what."""
    named = {name: what for what, names in HEADERS.items() for name in names}
    columns: dict[str, int] = {}
    for number, header in enumerate(headers):
        what = named.get(fold(header))
        if what is not None:
            columns.setdefault(what, number)
    if "name" not in columns:
        raise Invalid(
            "no_name_column",
            "The first row needs a column called name, and may have e-mail, phone and language.",
        )
    return columns


def _read(line: int, cells: list[str], columns: dict[str, int], language: str, region: str) -> Read:
    said = {what: cells[number] if number < len(cells) else "" for what, number in columns.items()}
    said["name"] = f"{said['name']} {said.get('surname', '')}".strip()
    spoken = said.get("language", "")
    fields = {
        "name": said["name"],
        "email": said.get("email") or None,
        "phone": said.get("phone") or None,
        "language": LANGUAGES.get(spoken.casefold(), spoken) or language,
    }
    patient, wrong = None, None
    try:
        patient = NewPatient.model_validate(fields, context={REGION: region})
    except ValidationError as error:
        wrong = str(error.errors(include_url=False, include_context=False)[0]["loc"][0])
    row = ImportRow(
        line=line,
        name=said["name"][:120],
        email=said.get("email", "")[:254],
        phone=said.get("phone", "")[:32],
        language=spoken[:32],
        state=RowState.WRONG if patient is None else RowState.NEW,
        wrong=wrong,
    )
    return Read(row, patient)
