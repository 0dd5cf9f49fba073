"""What carries HTTP into a network of a browser's own, and that network, leave nothing behind."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path as FilePath

import pytest

from tests.e2e.harness.network import NearEnd, Path, can_make_namespaces
from tests.support.waiting import until

LIMIT_S = 5
NAMESPACES = FilePath("/run/netns")
INTERFACES = FilePath("/sys/class/net")


class Echo(asyncio.Protocol):
    """Stands for the product."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


class CancelledAtOnce(NearEnd):
    """One whose tasks end before their first step, as when it closes at that very moment."""

    def __init__(self, target: int) -> None:
        super().__init__(target)
        self.ended = asyncio.Event()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super()._accept(reader, writer)
        for task in self._carried:
            task.cancel()
            task.add_done_callback(lambda _: self.ended.set())


async def test_bytes_pass_both_ways_and_closing_ends_the_connection() -> None:
    product = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
    near_end = NearEnd(product.sockets[0].getsockname()[1])
    await near_end.open("127.0.0.1")
    reader, writer = await asyncio.open_connection("127.0.0.1", near_end.port)
    writer.write(b"hello")
    async with asyncio.timeout(LIMIT_S):
        assert await reader.readexactly(5) == b"hello"
        await near_end.close()
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
    product.close()
    await product.wait_closed()


async def test_connection_whose_task_never_took_a_step_is_closed() -> None:
    near_end = CancelledAtOnce(target=1)
    await near_end.open("127.0.0.1")
    reader, writer = await asyncio.open_connection("127.0.0.1", near_end.port)
    async with asyncio.timeout(LIMIT_S):
        await near_end.ended.wait()
        await near_end.close()
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


@pytest.mark.skipif(not can_make_namespaces(), reason="a network of its own needs root and `ip`")
async def test_two_paths_at_once_are_apart() -> None:
    product = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
    port = product.sockets[0].getsockname()[1]
    paths = Path(), Path()
    try:
        for path in paths:
            await path.open(port)
        for path in paths:
            assert await echoed_inside(path, port) == b"hello"
    finally:
        for path in paths:
            await path.close()
        product.close()
        await product.wait_closed()


KILLED_WITH_A_PATH = """
import asyncio, os, signal
from tests.e2e.harness.network import Path

async def main():
    path = Path()
    await path.open(9)
    print(path.name, path._link, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.mark.skipif(not can_make_namespaces(), reason="a network of its own needs root and `ip`")
async def test_a_killed_run_leaves_neither_namespace_nor_interface() -> None:
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", KILLED_WITH_A_PATH), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await run.communicate()
    name, link = said.decode().split()
    assert run.returncode == -signal.SIGKILL
    await until(lambda: not (NAMESPACES / name).exists())
    await until(lambda: not (INTERFACES / link).exists())


async def echoed_inside(path: Path, port: int) -> bytes:
    """Say hello to localhost:`port` from within, and return what comes back."""
    asks = f"import socket; s = socket.create_connection(('localhost', {port})); "
    asks += "s.sendall(b'hello'); s.settimeout(5); print(s.recv(5).decode(), end='')"
    words = ("ip", "netns", "exec", path.name, sys.executable, "-c", asks)
    asked = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    return (await asked.communicate())[0]
