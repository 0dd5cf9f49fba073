"""The key file: master keys in base64, one a line, the current one first.

Blank lines and lines that begin with # say nothing. A rotation puts a new key above the others;
those stay, since they open what they sealed and the last derives the patients' links.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from pathlib import Path

from control.data import files
from control.data.encryption import KEY_BYTES
from control.errors import ConfigError

URL_SAFE = str.maketrans("+/", "-_")  # either alphabet of RFC 4648 is read


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The keys, and where they are kept."""

    path: Path
    keys: tuple[bytes, ...]
    """The current one first, the oldest last; at least one."""
    is_new: bool
    """There was no file: the key was made now and is not kept yet."""

    def save(self) -> None:
        """Write the new key to its file, with mode 0600; doing it twice is the same as once.

        Raises:
            ConfigError: It cannot be written, or somebody else made the file meanwhile.
        """
        content = b"".join(base64.urlsafe_b64encode(key) + b"\n" for key in self.keys)
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            files.create(self.path, content)
        except FileExistsError as error:
            if load(self.path).keys != self.keys:
                raise ConfigError(made_meanwhile(self.path)) from error
        except OSError as error:
            raise ConfigError(
                f"The key file {self.path} cannot be made: {error.strerror} (VISAVIS_KEY_FILE)."
            ) from error


def load(path: Path) -> KeyFile:
    """Read the keys; where there is no file, make a key that `check_key` keeps or refuses.

    Raises:
        ConfigError: The file cannot be read, others may read it, or it holds no key.
    """
    try:
        files.refuse_readable(path, "the key file")
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return KeyFile(path, (secrets.token_bytes(KEY_BYTES),), is_new=True)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The key file {path} cannot be read: {error}.") from error
    lines = [line.strip() for line in text.splitlines()]
    keys = tuple(_decode(line, path) for line in lines if line and not line.startswith("#"))
    if not keys:
        raise ConfigError(f"The key file {path} does not hold a key.")
    return KeyFile(path, keys, is_new=False)


def made_meanwhile(path: Path) -> str:
    """Tell an operator who started several controls at once without a key."""
    return f"Another control has just made the key file {path}. Start again."


def _decode(line: str, path: Path) -> bytes:
    try:
        key = base64.b64decode(line.translate(URL_SAFE), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ConfigError(f"The key file {path} does not hold keys in base64.") from error
    if len(key) != KEY_BYTES:
        raise ConfigError(f"Each line of the key file {path} must hold {KEY_BYTES} bytes.")
    return key
