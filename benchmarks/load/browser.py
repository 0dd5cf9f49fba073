"""A browser without its media: cookies, our API over HTTP, and one WebSocket; for greenlets."""

from __future__ import annotations

import json
import os
import ssl
import time
from collections.abc import Callable
from typing import Any

import gevent
import websocket
from gevent.event import AsyncResult
from locust import HttpUser
from locust.clients import HttpSession

from benchmarks.load.preflight import set_up

TIMEOUT_S = 20.0
HEADERS = {"X-Visavis": "1", "Sec-Fetch-Site": "same-origin"}
Message = dict[str, Any]


class Refused(Exception):
    """The server did not do what was asked, which locust has counted as a failure."""

    def __init__(self, what: str, status: int, code: str, text: str) -> None:
        said = (str(status or ""), code, text)
        super().__init__(f"{what}: {' '.join(filter(None, said))}")
        self.status, self.code = status, code


class Browser:
    """One device: what it asks is counted by locust under the names of our API."""

    def __init__(self, user: HttpUser) -> None:
        self._user = user
        self._http = HttpSession(user.host, user.environment.events.request, user)
        set_up(self._http)
        self._http.headers.update(HEADERS)
        self._live: Live | None = None

    def call(
        self, method: str, path: str, body: Any = None, *, name: str = "", allow: int = 0
    ) -> Any:
        """Ask for JSON and return it; None where there is no answer to read.

        Args:
            method: Of HTTP.
            path: With ids.
            body: JSON.
            name: The path without ids, under which it is counted.
            allow: An error that is no failure here; the answer is returned as it is.
        """
        answer = self._request(method, path, name, allow, json=body)
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return answer.json() if is_json else None

    def offer(self, path: str, sdp: str, *, name: str = "") -> str:
        """Post an offer and return the answer."""
        headers = {"Content-Type": "application/sdp"}
        return str(self._request("POST", path, name, 0, data=sdp, headers=headers).text)

    def live(self, path: str) -> Live:
        """Open the WebSocket of this page, in place of the one that is open."""
        self.close()
        began = time.monotonic()
        try:
            self._live = Live(self._user.host or "", path, self._cookies())
        except (OSError, websocket.WebSocketException) as error:
            refused = _handshake(path, error)
            self._count("WS", path, began, refused)
            raise refused from None
        self._count("WS", path, began)
        return self._live

    def close(self) -> None:
        """Close its WebSocket."""
        if self._live is not None:
            self._live.close()
            self._live = None

    def _request(self, method: str, path: str, name: str, allow: int, **what: Any) -> Any:
        named = name or path
        headers = {"Cookie": self._cookies()} | what.pop("headers", {})
        with self._http.request(
            method,
            path,
            name=named,
            catch_response=True,
            timeout=TIMEOUT_S,
            headers=headers,
            **what,
        ) as answer:
            if 0 < answer.status_code < 400 or answer.status_code == allow != 0:
                answer.success()
                return answer
            code, text = _error(answer)
            answer.failure(f"{answer.status_code} {code} {text}".strip())
        raise Refused(f"{method} {named}", answer.status_code, code, text)

    def _cookies(self) -> str:
        """Return all: `__Host-` cookies go to http://localhost as well, as browsers do it."""
        return "; ".join(f"{one.name}={one.value}" for one in self._http.cookies)

    def _count(self, kind: str, name: str, began: float, error: Exception | None = None) -> None:
        self._user.environment.events.request.fire(
            request_type=kind,
            name=name,
            response_time=(time.monotonic() - began) * 1000,
            response_length=0,
            exception=error,
            context={},
        )


class Live:
    """One WebSocket; its messages are read by a greenlet of its own."""

    def __init__(self, host: str, path: str, cookies: str) -> None:
        bundle = os.environ.get("REQUESTS_CA_BUNDLE")
        self._socket = websocket.create_connection(
            "ws" + host.removeprefix("http").rstrip("/") + path,
            timeout=TIMEOUT_S,
            origin=host.rstrip("/"),
            cookie=cookies,
            sslopt={"ca_certs": bundle, "cert_reqs": ssl.CERT_REQUIRED} if bundle else None,
        )
        self._socket.settimeout(None)
        self._last: dict[str, tuple[Message, float]] = {}
        self._waiting: list[tuple[Callable[[Message], bool], AsyncResult]] = []
        self._closed = False
        self._reader = gevent.spawn(self._read)

    def wait(self, what: str, fits: Callable[[Message], bool], within_s: float = 20.0) -> float:
        """Wait for such a message, or find that the last of its type was one; returns when.

        Raises:
            Refused: None came in time, or the server closed the socket.
        """
        for message, at in self._last.values():
            if fits(message):
                return at
        if self._closed:
            raise _gone()
        result = AsyncResult()
        self._waiting.append((fits, result))
        try:
            return float(result.get(timeout=within_s))
        except gevent.Timeout:
            raise Refused(what, 0, "", f"did not come within {within_s:.0f} s") from None
        finally:
            self._waiting = [one for one in self._waiting if one[1] is not result]

    def last(self, kind: str) -> Message | None:
        """Return the last message of a type."""
        found = self._last.get(kind)
        return found[0] if found else None

    def say(self, message: Message) -> None:
        self._socket.send(json.dumps(message))

    def close(self) -> None:
        self._reader.kill(block=False)
        self._socket.close(timeout=0)

    def _read(self) -> None:
        try:
            while text := self._socket.recv():
                self._take(json.loads(text), time.monotonic())
        except (OSError, websocket.WebSocketException):
            pass  # whoever waits is told below
        self._closed = True
        for _, result in self._waiting:
            result.set_exception(_gone())

    def _take(self, message: Message, now: float) -> None:
        self._last[message["type"]] = message, now
        for fits, result in self._waiting:
            if not result.ready() and fits(message):
                result.set(now)


def _handshake(path: str, error: Exception) -> Refused:
    status = getattr(error, "status_code", 0)
    if not status:
        return Refused(f"WS {path}", 0, "", str(error))
    hint = "is --host the server's VISAVIS_PUBLIC_URL?" if status == 403 else ""
    return Refused(f"WS {path}", status, "", hint)


def _gone() -> Refused:
    return Refused("WebSocket", 0, "", "the server closed it")


def _error(answer: Any) -> tuple[str, str]:
    """Return code and text of an error of ours; of another server's, what there is."""
    try:
        said = answer.json()
        return str(said["code"]), str(said["text"])
    except (ValueError, KeyError, TypeError):
        return "", str(getattr(answer, "error", None) or answer.reason or "no answer")
