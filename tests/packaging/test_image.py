"""The Dockerfile's steps, as far as they go without Docker."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
BASE = r"[a-z./]+:[0-9][\w.-]*@sha256:[0-9a-f]{64}"


def stages() -> dict[str, list[str]]:
    """Return each stage's instructions, continued lines joined; the last stage is `final`."""
    found: dict[str, list[str]] = {}
    for line in re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines():
        if line.startswith("FROM "):
            name = line.partition(" AS ")[2] or "final"
            found[name] = []
        if line and not line.startswith("#"):
            found[name].append(line)
    return found


def copied(stage: str) -> list[tuple[list[str], str]]:
    """Return sources and target of each COPY of a stage from the build context."""
    return [
        (words[:-1], words[-1])
        for line in stages()[stage]
        if line.startswith("COPY ") and not (words := line.split()[1:])[0].startswith("--from")
    ]


def lay(stage: str, root: Path) -> None:
    """Do a stage's COPYs from the context into `root`, as its working directory.

    Only what is under version control is copied, as in a fresh clone; COPY of a folder takes what
    is in it.
    """
    kept = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for sources, target in copied(stage):
        for source in sources:
            files = [Path(name) for name in kept if Path(name).is_relative_to(source)]
            assert files, f"the image copies {source}, which is not there"
            for file in files:
                inner = file.relative_to(source) if (ROOT / source).is_dir() else Path(file.name)
                into = root / target / inner
                into.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / file, into)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build the wheel from nothing but what the image's wheel stage copies."""
    root = tmp_path_factory.mktemp("src")
    lay("wheel", root)
    pages = root / "control" / "static"  # COPY --from=pages
    pages.mkdir()
    (pages / "index.html").write_text("<!doctype html>")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"],
        cwd=root,
        env={**os.environ, "VISAVIS_SKIP_WEB": "1"},
        capture_output=True,
        check=True,
    )
    (built,) = (root / "dist").glob("visavis-*.whl")
    return zipfile.ZipFile(built)


def test_every_base_image_is_named_by_tag_and_digest() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 3
    assert all(re.fullmatch(BASE, base) for base in bases), bases
    assert re.fullmatch(rf"# syntax={BASE}", DOCKERFILE.splitlines()[0])


def test_the_image_runs_what_it_was_built_with() -> None:
    built, run = (stages()[name][0].split()[1] for name in ("wheel", "final"))
    assert built == run


def test_the_image_installs_locked_versions_alone() -> None:
    steps = re.findall(r"pip (?:install|wheel) [^&\n]*", "\n".join(stages()["wheel"]))
    assert len(steps) == 4
    for step in steps:
        assert "--require-hashes" in step or "--no-deps" in step, step
        assert "wheel " not in step or "--no-build-isolation" in step, step


def test_the_pages_stage_has_what_the_build_of_the_pages_reads(tmp_path: Path) -> None:
    web = tmp_path / "src" / "web"
    lay("pages", web)
    config = (web / "vite.config.ts").read_text(encoding="utf-8")
    assert '"../LICENSES"' in config
    assert (web / "../LICENSES/preact.txt").is_file()
    for name in re.findall(r'from "(\./[^"]+)"', config):
        assert (web / name).is_file(), name
    assert json.loads((web / "package-lock.json").read_text(encoding="utf-8"))["name"]


def test_the_wheel_of_the_image_has_both_planes_pages_and_notices(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    programs = {"sfu/__main__.py", "control/__main__.py", "canary/__main__.py"}
    assert programs | {"control/static/index.html"} <= set(names)
    assert any(name.startswith("control/") and name.endswith("cli.py") for name in names)
    notices = {path.relative_to(ROOT).as_posix() for path in (ROOT / "LICENSES").rglob("*.txt")}
    shipped = {name.partition(".dist-info/licenses/")[2] for name in names} - {""}
    assert shipped == {"LICENSE", *notices}
