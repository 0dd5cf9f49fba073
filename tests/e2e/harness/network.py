"""A network path of one browser's own, that can be cut: both ways at once, and without a word.

The browser runs in a network namespace joined to this machine by a veth pair. Cutting it gives
each end a wrong neighbour address: the links stay up, packets leave, none arrive, and nobody is
told, as when Wi-Fi fades. Needs root and `ip`. The page's origin stays `http://localhost:PORT`
(cameras and secure cookies need that), so HTTP is carried over the same path by two forwarders.
A run that is killed leaves no namespace behind.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path as FilePath

from benchmarks.netlab.tun import start_reaper

WRONG_NEIGHBOUR = "02:00:00:00:00:99"
NUMBERS = range(1, 255)
"""Of the networks 10.77.N.0/30 and fd77:77:N::/64 (unique local, RFC 4193) that a path may have."""
NO_IPV6 = FilePath("/proc/sys/net/ipv6/conf/all/disable_ipv6")
_given: set[int] = set()


def can_make_namespaces() -> bool:
    return os.geteuid() == 0 and shutil.which("ip") is not None


def has_ipv6() -> bool:
    """Whether this kernel gives new interfaces IPv6 addresses."""
    return NO_IPV6.exists() and NO_IPV6.read_text().strip() == "0"


def free_number() -> int:
    """Return the number of a network that no interface here has, and that was not returned before.

    Other runs may have theirs, and whoever asked for one gives it to an interface later.
    """
    addresses = _run("ip", "-oneline", "address")
    taken = {int(n) for n in re.findall(r" 10\.77\.(\d+)\.1/", addresses)}
    if free := [number for number in NUMBERS if number not in taken | _given]:
        number = random.choice(free)
        _given.add(number)
        return number
    raise RuntimeError("Every network 10.77.N.0/30 is taken; see `ip link` and delete old vv… ones")


class Path:
    """One namespace with its veth pair; `name` is what `ip netns exec` takes."""

    def __init__(self, *, ipv6: bool = False) -> None:
        """Make a path of IPv4, of both with `ipv6`."""
        number = free_number()
        self.host, self.guest = f"10.77.{number}.1", f"10.77.{number}.2"
        self.host_v6 = f"fd77:77:{number:x}::1"
        self._ends = [(self.host, self.guest, 30)]
        if ipv6:
            self._ends.append((self.host_v6, f"fd77:77:{number:x}::2", 64))
        self.name = f"visavis-{os.getpid()}-{number}"
        self._link = f"vv{os.getpid()}n{number}"
        self._reaper: subprocess.Popen[bytes] | None = None
        self._near_end: NearEnd | None = None
        self._forwarder: asyncio.subprocess.Process | None = None

    async def open(self, port: int) -> None:
        """Make the namespace, with this machine's localhost:`port` reachable as its own."""
        try:
            self._make()
            await self._forward(port)
        except BaseException:
            await self.close()
            raise

    def _make(self) -> None:
        link, guest = self._link, f"{self._link}g"
        self._reaper = start_reaper([self.name])
        _ip("netns", "add", self.name)
        _ip("link", "add", link, "type", "veth", "peer", "name", guest, "netns", self.name)
        _ip("link", "set", link, "up")
        self._inside("link", "set", guest, "up")
        for host, other, prefix in self._ends:
            _ip("addr", "add", f"{host}/{prefix}", "dev", link, *_at_once(host))
            self._inside("addr", "add", f"{other}/{prefix}", "dev", guest, *_at_once(other))
        self._inside("link", "set", "lo", "up")
        self._inside("route", "add", "default", "via", self.host)

    async def close(self) -> None:
        if self._forwarder:
            self._forwarder.kill()
            await self._forwarder.wait()
        if self._near_end:
            await self._near_end.close()
        if self._reaper:
            await asyncio.to_thread(self._reaper.communicate)
        # The pair too: a process slow to die keeps the namespace, and the address, alive.
        with suppress(subprocess.CalledProcessError):
            _ip("link", "del", self._link)

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
        self._near_end = NearEnd(port)
        await self._near_end.open(self.host)
        inside = ["ip", "netns", "exec", self.name]
        self._forwarder = await start_forwarder(inside, port, self.host, self._near_end.port)

    def _inside(self, *words: str) -> None:
        _ip("-n", self.name, *words)


class NearEnd:
    """Carries every connection that it accepts on to localhost:`target`, until closed."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._server: asyncio.Server | None = None
        self._carried: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._is_closed = False

    async def open(self, host: str) -> None:
        """Listen on a free port of `host`."""
        self._server = await asyncio.start_server(self._accept, host, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and close every connection, also one that nothing was carried of yet."""
        self._is_closed = True
        if self._server:
            self._server.close()
        carried = dict(self._carried)
        for task in carried:
            task.cancel()
        await asyncio.gather(*carried, return_exceptions=True)
        await asyncio.gather(*map(_close, carried.values()))
        if self._server:
            await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_closed:  # accepted before `close`, told of after it
            writer.close()
            return
        task = asyncio.create_task(relay(reader, writer, "127.0.0.1", self._target))
        self._carried[task] = writer
        # A task that is cancelled before its first step never comes to its own `finally`.
        task.add_done_callback(lambda task: self._carried.pop(task).close())


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
    try:
        await process.stdout.readline()
    except BaseException:
        process.kill()
        await process.wait()
        raise
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
            await _close(end)


async def _close(end: asyncio.StreamWriter) -> None:
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


def _run(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


async def _main(port: int, host: str, far_port: int) -> None:
    server = await asyncio.start_server(
        lambda reader, writer: relay(reader, writer, host, far_port), "localhost", port
    )
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
