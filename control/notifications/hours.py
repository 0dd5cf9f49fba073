"""A therapist's quiet hours, in a time zone of her own. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when until when, by the clock on the wall; past midnight where the end is earlier."""

    begin: time
    end: time

    def hold(self, now: datetime, zone: ZoneInfo) -> bool:
        """Tell whether they are now."""
        clock = now.astimezone(zone).time()
        if self.begin <= self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end


def known_zone(name: str) -> ZoneInfo | None:
    """Return the time zone of this name; None for none."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return None
