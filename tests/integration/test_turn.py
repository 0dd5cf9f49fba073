"""A real coturn believes what control issues, for as long as it holds, and leads to the node alone.

The client is aioice's: over UDP, TCP and TLS.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
import pytest_asyncio
from aioice.stun import TransactionFailed
from aioice.turn import TurnTransport, create_turn_endpoint

from control.turn.model import Credentials, Turn
from tests.support import coturn
from tests.support.coturn import Coturn

TRANSPORTS = ("udp", "tcp", "tls")
HOUR = timedelta(hours=1)

pytestmark = [coturn.needed, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Coturn]:
    async with coturn.running(tmp_path_factory) as server:
        yield server


class Far(asyncio.DatagramProtocol):
    """The client's end of an allocation."""

    def __init__(self) -> None:
        self.trouble: asyncio.Queue[Exception] = asyncio.Queue()
        self.received: asyncio.Queue[bytes] = asyncio.Queue()
        self.lost = asyncio.Event()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.received.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        self.trouble.put_nowait(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()


class Echo(asyncio.DatagramProtocol):
    """Stands for the media node."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.transport.sendto(data, addr)


def issued(server: Coturn, now: datetime | None = None, secret: str = "") -> Credentials:
    turn = Turn(tuple(server.urls.values()), secret or server.secret, HOUR)
    return turn.issue("opaque", now or datetime.now(UTC))


async def allocate(
    server: Coturn, shown: Credentials, transport: str = "udp"
) -> tuple[TurnTransport, Far]:
    over_tls = transport == "tls"
    return await create_turn_endpoint(
        Far,
        (server.host, server.tls_port if over_tls else server.port),
        shown.username,
        shown.password,
        ssl=ssl.create_default_context(cafile=server.certificate_file) if over_tls else None,
        transport="udp" if transport == "udp" else "tcp",
    )


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_credentials_of_control_lead_to_the_node(server: Coturn, transport: str) -> None:
    loop = asyncio.get_running_loop()
    node, _ = await loop.create_datagram_endpoint(Echo, local_addr=(server.host, 0))
    relay, far = await allocate(server, issued(server), transport)
    try:
        relay.sendto(b"through the relay", node.get_extra_info("sockname")[:2])
        assert await asyncio.wait_for(far.received.get(), 20) == b"through the relay"
    finally:
        relay.close()
        node.close()
        await far.lost.wait()


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_expired_credentials_get_no_relay(server: Coturn, transport: str) -> None:
    # coturn looks at the clock once a second, and later on a busy machine.
    expired = issued(server, datetime.now(UTC) - HOUR - timedelta(minutes=1))
    with pytest.raises(TransactionFailed, match="401"):
        await allocate(server, expired, transport)


async def test_credentials_of_another_secret_get_no_relay(server: Coturn) -> None:
    with pytest.raises(TransactionFailed, match="401"):
        await allocate(server, issued(server, secret="another secret"))


async def test_expiry_that_was_written_over_gets_no_relay(server: Coturn) -> None:
    expired = issued(server, datetime.now(UTC) - 2 * HOUR)
    valid = issued(server)
    with pytest.raises(TransactionFailed, match="401"):
        await allocate(server, Credentials(valid.username, expired.password))


async def test_nobody_gets_a_relay_without_credentials(server: Coturn) -> None:
    with pytest.raises(TransactionFailed, match="401"):
        await allocate(server, Credentials("", ""))


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "192.0.2.99", "169.254.169.254", "224.0.0.1"]
)
async def test_nobody_but_the_node_is_reached(server: Coturn, address: str) -> None:
    relay, far = await allocate(server, issued(server))
    try:
        relay.sendto(b"anybody there?", (address, 9))
        refusal = await asyncio.wait_for(far.trouble.get(), 20)
        assert isinstance(refusal, TransactionFailed)
        assert refusal.response.error_code == 403
    finally:
        relay.close()
        await far.lost.wait()
