"""The locked requirements fit pyproject.toml and are complete; `make lock` writes them anew."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import hatch_build

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
DEV = PROJECT["project"]["optional-dependencies"]["dev"]
LOAD = PROJECT["project"]["optional-dependencies"]["load"]
BUILD = PROJECT["dependency-groups"]["build"]
NODE = PROJECT["dependency-groups"]["node"]

# What each file of requirements/ has to hold.
HELD = {
    "runtime.txt": RUNTIME,
    "build.txt": BUILD,
    "node.txt": NODE,
    "dev.txt": [*RUNTIME, *DEV, *LOAD, *BUILD],
}
LINTERS = {"ruff", "mypy", "import-linter"}


def locked(name: str) -> dict[str, list[str]]:
    """Return every version locked in a file by canonical name; several where markers differ."""
    found: dict[str, list[str]] = {}
    for block in blocks(name):
        requirement = Requirement(block.split(" --hash", maxsplit=1)[0])
        (pin,) = requirement.specifier
        assert pin.operator == "==", f"{requirement} in {name} is not exact"
        found.setdefault(canonicalize_name(requirement.name), []).append(pin.version)
    return found


def blocks(name: str) -> list[str]:
    """Return the requirements of a file, each joined to one line with its hashes."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return [re.sub(r"\s+", " ", line) for line in text.splitlines() if line and line[0] != "#"]


@pytest.mark.parametrize("name", HELD)
def test_every_direct_dependency_is_locked_within_its_range(name: str) -> None:
    versions = locked(name)
    for wanted in map(Requirement, HELD[name]):
        chosen = versions.get(canonicalize_name(wanted.name))
        assert chosen, f"{wanted.name} is not in requirements/{name}: run `make lock`"
        for version in chosen:
            assert version in wanted.specifier, f"{wanted} got {version}: run `make lock`"


@pytest.mark.parametrize("name", HELD)
def test_every_locked_requirement_has_a_hash_and_no_address(name: str) -> None:
    assert blocks(name)
    for block in blocks(name):
        assert re.search(r" --hash=sha256:[0-9a-f]{64}\b", block), block.split(" --hash")[0]
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert not re.search(r"://| @ |--(?:extra-)?index-url|--find-links|^/", text, re.MULTILINE)


@pytest.mark.parametrize("name", ["runtime.txt", "build.txt"])
def test_what_is_tested_is_what_is_shipped(name: str) -> None:
    dev = locked("dev.txt")
    assert {package: dev.get(package) for package in locked(name)} == locked(name)


def test_the_files_of_requirements_are_the_ones_checked_here() -> None:
    assert {path.name for path in (ROOT / "requirements").iterdir()} == set(HELD)


def test_the_linters_are_locked_to_one_version_each() -> None:
    dev = locked("dev.txt")
    assert {name: len(dev.get(name, [])) for name in LINTERS} == dict.fromkeys(LINTERS, 1)


def test_the_build_groups_are_what_the_build_asks_for() -> None:
    assert PROJECT["build-system"]["requires"] == BUILD
    assert [hatch_build.BUNDLED_NODE] == NODE
