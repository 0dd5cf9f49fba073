"""Sheets as CSV: read as spreadsheet programs write them, written as none runs them. PURE."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from control.errors import Invalid

DELIMITERS = ("\t", ";", ",")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is a formula to spreadsheets
BOM = "\ufeff"  # without it Excel takes UTF-8 for the system's old encoding
UTF_16 = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """The filled rows of a file, the first of them its headers."""

    rows: list[tuple[int, list[str]]]
    """Each with the number of its line in the file, from 1."""
    sure: bool
    """Whether the encoding is known; else Windows-1252 was assumed."""


def read_sheet(content: bytes) -> Sheet:
    """Read a file in UTF-8, UTF-16 or Windows-1252, parted by semicolon, comma or tab.

    Raises:
        Invalid: unreadable_sheet.
    """
    text, sure = _decode(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append((reader.line_num, cells))
    except csv.Error:
        raise _unreadable() from None
    return Sheet(rows, sure)


def write_row(cells: Iterable[str]) -> str:
    """Return one line; a cell that a spreadsheet would run as a formula is marked as text."""
    line = io.StringIO()
    csv.writer(line).writerow(harmless(cell) for cell in cells)
    return line.getvalue()


def harmless(cell: str) -> str:
    """Return the cell as every spreadsheet program takes it for text."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _decode(content: bytes) -> tuple[str, bool]:
    for mark, encoding in UTF_16:
        if content.startswith(mark):
            return _decode_as(content, encoding), True
    try:
        return _checked(content.decode("utf-8-sig")), True
    except UnicodeDecodeError:
        return _decode_as(content, "cp1252"), False


def _decode_as(content: bytes, encoding: str) -> str:
    try:
        return _checked(content.decode(encoding))
    except UnicodeDecodeError:
        raise _unreadable() from None


def _checked(text: str) -> str:
    """Return the text, or refuse what is no text at all: a workbook, a picture."""
    if any(character < " " and character not in "\t\r\n" for character in text):
        raise _unreadable()
    return text


def _delimiter(text: str) -> str:
    """Return what parts the first line into most cells."""
    first = text.lstrip().partition("\n")[0]
    return max(DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))


def _unreadable() -> Invalid:
    return Invalid(
        "unreadable_sheet",
        "This file cannot be read. Save the sheet as CSV in UTF-8 and choose it again.",
    )
