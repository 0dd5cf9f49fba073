"""Whatever the pages bundle has its licence notice in LICENSES/, and visitors can read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTICES = ROOT / "LICENSES"
MODULES = ROOT / "web" / "node_modules"
SERVED = ROOT / "control" / "static" / "licenses.txt"


def bundled() -> set[str]:
    """Return the packages that the pages may contain: runtime dependencies and theirs."""
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {
        path.rpartition("node_modules/")[2]: package
        for path, package in lock["packages"].items()
        if "node_modules/" in path
    }
    found: set[str] = set()
    waiting = list(lock["packages"][""]["dependencies"])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(packages[name].get("dependencies", {}))
    return found


def noticed() -> set[str]:
    return {path.relative_to(NOTICES).with_suffix("").as_posix() for path in NOTICES.rglob("*.txt")}


def words(path: Path) -> str:
    return " ".join(path.read_text(encoding="utf-8").split())


def test_every_package_in_the_pages_has_its_notice_and_no_other_has() -> None:
    package = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    assert set(package["dependencies"]) <= bundled()
    assert noticed() == bundled()


def test_the_table_of_notices_names_every_package() -> None:
    table = (NOTICES / "README.md").read_text(encoding="utf-8")
    assert [name for name in sorted(noticed()) if f"`{name}`" not in table] == []


@pytest.mark.parametrize("name", sorted(noticed()))
def test_a_notice_has_the_words_of_the_installed_package(name: str) -> None:
    original = MODULES / name / "LICENSE"
    if not original.is_file():
        pytest.skip("the pages' packages are not installed")
    assert words(original) in words(NOTICES / f"{name}.txt")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("@fontsource-variable/inter", "SIL OPEN FONT LICENSE Version 1.1"),
        ("@fontsource-variable/inter", "The Inter Project Authors"),
        ("@fontsource-variable/source-serif-4", "SIL OPEN FONT LICENSE Version 1.1"),
        ("@fontsource-variable/source-serif-4", "Adobe Systems Incorporated"),
        ("lucide-preact", "ISC License"),
        ("lucide-preact", "Cole Bemis"),
        ("preact", "The MIT License"),
        ("@preact/signals", "The MIT License"),
        ("uplot", "The MIT License"),
    ],
)
def test_a_notice_names_the_licence_and_whose_work_it_is(name: str, says: str) -> None:
    assert says in words(NOTICES / f"{name}.txt")


@pytest.mark.skipif(not SERVED.parent.is_dir(), reason="the pages are not built")
def test_the_built_pages_serve_every_notice() -> None:
    served = words(SERVED)
    missing = [name for name in noticed() if words(NOTICES / f"{name}.txt") not in served]
    assert missing == []
    assert served[0] == "\ufeff", "a browser would not read it as UTF-8"
