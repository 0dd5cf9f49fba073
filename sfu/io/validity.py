"""What a command's headers say of its validity."""

from __future__ import annotations

import re
from math import isfinite

from aiohttp import web

from sfu.engine.fencing import Validity
from sfu.io.refusals import Refused
from sfu.messages import DEADLINE_HEADER, GENERATION_HEADER

_SECONDS = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?(e[+-]?[0-9]{1,3})?", re.ASCII)
"""As Python, JavaScript and JSON write a finite float; `nan` would never be late."""
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


def read_validity(request: web.Request) -> Validity:
    """Read both headers; each may be absent.

    Raises:
        Refused: One is malformed, or there twice.
    """
    deadline = _one(request, DEADLINE_HEADER, _SECONDS)
    generation = _one(request, GENERATION_HEADER, _NUMBER)
    at = None if deadline is None else float(deadline)
    if at is not None and not isfinite(at):
        raise _invalid(DEADLINE_HEADER)
    return Validity(at, None if generation is None else int(generation))


def _one(request: web.Request, name: str, pattern: re.Pattern[str]) -> str | None:
    values = request.headers.getall(name, [])
    if not values:
        return None
    if len(values) > 1 or not pattern.fullmatch(values[0]):
        raise _invalid(name)
    return values[0]


def _invalid(name: str) -> Refused:
    kind = "seconds" if name == DEADLINE_HEADER else "a whole number of at most 18 digits"
    return Refused(400, "invalid", f"{name}: must be {kind}, once")
