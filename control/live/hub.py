"""Which pages are open, by group: a therapist's, a login's, a patient's; and how to reach them."""

from __future__ import annotations

from collections import defaultdict
from typing import Protocol

from aiohttp import WSCloseCode
from pydantic import BaseModel

from control.live.socket import LiveSocket


class Pages(Protocol):
    """What a use case may do with open pages: none of it waits."""

    def send(self, group: str, message: BaseModel) -> None: ...

    def close(self, group: str, message: BaseModel, close_code: int) -> None: ...

    def disband(self, group: str) -> None: ...

    def has(self, group: str) -> bool: ...


class LiveHub:
    """Sockets by group; implements `Pages`. A socket may be in several groups."""

    def __init__(self) -> None:
        self._groups: dict[str, list[LiveSocket]] = defaultdict(list)

    def join(self, group: str, socket: LiveSocket) -> None:
        self._groups[group].append(socket)

    def leave(self, socket: LiveSocket) -> None:
        """Forget this socket in every group."""
        for group in [name for name, sockets in self._groups.items() if socket in sockets]:
            self._groups[group].remove(socket)
            if not self._groups[group]:
                del self._groups[group]

    def send(self, group: str, message: BaseModel) -> None:
        for socket in self._sockets(group):
            socket.send(message)

    def close(self, group: str, message: BaseModel, close_code: int) -> None:
        """Say a last word to these pages and close them; from now on they do not count as open."""
        for socket in self._sockets(group):
            self.leave(socket)
            socket.send(message)
            socket.close(close_code)

    def disband(self, group: str) -> None:
        """Forget this group; its sockets stay open, and in their other groups."""
        self._groups.pop(group, None)

    def close_all(self) -> None:
        """Say to every page that we go; they come back by themselves."""
        for socket in {one for sockets in self._groups.values() for one in sockets}:
            socket.close(WSCloseCode.GOING_AWAY)

    def has(self, group: str) -> bool:
        return group in self._groups

    def count(self, group: str) -> int:
        return len(self._sockets(group))

    def names(self, prefix: str) -> list[str]:
        """Return what follows `prefix` in the name of each group that has a page open."""
        return [name.removeprefix(prefix) for name in self._groups if name.startswith(prefix)]

    def _sockets(self, group: str) -> tuple[LiveSocket, ...]:
        return tuple(self._groups.get(group, ()))
