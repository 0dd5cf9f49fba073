"""What a page says of its devices."""

from __future__ import annotations

from enum import StrEnum

from control.http.wire import WireModel


class Device(StrEnum):
    """What the browser says about one device."""

    UNKNOWN = "unknown"
    ASKING = "asking"
    ON = "on"
    OFF = "off"
    DENIED = "denied"
    MISSING = "missing"
    BUSY = "busy"


class Devices(WireModel):
    """What the browser allowed and the person switched on, as the page says."""

    microphone: Device
    camera: Device
    screen: bool = False
    """The page shows a screen."""
    hidden: bool = False
    """The page is in the background, where a phone may stop microphone and camera."""
