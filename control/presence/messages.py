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


class Speaker(StrEnum):
    """Whether the person heard the test tone, in the person's own word."""

    UNTRIED = "untried"
    HEARD = "heard"
    NOT_HEARD = "not_heard"


class Look(StrEnum):
    """What the page sees of its own camera's picture, a few pixels of it."""

    UNKNOWN = "unknown"
    MOVING = "moving"
    BLACK = "black"
    FROZEN = "frozen"


class Devices(WireModel):
    """What the browser allowed and the person switched on, as the page says."""

    microphone: Device
    camera: Device
    screen: bool = False
    """The page shows a screen."""
    hidden: bool = False
    """The page is in the background, where a phone may stop microphone and camera."""
    speaker: Speaker = Speaker.UNTRIED
    look: Look = Look.UNKNOWN
