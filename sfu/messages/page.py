"""What a page says of itself to the node: second evidence, and what no server can see.

A page may lie. So every number has bounds, and whatever breaks them makes the whole report none;
nothing here ever changes a level, or says anything of another's line.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, IPvAnyAddress, ValidationError

from sfu.messages.base import OpenEnum, State

MAX_REPORT_BYTES = 1_024
"""Ours have about 300; a longer one is not read."""

Count = Annotated[int, Field(ge=0, le=1_000)]
Millis = Annotated[int, Field(ge=0, le=60_000)]
Ratio = Annotated[float, Field(ge=0, le=1)]


class Path(OpenEnum):
    """A way by which a browser's packets may reach the node."""

    UDP = "udp"
    TCP = "tcp"
    TURN = "turn"  # by UDP from a relay, however the browser reaches that
    OTHER = "other"  # never sent: how control reads a way of a newer node


class LimitedBy(OpenEnum):
    """Why a browser sends less of a picture than it has (W3C webrtc-stats)."""

    NONE = "none"
    CPU = "cpu"
    BANDWIDTH = "bandwidth"
    OTHER = "other"


class PageWord(State):
    """What a page told of its last seconds; None where its browser counts no such thing."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    freezes: Count | None = None
    """How often the other side's picture stood still."""
    frozen_ms: Millis | None = None
    """For how long, in all."""
    concealed_ratio: Ratio | None = None
    """Share of the sound it played that was made up for packets that were not there."""
    limited_by: LimitedBy | None = None
    """Why its own picture is smaller than it could be."""
    relayed: bool | None = None
    """Its packets take the way by a TURN server."""


class RelayAddress(BaseModel):
    """Where a TURN server sends a browser's packets from."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    host: IPvAnyAddress
    port: int = Field(ge=1, le=65_535, strict=True)


class PageReport(PageWord):
    """A message of a page on the channel `state`; a value of another type is no value."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False)

    type: Literal["page"]
    relays: Annotated[tuple[RelayAddress, ...], Field(max_length=8)] = ()
    """What its browser was given by TURN servers; so the node knows their checks."""
    tried: Annotated[tuple[Path, ...], Field(max_length=8)] = ()
    """Ways on which its browser has sent checks, answered or not."""

    @property
    def word(self) -> PageWord:
        """Return what is told on: no addresses."""
        return PageWord(**{name: getattr(self, name) for name in PageWord.model_fields})


def read_page_report(text: str) -> PageReport | None:
    """Read what a page says; None for whatever is none."""
    if len(text) > MAX_REPORT_BYTES:
        return None
    try:
        return PageReport.model_validate_json(text)
    except ValidationError:
        return None
