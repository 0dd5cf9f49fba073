"""docs/operations.md leads where it says, and names commands and files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from control.run import cli

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text("utf-8")
HEADINGS = re.findall(r"(?m)^#{2,4} (.+)$", re.sub(r"(?ms)^```.*?^```", "", TEXT))


def anchor(heading: str) -> str:
    """Return what GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_link_within_the_document_leads_to_a_heading() -> None:
    wanted = set(re.findall(r"\]\(#([^)]+)\)", TEXT))
    assert wanted
    assert wanted - set(map(anchor, HEADINGS)) == set()


def test_every_section_is_in_the_contents() -> None:
    contents = TEXT.partition("\n## ")[0]
    sections = re.findall(r"(?m)^## (.+)$", re.sub(r"(?ms)^```.*?^```", "", TEXT))
    assert [one for one in sections if f"(#{anchor(one)})" not in contents] == []


def test_every_file_of_ours_that_is_named_is_there() -> None:
    named = set(re.findall(r"\b(?:deploy|docs|requirements)/[\w./*-]*[\w/]", TEXT))
    assert len(named) > 8
    assert [name for name in sorted(named) if not any(ROOT.glob(name))] == []


def test_every_command_that_is_named_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    known = set(re.findall(r"(?m)^    ([a-z]+)\b", capsys.readouterr().out))
    named = set(re.findall(r"(?<![\w/.-])visavis (?!visavis)([a-z]+)\b", "\n".join(code())))
    assert {"serve", "backup", "therapist", "canary"} <= named
    assert named - known == set()


def code() -> list[str]:
    """Return what stands in code, in lines and in blocks."""
    return [*re.findall(r"(?ms)^```\n(.*?)^```", TEXT), *re.findall(r"`([^`\n]+)`", TEXT)]
