"""One browser's side of HTTP: a cookie jar that speaks to an installation as its pages do."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import aiohttp
from yarl import URL

from canary.trouble import Trouble

HEADERS = {"X-Visavis": "1"}
LIMIT_S = 15.0
"""Of one request, past all limits of control's own."""


class Browser:
    """Calls of one page; use it as a context manager."""

    def __init__(self, url: str) -> None:
        self.url = url
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(url))
        self._session = aiohttp.ClientSession(
            url,
            cookie_jar=jar,
            headers=HEADERS | {"Origin": url},
            timeout=aiohttp.ClientTimeout(total=LIMIT_S),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._session.close()

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """Return what is answered, decoded; None for no body.

        Raises:
            Trouble: With the answer's status and code, or why there was none.
        """
        status, text = await self._ask(method, path, json=body)
        if status >= 400:
            raise Trouble(f"{method} {_route(path)} was answered {status} {_code(text)}")
        return json.loads(text) if text.startswith(("{", "[")) else text or None

    async def offer(self, path: str, sdp: str) -> str:
        """Post the offer; return the node's answer.

        Raises:
            Trouble: It is refused.
        """
        headers = {"Content-Type": "application/sdp"}
        status, text = await self._ask("POST", path, data=sdp, headers=headers)
        if status != 201:
            raise Trouble(f"the offer was answered {status} {_code(text)}")
        return text

    async def live(self, path: str) -> Live:
        """Open a page's WebSocket.

        Raises:
            Trouble: It is refused.
        """
        try:
            return Live(await self._session.ws_connect(path))
        except aiohttp.WSServerHandshakeError as error:
            raise Trouble(
                f"the WebSocket {path} was answered {error.status}: does the proxy pass "
                "WebSockets, and is this the address in VISAVIS_PUBLIC_URL?"
            ) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Trouble(_why(self.url, error)) from error

    async def _ask(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        try:
            async with self._session.request(method, path, **options) as answer:
                return answer.status, await answer.text()
        except (aiohttp.ClientError, OSError, TimeoutError, UnicodeDecodeError) as error:
            raise Trouble(_why(self.url, error)) from error


class Live:
    """One WebSocket of a page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse[bool]) -> None:
        self._socket = socket

    async def until(self, wanted: Callable[[dict[str, Any]], Any]) -> Any:
        """Read on until `wanted` returns something of a message, and return that.

        Raises:
            Trouble: It was closed before.
        """
        while True:
            message = await self._socket.receive()
            if message.type is not aiohttp.WSMsgType.TEXT:
                raise Trouble(f"the page's WebSocket was closed ({self._socket.close_code})")
            found = wanted(json.loads(message.data))
            if found:
                return found

    async def close(self) -> None:
        await self._socket.close()


def _why(url: str, error: BaseException) -> str:
    """Say why a server was not reached, without the words of a library."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return f"the certificate of {url} is not to be trusted: {error.certificate_error}"
        case aiohttp.ClientConnectorDNSError():
            return f"the name in {url} leads nowhere"
        case aiohttp.ClientSSLError():
            return f"{url} speaks no TLS that we accept: {error.os_error}"
        case aiohttp.ClientConnectorError():
            return f"{url} refuses connections: {error.os_error.strerror or error.os_error}"
        case TimeoutError():
            return f"{url} does not answer"
    return f"{url} broke off ({type(error).__name__})"


def _code(text: str) -> str:
    """Return the code of an error's body; what else stands there is not repeated."""
    try:
        return str(json.loads(text)["code"])
    except (ValueError, KeyError, TypeError):
        return "without a code"


def _route(path: str) -> str:
    """Return a path without its ids."""
    return "/".join("…" if len(part) >= 20 else part for part in path.split("/"))
