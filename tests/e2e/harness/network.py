"""A network path of one browser's own, that can be cut: both ways at once, and without a word.

The browser runs in a network namespace joined to this machine by a veth pair. Cutting it gives
each end a wrong neighbour address: the links stay up, packets leave, none arrive, and nobody is
told, as when Wi-Fi fades. Needs root and `ip`. The page's origin stays `http://localhost:PORT`
(cameras and secure cookies need that), so HTTP is carried over the same path by two forwarders.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path as FilePath

from tests.e2e.harness.product import free_port

WRONG_NEIGHBOUR = "02:00:00:00:00:99"
HOST, GUEST = "10.77.77.1", "10.77.77.2"
HOST_V6, GUEST_V6 = "fd77:77::1", "fd77:77::2"  # unique local, RFC 4193
NO_IPV6 = FilePath("/proc/sys/net/ipv6/conf/all/disable_ipv6")


def can_make_namespaces() -> bool:
    return os.geteuid() == 0 and shutil.which("ip") is not None


def has_ipv6() -> bool:
    """Whether this kernel gives new interfaces IPv6 addresses."""
    return NO_IPV6.exists() and NO_IPV6.read_text().strip() == "0"


class Path:
    """One namespace with its veth pair; `name` is what `ip netns exec` takes."""

    def __init__(self, *, ipv6: bool = False) -> None:
        """Make a path of IPv4, of both with `ipv6`."""
        self._ends = [(HOST, GUEST, 30)]
        if ipv6:
            self._ends.append((HOST_V6, GUEST_V6, 64))
        self.name = f"visavis-{os.getpid()}"
        self._link = f"vv{os.getpid()}"
        self._server: asyncio.Server | None = None
        self._forwarder: asyncio.subprocess.Process | None = None
        self._carried: set[asyncio.Task[None]] = set()

    async def open(self, port: int) -> None:
        """Make the namespace, with this machine's localhost:`port` reachable as its own."""
        link, guest = self._link, f"{self._link}g"
        _ip("netns", "add", self.name)
        _ip("link", "add", link, "type", "veth", "peer", "name", guest, "netns", self.name)
        _ip("link", "set", link, "up")
        self._inside("link", "set", guest, "up")
        for host, other, prefix in self._ends:
            _ip("addr", "add", f"{host}/{prefix}", "dev", link, *_at_once(host))
            self._inside("addr", "add", f"{other}/{prefix}", "dev", guest, *_at_once(other))
        self._inside("link", "set", "lo", "up")
        self._inside("route", "add", "default", "via", HOST)
        await self._forward(port)

    async def close(self) -> None:
        if self._forwarder:
            self._forwarder.kill()
            await self._forwarder.wait()
        if self._server:
            self._server.close()
        for task in self._carried:
            task.cancel()
        await asyncio.gather(*self._carried, return_exceptions=True)
        if self._server:
            await self._server.wait_closed()
        # The pair too: a browser slow to die keeps the namespace, and its address, alive.
        for leftover in (("netns", "del", self.name), ("link", "del", self._link)):
            with suppress(subprocess.CalledProcessError):
                _ip(*leftover)

    def cut(self) -> None:
        """From now on nothing arrives, either way."""
        wrong = ("lladdr", WRONG_NEIGHBOUR, "nud", "permanent")
        for host, guest, _ in self._ends:
            _ip("neigh", "replace", guest, *wrong, "dev", self._link)
            self._inside("neigh", "replace", host, *wrong, "dev", f"{self._link}g")

    def mend(self) -> None:
        for host, guest, _ in self._ends:
            _ip("neigh", "del", guest, "dev", self._link)
            self._inside("neigh", "del", host, "dev", f"{self._link}g")

    def lose(self, percent: int) -> None:
        """From now on this share of all UDP, 0 to 100, is lost each way and without a word.

        HTTP is not. Needs `nft`.
        """
        drop = f"meta l4proto udp numgen random mod 100 offset 1 <= {percent} drop"
        device = f'device "{self._link}g" priority 0'
        chains = "".join(
            f"chain {hook} {{ type filter hook {hook} {device}; {drop}; }}; "
            for hook in ("ingress", "egress")
        )
        table = "table netdev lossy"
        rules = f"add {table}; delete {table}; {table} {{ {chains} }}"
        _run("ip", "netns", "exec", self.name, "nft", rules)

    async def _forward(self, port: int) -> None:
        crossing = free_port()

        def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._carried.add(asyncio.create_task(relay(reader, writer, "127.0.0.1", port)))

        self._server = await asyncio.start_server(carry, HOST, crossing)
        inside = ["ip", "netns", "exec", self.name]
        self._forwarder = await start_forwarder(inside, port, HOST, crossing)

    def _inside(self, *words: str) -> None:
        _ip("-n", self.name, *words)


async def start_forwarder(
    inside: Sequence[str], port: int, host: str, far_port: int
) -> asyncio.subprocess.Process:
    """Carry localhost:`port` of another namespace to `host`:`far_port`; returns once it listens.

    Args:
        inside: The command that runs another one there.
    """
    here = [sys.executable, "-m", "tests.e2e.harness.network"]
    process = await asyncio.create_subprocess_exec(
        *(*inside, *here, str(port), host, str(far_port)), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    return process


async def relay(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int
) -> None:
    """Carry one TCP connection on to `host`:`port`, and leave neither end open."""
    ends = [writer]
    try:
        far_reader, far_writer = await asyncio.open_connection(host, port)
        ends.append(far_writer)
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
    except OSError:
        pass  # the page sees its connection end
    finally:
        for end in ends:
            end.close()
            with suppress(OSError):
                await end.wait_closed()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


def _at_once(address: str) -> tuple[str, ...]:
    """Of an IPv6 address: nobody else is on the link, so nobody is asked whether it is taken."""
    return ("nodad",) if ":" in address else ()


def _ip(*words: str) -> None:
    _run("ip", *words)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, text=True)


async def _main(port: int, host: str, far_port: int) -> None:
    server = await asyncio.start_server(
        lambda reader, writer: relay(reader, writer, host, far_port), "localhost", port
    )
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
