"""The contract that says what a package may import."""

from __future__ import annotations

import grimp
import pytest
from importlinter import ContractCheck

from tests.support.allow_list import AllowList


def judge(*imports: tuple[str, str], **options: object) -> ContractCheck:
    graph = grimp.ImportGraph()
    for importer, imported in imports:
        for module in ("house", "house.room", importer, imported):
            graph.add_module(module)
        graph.add_import(importer=importer, imported=imported)
    contract = AllowList("test", {}, {"package": "house.room", "may_import": ["math"], **options})
    return contract.check(graph, verbose=False)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("house.room", "math"),
        ("house.room.corner", "house.room.chair"),
        ("house.room.corner", "__future__"),
        ("house.garden", "asyncio"),
        ("house.roommate", "asyncio"),
    ],
)
def test_what_is_named_or_its_own_passes(importer: str, imported: str) -> None:
    assert judge((importer, imported)).kept


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("house.room", "asyncio"),
        ("house.room.corner", "asyncio"),
        ("house.room", "house"),
        ("house.room", "house.roommate"),
        ("house.room", "mathematics"),
    ],
)
def test_all_else_is_refused(importer: str, imported: str) -> None:
    check = judge((importer, imported), ("house.room", "math"))
    assert not check.kept
    assert check.metadata["broken"] == [(importer, imported)]


def test_of_one_package_the_rest_is_not_judged() -> None:
    assert judge(("house.room", "asyncio"), of="house").kept
    assert not judge(("house.room", "house.garden"), of="house").kept


def test_a_package_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"no package house\.attic"):
        judge(("house.room", "math"), package="house.attic")
