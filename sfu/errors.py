"""Every error of the media plane, by audience.

    SfuError ── ConfigError          the operator set something wrong; say what and how to fix it
             ├─ NoRoom  NoPeer  PlaceTaken  InCall      what control asks for is not so
             ├─ Late  Stale(highest)            a command that is no longer valid; nothing changed
             ├─ Full  SlowDown                  a limit of this node is reached; nothing changed
             ├─ LocalError(reason)   we broke a rule: a bug
             │   └─ StateError       an operation that the present state does not allow
             └─ RemoteError(reason)  the peer broke a rule: close that peer, never the node
                 ├─ SrtpError
                 └─ SdpError         its text is shown to the caller of the API

Packets never raise for expected trouble: they are dropped and counted (`stats.DropReason`).
"""


class SfuError(Exception):
    """Base of all errors raised by the media plane."""


class ConfigError(SfuError):
    """A setting is missing, malformed or impossible on this machine."""


class LocalError(SfuError):
    """We broke a rule; this is a bug."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StateError(LocalError):
    """The operation is not allowed in the present state."""


class RemoteError(SfuError):
    """The peer broke a rule; close that peer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SrtpError(RemoteError):
    """Keys could not be used."""


class SdpError(RemoteError):
    """The offer cannot be understood or answered."""


class NoRoom(SfuError):
    """The room does not exist."""


class InCall(SfuError):
    """The gate is open: a check would take from the call what it measures."""


class NoPeer(SfuError):
    """The peer does not exist, or is closed."""


class PlaceTaken(SfuError):
    """Another participant holds this role in the room."""


class Late(SfuError):
    """The command came after its deadline."""


class Stale(SfuError):
    """A command with this generation or a higher one was obeyed before."""

    def __init__(self, highest: int) -> None:
        super().__init__("a newer command was obeyed")
        self.highest = highest
        """The highest generation obeyed in this room."""


class Full(SfuError):
    """The node has as many rooms, or half-open connections, as it may."""


class SlowDown(SfuError):
    """A participant does something too often."""

    def __init__(self, text: str, wait_s: float) -> None:
        super().__init__(text)
        self.wait_s = wait_s
        """After which it may do it once more."""
