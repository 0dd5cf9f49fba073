"""Bodies of the calls about links."""

from __future__ import annotations

from datetime import datetime

from control.http.wire import WireModel


class QrCode(WireModel):
    """A QR code, to be drawn as an SVG."""

    size: int
    """Modules a side; a quiet zone of 4 belongs around them."""
    path: str
    """The dark modules as an SVG path, one unit a module."""


class InvitationLink(WireModel):
    """The patient's link, to copy."""

    url: str
    created_at: datetime
    expires_at: datetime
    revoked: bool
    is_one_time: bool
    """For a first consultation: it belongs to the first device that uses it."""
    claimed_at: datetime | None
    """When a device took it; None for a link that any device may use."""
    qr: QrCode
