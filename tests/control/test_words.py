"""What control says to people keeps WORDS.md, as far as a program can tell.

The rules are web/src/i18n/glossary.json, which the pages' own catalogues keep as well.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from control import errors
from control.calling import called_name
from control.http.wire import PATIENT_LANGUAGES

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web" / "src"
RULES: dict[str, list[tuple[str, str]]] = json.loads(
    (WEB / "i18n" / "glossary.json").read_text(encoding="utf-8")
)
CALLED: list[list[Any]] = json.loads((WEB / "lib" / "called.json").read_text(encoding="utf-8"))
ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.ControlError)
}


def texts_of_errors(source: str) -> Iterator[str]:
    """Yield the sentence of every error that is made in a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ERRORS:
            for argument in node.args[1:2]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def catalogues(source: str) -> Iterator[tuple[str, str]]:
    """Yield language and text of every dictionary by language: `{"en": ..., "it": ...}`."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Dict):
            continue
        keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
        if "en" not in keys or "it" not in keys:
            continue
        for language, value in zip(keys, node.values, strict=True):
            for part in ast.walk(value):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield str(language), part.value


def broken(language: str, text: str) -> list[str]:
    """Say which rules of a language a text breaks."""
    rules = [*RULES["every"], *RULES.get(language, [])]
    return [why for pattern, why in rules if re.search(pattern, text)]


SOURCES = sorted((ROOT / "control").rglob("*.py"))


def test_errors_keep_the_glossary() -> None:
    said = [text for path in SOURCES for text in texts_of_errors(path.read_text(encoding="utf-8"))]
    assert len(said) > 40
    assert {text: broken("en", text) for text in said if broken("en", text)} == {}


def test_messages_keep_the_glossary() -> None:
    said = [pair for path in SOURCES for pair in catalogues(path.read_text(encoding="utf-8"))]
    # SMS have plain apostrophes: the GSM alphabet has no other.
    bad = {
        text: why
        for language, text in said
        if (why := broken(language, text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}").strip()))
    }
    assert bad == {}


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "The media server is away"), ("it", "Bentornati"), ("fr", "Vraiment ?")],
)
def test_the_rules_find_what_they_forbid(language: str, text: str) -> None:
    assert broken(language, text)


def test_a_text_in_an_error_is_found() -> None:
    source = 'raise errors.Conflict("x", "You did not come!")'
    assert list(texts_of_errors(source)) == ["You did not come!"]


def test_a_text_in_a_catalogue_is_found() -> None:
    source = 'T = {"en": Text("Hello", body="there"), "it": Text("Buongiorno", body="qui")}'
    assert ("it", "qui") in list(catalogues(source))


@pytest.mark.parametrize("case", CALLED)
def test_control_calls_a_therapist_as_the_pages_do(case: list[Any]) -> None:
    name, language, said, *gender = case
    assert called_name(name, language, *gender) == said


def test_control_knows_the_languages_of_the_patients_pages() -> None:
    files = (WEB / "i18n").glob("patient.??.ts")
    assert sorted(path.suffixes[0][1:] for path in files) == list(PATIENT_LANGUAGES)
