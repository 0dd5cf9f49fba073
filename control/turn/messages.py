"""What a page needs to reach the media node through TURN."""

from __future__ import annotations

from control.http.wire import WireModel


class IceServer(WireModel):
    """An `RTCIceServer` of WebRTC."""

    urls: list[str]
    username: str
    credential: str


class IceServers(WireModel):
    """For a page's peer connection; no servers where there is no TURN."""

    servers: list[IceServer]
    lifetime_s: int
    """How long the credentials hold from now on."""
