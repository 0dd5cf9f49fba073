"""docs/protocol.md lists the fields that the messages have, all of them and no others."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import pytest
from pydantic import BaseModel

import sfu.messages
from control.app import endpoints
from control.composition import build
from control.config import Config
from control.http.wire import Endpoint

TEXT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text("utf-8")
HTTP, LIVE, _, NODE = (part.partition("\n")[2] for part in re.split(r"(?m)^## \d\. ", TEXT)[1:])
ROWS = [row for row in HTTP.splitlines() if re.match(r"\| `[A-Z]+[ /]", row)]
LOCAL_NAMES = {
    "D": {"Distribution", "DirectionQuality"},
    "W": {"PathReach"},
    "reach": {"ReachReport"},
}
"""Names that the document uses within one paragraph."""

Fields = frozenset[str]


def braces(text: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before each outermost pair of braces, not a path's, and what is in it."""
    depth, begin = 0, 0
    for at, letter in enumerate(text):
        if letter == "{":
            begin = begin if depth else at
            depth += 1
        elif letter == "}":
            depth -= 1
            if depth == 0 and text[begin - 1] != "/":
                yield text[:begin], text[begin + 1 : at]


def fields(inside: str) -> Fields:
    """Return the names between the commas that are in no inner brackets."""
    depth, flat = 0, ""
    for letter in inside:
        depth -= letter in "}]"
        flat += letter if depth == 0 else ""
        depth += letter in "{["
    return frozenset(part.partition(":")[0].strip().strip('?"') for part in flat.split(","))


def shapes(text: str) -> Iterator[Fields]:
    """Yield the fields of each shape, inner shapes too."""
    for _, inside in braces(text):
        yield fields(inside)
        yield from shapes(inside)


def reached(kinds: Iterable[Any]) -> dict[str, Fields]:
    """Return the fields of these models and of those within them, by name."""
    found: dict[str, Fields] = {}
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if not inspect.isclass(kind) or not issubclass(kind, BaseModel) or kind.__name__ in found:
            continue
        found[kind.__name__] = frozenset(kind.model_fields)
        waiting += [field.annotation for field in kind.model_fields.values()]
    return found


def models_of(calls: Iterable[Endpoint]) -> dict[str, Fields]:
    return reached(
        kind for call in calls for kind in (call.body, *call.answers.values(), *call.live)
    )


@pytest.fixture(scope="module")
def calls() -> list[Endpoint]:
    with TemporaryDirectory() as folder:
        return endpoints(build(Config(data_dir=Path(folder), key_file=Path(folder) / "key")))


@pytest.fixture(scope="module")
def models(calls: list[Endpoint]) -> dict[str, Fields]:
    return models_of(calls) | reached(vars(sfu.messages).values())


def called(cell: str, calls: list[Endpoint]) -> list[Endpoint]:
    """Return the calls of a row's first cell; `…` stands for any beginning."""
    found = []
    for methods, path in re.findall(r"([A-Z/]+) ([/…][^`?\s]*)", cell):
        pattern = re.sub(r"\\\{\w+\\\}", r"\\{\\w+\\}", re.escape(path)).replace("…", ".*")
        found += [
            call
            for call in calls
            if call.method in methods.split("/") and re.fullmatch(pattern, call.path)
        ]
    return found


@pytest.mark.parametrize("row", ROWS)
def test_call_is_told_with_the_fields_of_its_body_and_answer(
    row: str, calls: list[Endpoint]
) -> None:
    call, bodies, notes = re.split(r"(?<!\\)\|", row)[1:4]
    found = called(call, calls)
    assert found
    written = {*shapes(bodies), *(shape for shape in shapes(notes) if len(shape) > 1)}
    known = models_of(found).values()  # none for a file
    assert [sorted(shape) for shape in written if known and shape not in known] == []


def test_message_that_is_written_out_has_the_fields_of_its_model(models: dict[str, Fields]) -> None:
    names = set()
    for before, inside in braces(HTTP):
        if named := re.search(r"`(\w+)`?\s=\s`?$", before):
            names.add(named[1])
            own = {models[name] for name in LOCAL_NAMES.get(named[1], {named[1]})}
            assert fields(inside) in own, named[1]
    assert {"Session", "Visit", "Proof", "CheckReport", "Devices", "Overview"} <= names


def test_every_message_of_a_websocket_is_written_out(calls: list[Endpoint]) -> None:
    live = {frozenset(model.model_fields) for call in calls for model in call.live}
    assert [sorted(one) for one in live - set(shapes(LIVE))] == []


@pytest.mark.parametrize("section", [HTTP, LIVE, NODE])
def test_every_shape_is_that_of_a_message(section: str, models: dict[str, Fields]) -> None:
    prose = "\n".join(line for line in section.splitlines() if line not in ROWS)
    written = set(shapes(prose))
    assert written
    assert [sorted(one) for one in written if one not in models.values()] == []
