"""What a therapist wants to be told herself, and when not. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from control.notifications.hours import QuietHours, known_zone
from control.notifications.model import Channel


@dataclass(frozen=True, slots=True)
class Notices:
    """One therapist's wishes."""

    wait_minutes: int | None = None
    """Tell her after somebody has waited so long unseen; None for never."""
    email: bool = False
    sms: bool = False
    phone: str | None = None
    quiet: QuietHours | None = None
    zone: str | None = None
    """The name of her time zone; None where no page of hers has told it."""

    @property
    def channels(self) -> list[Channel]:
        wanted: dict[Channel, bool] = {"email": self.email, "sms": self.sms}
        return [channel for channel, is_wanted in wanted.items() if is_wanted]

    def is_quiet(self, now: datetime) -> bool:
        zone = known_zone(self.zone or "")
        return self.quiet is not None and zone is not None and self.quiet.hold(now, zone)

    def local(self, at: datetime) -> datetime:
        """Return this instant by her clock; by UTC where that is not known."""
        zone: tzinfo = known_zone(self.zone or "") or UTC
        return at.astimezone(zone)


NONE = Notices()
