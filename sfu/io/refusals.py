"""The answers of the node's API from 400 up: their status, code and words.

Every one is an `ApiError`, and no text repeats what came.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from pydantic import ValidationError

from sfu.errors import Full, InCall, Late, NoPeer, NoRoom, PlaceTaken, SdpError, SlowDown, Stale
from sfu.io.worker import Draining
from sfu.messages import GENERATION_HEADER, ApiError

MAX_BODY_BYTES = 64 * 1024
"""Chromium's offer has 9.5 to 13 kB."""
_FIXED: dict[type[Exception], tuple[int, str, str]] = {
    NoRoom: (404, "no_room", "There is no such room on this node."),
    NoPeer: (404, "no_peer", "There is no such peer in this room."),
    PlaceTaken: (409, "place_taken", "Another participant holds this place."),
    InCall: (409, "in_call", "The two are in contact; a check is for before."),
    Late: (409, "late", "The command came after its deadline; nothing was changed."),
    Full: (503, "full", "This node takes no more; use another, or come back later."),
    Draining: (503, "draining", "This node is being stopped; use another."),
}
_HTTP = {
    404: ("not_found", "There is no such path."),
    405: ("method_not_allowed", "This path does not take this method."),
    413: ("too_long", f"The body is longer than {MAX_BODY_BYTES} bytes."),
}


class Refused(Exception):
    """Answer with this error."""

    def __init__(
        self, status: int, code: str, text: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.error = ApiError(code=code, text=text)
        self.headers = headers


MALFORMED = Refused(400, "malformed", "This is no HTTP request that the node understands.")
INTERNAL = Refused(500, "internal", "The node failed to do this; see its log.")


def refusal_of(error: Exception) -> Refused | None:
    """Return how an error is answered; None for one that is a bug of ours."""
    match error:
        case Refused():
            return error
        case Stale(highest=highest):
            text = "A newer command was obeyed; nothing was changed."
            return Refused(409, "stale", text, {GENERATION_HEADER: str(highest)})
        case SlowDown(wait_s=wait_s):
            return Refused(429, "slow_down", str(error), {"Retry-After": str(round(wait_s))})
        case SdpError():
            return Refused(400, "bad_sdp", error.reason)
        case ValidationError():
            return Refused(400, "invalid", in_words(error))
    fixed = _FIXED.get(type(error))
    return None if fixed is None else Refused(*fixed)


def refusal_of_http(error: web.HTTPException) -> Refused:
    code, text = _HTTP.get(error.status, ("refused", error.reason))
    return Refused(error.status, code, text)


def in_words(error: ValidationError) -> str:
    """Name each field and its fault, never the value."""
    faults = (
        f"{'.'.join(str(part) for part in fault['loc']) or 'body'}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False, include_context=False)
    )
    return "; ".join(faults)
