"""What was measured: the files can be read, and those that documents name are there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks.tables import ROOT

RESULTS = ROOT / "benchmarks" / "results"
NAMED = re.compile(r"`((?:[a-z]+-)+\d{4}-\d\d-\d\d\.(?:json|md))`")


@pytest.mark.parametrize("name", sorted(file.name for file in RESULTS.glob("*.json")))
def test_a_result_can_be_read(name: str) -> None:
    result = json.loads((RESULTS / name).read_text("utf-8"))
    assert isinstance(result, dict)


@pytest.mark.parametrize("document", sorted((ROOT / "docs").glob("*.md")), ids=lambda it: it.name)
def test_every_result_that_a_document_names_is_there(document: Path) -> None:
    named = set(NAMED.findall(document.read_text("utf-8")))
    assert {name for name in named if not (RESULTS / name).exists()} == set()
