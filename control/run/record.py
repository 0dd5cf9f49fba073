"""What `visavis serve` keeps in the data folder, so that its successor finds the media node.

`node.json` names the node that runs; `serve.lock` is held by the one `serve` of this folder. Both
are readable by their owner alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import sfu.messages
from control.errors import ConfigError
from control.run.processes import Process

log = logging.getLogger(__name__)

RECORD = "node.json"
LOCK = "serve.lock"
CODE = (".py", ".so", ".pyd")


class NodeRecord(BaseModel):
    """One running media node."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    pid: int = Field(gt=1)
    started: str
    """With the pid, names one process; see `Process`."""
    build: str
    """The code it was started from; see `build_of_node`."""
    api_host: str
    api_port: int
    media_port: int
    token: str = Field(repr=False)

    @property
    def process(self) -> Process:
        return Process(self.pid, self.started)


class RecordFile:
    """Where the record of one data folder lies."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / RECORD

    def read(self) -> NodeRecord | None:
        """Return the record; None where there is none that can be believed, which is logged."""
        try:
            mode = self.path.stat()
            text = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            log.warning("%s cannot be read (%s)", self.path.name, error.strerror)
            return None
        if mode.st_uid != os.getuid() or mode.st_mode & 0o077:
            log.warning("%s is not ours alone (mode 0600), not used", self.path.name)
            return None
        try:
            return NodeRecord.model_validate_json(text)
        except ValidationError:
            log.warning("%s is damaged, not used", self.path.name)
            return None

    def write(self, record: NodeRecord) -> None:
        """Replace the record as a whole, whenever we are killed."""
        fresh = self.path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(record.model_dump_json())
        fresh.replace(self.path)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the folder for this process; the system lets go of it however we end.

    Raises:
        ConfigError: Another `serve` holds it.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(
                f"Visavis already runs with the data in {data_dir}; stop it first, "
                "or set VISAVIS_DATA to another folder."
            ) from None
        yield
    finally:
        os.close(handle)


def build_of_node() -> str:
    """Name the node's code as it lies on the disk: what a node started now would run."""
    folder = Path(sfu.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.suffix in CODE):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
