"""Bodies of the calls about links."""

from __future__ import annotations

from datetime import datetime

from control.http.wire import WireModel


class InvitationLink(WireModel):
    """The patient's link, to copy."""

    url: str
    created_at: datetime
    expires_at: datetime
    revoked: bool
