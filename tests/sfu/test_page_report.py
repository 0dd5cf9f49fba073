"""What a page may say of itself, and what it may not: it is not trusted."""

from __future__ import annotations

import json

import pytest

from sfu.messages import LimitedBy, PageWord, Path, read_page_report
from sfu.messages.page import MAX_REPORT_BYTES

FULL = {
    "type": "page",
    "freezes": 2,
    "frozen_ms": 1_250,
    "concealed_ratio": 0.02,
    "limited_by": "cpu",
    "relayed": True,
    "relays": [{"host": "203.0.113.5", "port": 61_000}],
    "tried": ["udp", "turn"],
}


def test_a_report_is_read_and_its_word_holds_no_address() -> None:
    report = read_page_report(json.dumps(FULL))
    assert report is not None
    assert report.word == PageWord(
        freezes=2, frozen_ms=1_250, concealed_ratio=0.02, limited_by=LimitedBy.CPU, relayed=True
    )
    assert "203.0.113.5" not in report.word.model_dump_json()
    assert (str(report.relays[0].host), report.relays[0].port) == ("203.0.113.5", 61_000)
    assert report.tried == (Path.UDP, Path.TURN)


def test_a_word_is_read_again_by_whoever_is_told_of_it() -> None:
    word = PageWord(freezes=1, limited_by=LimitedBy.CPU, relayed=True)
    assert PageWord.model_validate(word.model_dump(mode="json")) == word


def test_a_browser_that_counts_nothing_says_nothing() -> None:
    report = read_page_report('{"type": "page"}')
    assert report is not None
    assert report.word == PageWord()


def test_words_and_fields_of_a_newer_page_are_read_as_others_and_passed_over() -> None:
    newer = {"type": "page", "limited_by": "heat", "tried": ["quic"], "mood": "fine"}
    report = read_page_report(json.dumps(newer))
    assert report is not None
    assert (report.limited_by, report.tried) == (LimitedBy.OTHER, (Path.OTHER,))


@pytest.mark.parametrize(
    ("field", "lie"),
    [
        ("freezes", -1),
        ("freezes", 1_001),
        ("freezes", 10**40),
        ("freezes", 1.5),
        ("freezes", "2"),
        ("freezes", True),
        ("frozen_ms", 60_001),
        ("concealed_ratio", -0.1),
        ("concealed_ratio", 1.1),
        ("concealed_ratio", 1e308),
        ("concealed_ratio", "0.1"),
        ("concealed_ratio", float("nan")),
        ("concealed_ratio", float("inf")),
        ("limited_by", 3),
        ("limited_by", {"cpu": 1}),
        ("relayed", "yes"),
        ("relayed", 1),
        ("relays", [{"host": "not an address", "port": 1}]),
        ("relays", [{"host": "203.0.113.5", "port": 0}]),
        ("relays", [{"host": "203.0.113.5", "port": "61000"}]),
        ("relays", [{"host": "203.0.113.5", "port": 1}] * 9),
        ("relays", "203.0.113.5"),
        ("tried", ["udp"] * 9),
        ("tried", [1]),
        ("type", "check"),
    ],
)
def test_a_report_with_a_lie_in_it_is_none(field: str, lie: object) -> None:
    assert read_page_report(json.dumps(FULL | {field: lie})) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        "page",
        '"page"',
        "\x00",
        "[" * 1_000,
        '{"type": "page"}' + " " * MAX_REPORT_BYTES,
    ],
)
def test_what_is_no_report_is_none(text: str) -> None:
    assert read_page_report(text) is None


def test_the_longest_honest_report_is_read() -> None:
    relays = [{"host": "2001:db8:aaaa:bbbb:cccc:dddd:eeee:fff0", "port": 65_535}] * 8
    text = json.dumps(FULL | {"relays": relays, "tried": ["udp", "tcp", "turn"]})
    assert len(text) <= MAX_REPORT_BYTES
    assert read_page_report(text) is not None
