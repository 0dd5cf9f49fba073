"""Sheets as spreadsheet programs write them, and as none of them may run them."""

from __future__ import annotations

import csv
import io

import pytest

from control.errors import Invalid
from control.http.sheets import harmless, read_sheet, write_row

NAMES = "Name;E-mail\r\nNicolò Però;n@example.org\r\n"
ROWS = [(1, ["Name", "E-mail"]), (2, ["Nicolò Però", "n@example.org"])]


@pytest.mark.parametrize(
    ("encoding", "sure"),
    [("utf-8", True), ("utf-8-sig", True), ("utf-16", True), ("cp1252", False)],
)
def test_every_usual_encoding_is_read(encoding: str, sure: bool) -> None:
    sheet = read_sheet(NAMES.encode(encoding))
    assert (sheet.rows, sheet.sure) == (ROWS, sure)


def test_big_endian_utf_16_is_read_by_its_mark() -> None:
    assert read_sheet(b"\xfe\xff" + NAMES.encode("utf-16-be")).rows == ROWS


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_delimiter_is_the_one_that_parts_the_headers(delimiter: str) -> None:
    text = f'Name{delimiter}Phone\n"Rossi; Anna, M."{delimiter}333\n\n{delimiter}\nBo\n'
    assert read_sheet(text.encode()).rows == [
        (1, ["Name", "Phone"]),
        (2, ["Rossi; Anna, M.", "333"]),
        (5, ["Bo"]),
    ]


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04workbook", b"name\x00\n", "name".encode("utf-16-le"), b"a\x81\x8d\n"]
)
def test_what_is_no_text_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        read_sheet(content)
    assert caught.value.code == "unreadable_sheet"


@pytest.mark.parametrize("cell", ["=1+1", "+39", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_that_would_run_is_written_as_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert next(csv.reader(io.StringIO(write_row([cell, "a,b"]), newline=""))) == [
        f"'{cell}", "a,b",
    ]  # fmt: skip


def test_other_cells_are_written_as_they_are() -> None:
    assert write_row(["Alex M.", "", "12:00"]) == "Alex M.,,12:00\r\n"
