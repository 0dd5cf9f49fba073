"""Which pages are open, and how to reach them."""

from __future__ import annotations

from collections import defaultdict

from aiohttp import WSCloseCode
from pydantic import BaseModel

from control.errors import SlowDown
from control.live.socket import HEARTBEAT_S, LiveSocket

SOCKETS_PER_LOGIN = 3


class LiveHub:
    """Knows which pages are open; implements `ports.Pages`."""

    def __init__(self) -> None:
        self._therapists: dict[str, list[LiveSocket]] = defaultdict(list)
        self._logins: dict[str, list[LiveSocket]] = defaultdict(list)
        self._patients: dict[str, LiveSocket] = {}

    def attach_therapist(self, therapist_id: str, login_id: str, socket: LiveSocket) -> None:
        """Register a page, or raise `SlowDown` when this login has enough of them."""
        if len(self._logins[login_id]) >= SOCKETS_PER_LOGIN:
            raise SlowDown(int(HEARTBEAT_S))
        self._logins[login_id].append(socket)
        self._therapists[therapist_id].append(socket)

    def detach_therapist(self, therapist_id: str, login_id: str, socket: LiveSocket) -> None:
        for book, key in ((self._therapists, therapist_id), (self._logins, login_id)):
            book[key].remove(socket)
            if not book[key]:
                del book[key]

    def attach_patient(
        self, patient_id: str, socket: LiveSocket, farewell: BaseModel, close_code: int
    ) -> None:
        """Register the patient's page; one that was there is told and closed."""
        self.close_patient(patient_id, farewell, close_code)
        self._patients[patient_id] = socket

    def detach_patient(self, patient_id: str, socket: LiveSocket) -> bool:
        """Forget this page; tell whether it was the patient's present one."""
        if self._patients.get(patient_id) is not socket:
            return False
        del self._patients[patient_id]
        return True

    def send_to_therapist(self, therapist_id: str, message: BaseModel) -> None:
        for socket in self._therapists.get(therapist_id, ()):
            socket.send(message)

    def send_to_patient(self, patient_id: str, message: BaseModel) -> None:
        socket = self._patients.get(patient_id)
        if socket is not None:
            socket.send(message)

    def close_patient(self, patient_id: str, message: BaseModel, close_code: int) -> None:
        socket = self._patients.pop(patient_id, None)
        if socket is not None:
            socket.send(message)
            socket.close(close_code)

    def close_login(self, login_id: str, message: BaseModel, close_code: int) -> None:
        for socket in self._logins.get(login_id, ()):
            socket.send(message)
            socket.close(close_code)

    def close_all(self) -> None:
        """Say to every page that we go; they come back by themselves."""
        everyone = [socket for sockets in self._logins.values() for socket in sockets]
        for socket in (*everyone, *self._patients.values()):
            socket.close(WSCloseCode.GOING_AWAY)

    def has_therapist(self, therapist_id: str) -> bool:
        return therapist_id in self._therapists

    def has_patient(self, patient_id: str) -> bool:
        return patient_id in self._patients

    def has_login(self, login_id: str) -> bool:
        return login_id in self._logins

    def open_logins(self) -> list[str]:
        return list(self._logins)
