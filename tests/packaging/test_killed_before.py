"""`make` and `.ci/run` on a machine where an earlier one was killed in the middle of its work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKE = shutil.which("make")
APT_GET = """
[ ! -e interrupted ] || { echo "E: dpkg was interrupted, you must manually run ..."; exit 100; }
echo "$@" >> apt-get.said
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Programs of a bare machine of root's, on which dpkg was killed while it set up packages."""
    for name, script in (
        ("id", "echo 0"),
        ("apt-get", APT_GET),
        ("dpkg", '[ "$*" != "--configure -a" ] || /bin/rm -f interrupted'),
        ("make", "echo make $@ >> make.said"),
    ):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    for file in ("Makefile", ".ci/run"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    (tmp_path / "interrupted").touch()
    return tmp_path


def run(machine: Path, *command: str, path: str) -> None:
    done = subprocess.run(
        command, cwd=machine, env=os.environ | {"PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_ci_installs_its_packages_after_an_installation_that_was_killed(machine: Path) -> None:
    run(machine, ".ci/run", path=f"{machine / 'bin'}:{os.environ['PATH']}")
    assert "install" in (machine / "apt-get.said").read_text()
    assert (machine / "make.said").read_text() == "make test\n"


def test_browser_is_installed_after_an_installation_that_was_killed(machine: Path) -> None:
    assert MAKE is not None
    run(machine, MAKE, "browser", path=str(machine / "bin"))
    assert "chromium" in (machine / "apt-get.said").read_text()


def test_setup_makes_the_environment_anew_that_was_killed_before_it_had_pip(machine: Path) -> None:
    for file in ("pyproject.toml", "hatch_build.py"):
        (machine / file).touch()
    programs = machine / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    assert MAKE is not None
    run(machine, MAKE, "setup", "PIP=true", f"PYTHON={sys.executable}", path=os.environ["PATH"])
    assert (programs / "pip").exists()
