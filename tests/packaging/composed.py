"""`deploy/` as an operator has it after `prepare.sh`, read as Docker Compose reads it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
SECRETS = (
    "POSTGRES_PASSWORD",
    "VISAVIS_SFU_TOKEN",
    "VISAVIS_TURN_SECRET",
    "VISAVIS_METRICS_TOKEN",
    "GRAFANA_PASSWORD",
)
CHOSEN = {
    "DOMAIN": "visavis.test",
    "TURN_DOMAIN": "turn.visavis.test",
    "PUBLIC_ADDRESS": "198.51.100.4",
    "ACME_EMAIL": "operator@visavis.test",
}
_VALUE = re.compile(r"\$\{(\w+)(?::([?-])((?:[^{}]|\$\{\w+\})*))?\}")
"""`${NAME}`, `${NAME:-default}`, `${NAME:?error}`."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A copy of `deploy/` in a folder of its own."""

    folder: Path

    @classmethod
    def copied(cls, folder: Path) -> Self:
        shutil.copytree(
            DEPLOY, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".env", "secrets")
        )
        return cls(folder)

    def prepare(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.folder / "prepare.sh")], capture_output=True, text=True, check=False
        )

    def write(self, **values: str) -> None:
        file = self.folder / ".env"
        text = file.read_text("utf-8")
        for name, value in values.items():
            text, count = re.subn(rf"(?m)^{name}=.*$", f"{name}={value}", text)
            assert count == 1, name
        file.write_text(text)

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = yaml.safe_load(self._text)
        return document

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        services: dict[str, dict[str, Any]] = self.document["services"]
        return services

    @property
    def example(self) -> dict[str, str]:
        return _lines(self.folder / ".env.example")

    @property
    def values(self) -> dict[str, str]:
        return _lines(self.folder / ".env")

    @property
    def asked(self) -> set[str]:
        """Name what the file takes from `.env`."""
        return set(re.findall(r"\$\{(\w+)", self._text))

    @property
    def turn(self) -> dict[str, str]:
        """Return coturn's settings; of one that is given twice, the last."""
        return _lines(self.folder / "secrets/turnserver.conf")

    def environment(self, service: str) -> dict[str, str]:
        """Return what a container of ours is given."""
        given = self.services[service]["environment"]
        return {name: self.filled(value) for name, value in given.items()}

    def filled(self, text: str) -> str:
        """Put the values of `.env` in, as Compose does."""
        values = self.values

        def value(found: re.Match[str]) -> str:
            name, kind, other = found.groups()
            if values.get(name):
                return values[name]
            assert kind != "?", f"{name} must be set: {other}"
            return self.filled(other or "")

        return _VALUE.sub(value, text)

    @property
    def _text(self) -> str:
        return (self.folder / "compose.yaml").read_text("utf-8")


def prepared(folder: Path, **values: str) -> Composed:
    """Do what an operator does before `docker compose up`."""
    if os.geteuid() != 0:
        pytest.skip("prepare.sh gives a file to coturn's user, which takes root")
    composed = Composed.copied(folder)
    assert composed.prepare().returncode == 1
    composed.write(**CHOSEN, **values)
    found = composed.prepare()
    assert found.returncode == 0, found.stderr
    return composed


def _lines(file: Path) -> dict[str, str]:
    found = re.findall(r"(?m)^([\w-]+)=(.*)$", file.read_text("utf-8"))
    return dict(found)
