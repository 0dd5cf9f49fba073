"""Letters and parcels for tests, and gateways that answer as they are told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from control.notifications.model import DELIVERED, Letter, Outcome, Parcel

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def letter(**changes: Any) -> Letter:
    fields: dict[str, Any] = {
        "kind": "test",
        "channel": "email",
        "to": "alex@example.org",
        "subject": "You can come in now",
        "text": "Hello Alex,\n\nhttps://visavis.test/v#token\n",
        "sender_name": "Dr. Rossi",
        "therapist_id": None,
        "patient_id": None,
        "once": None,
    }
    return Letter(**fields | changes)


def parcel(**changes: Any) -> Parcel:
    fields: dict[str, Any] = {
        "id": "0" * 32,
        "to": "alex@example.org",
        "subject": "You can come in now",
        "text": "Hello Alex,\n\nhttps://visavis.test/v#token\n",
        "sender_name": "Dr. Rossi",
        "attempts": 1,
        "written_at": NOW,
        "expires_at": NOW + timedelta(days=1),
    }
    return Parcel(**fields | changes)


@dataclass(slots=True)
class FakeGateway:
    """Keeps what it is given; answers once each as told, then takes everything."""

    outcomes: list[Outcome] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    hold: asyncio.Event | None = None
    """While it is not set, `send` does not come back."""
    began: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, parcel: Parcel) -> Outcome:
        self.parcels.append(parcel)
        self.began.set()
        if self.hold is not None:
            await self.hold.wait()
        return self.outcomes.pop(0) if self.outcomes else DELIVERED

    def close(self) -> None:
        pass
