"""All lobbies of this process, by session."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from control.presence.model import Lobby
from control.sessions.messages import Devices
from control.sessions.model import SessionRecord


class LobbyBook:
    """Holds the living part of each open session, and the lock that keeps its moves in order."""

    def __init__(self) -> None:
        self._lobbies: dict[str, Lobby] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self.devices: dict[str, Devices] = {}

    def __iter__(self) -> Iterator[Lobby]:
        return iter(list(self._lobbies.values()))

    def open(self, record: SessionRecord) -> Lobby:
        """Return the lobby of this session, made when there is none."""
        lobby = self._lobbies.get(record.id)
        if lobby is None:
            lobby = Lobby(record.id, record.patient_id, record.therapist_id, record.facts.opened_at)
            self._lobbies[record.id] = lobby
        lobby.gate_open = record.facts.gate_open
        return lobby

    def get(self, session_id: str | None) -> Lobby | None:
        return None if session_id is None else self._lobbies.get(session_id)

    def of_patient(self, patient_id: str) -> Lobby | None:
        mine = (one for one in self._lobbies.values() if one.patient_id == patient_id)
        return next(mine, None)

    def close(self, session_id: str) -> None:
        self._lobbies.pop(session_id, None)
        self._locks.pop(session_id, None)
        self.devices.pop(session_id, None)

    def lock(self, session_id: str) -> asyncio.Lock:
        return self._locks.setdefault(session_id, asyncio.Lock())

    def in_session(self, therapist_id: str) -> bool:
        """Tell whether this therapist is in contact with somebody."""
        mine = (one for one in self._lobbies.values() if one.therapist_id == therapist_id)
        return any(one.gate_open and one.therapist.live for one in mine)
