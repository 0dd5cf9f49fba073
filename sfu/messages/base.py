"""What all that the planes say to each other has in common."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict


class Command(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class State(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class OpenEnum(StrEnum):
    """Words of which a newer node may know more: those are read as OTHER, or UNKNOWN."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        names = cls.__members__
        return names["OTHER"] if "OTHER" in names else names["UNKNOWN"]
