"""Two network namespaces with one TUN device each, and their certain removal."""

from __future__ import annotations

import ctypes
import fcntl
import os
import re
import secrets
import shlex
import shutil
import socket
import struct
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

CLIENT_ADDRESS = "10.88.0.1"
SERVER_ADDRESS = "10.88.0.2"
DEVICE = "line0"
MTU_BYTES = 1500

_CLONE_NEWNET = 0x40000000
_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_PI = 0x0001 | 0x1000
_CAP_NET_ADMIN, _CAP_SYS_ADMIN = 12, 21
_TUN_PATH = Path("/dev/net/tun")
_NAMESPACES = Path("/run/netns")

#: Waits for its input to end, which also happens when our process is killed, then ends every
#: process in the namespaces and removes them. `$$` is never in one of them.
_REAPER = """
trap '' INT TERM HUP
read -r _
for name in "$@"; do kill $(ip netns pids "$name"); done
for _ in 1 2 3 4 5 6 7 8 9 10; do
  [ -z "$(for name in "$@"; do ip netns pids "$name"; done)" ] && break
  sleep 0.2
done
for name in "$@"; do kill -KILL $(ip netns pids "$name"); ip netns del "$name"; done
"""


def unavailable_reason() -> str | None:
    """Say why the emulator cannot run here, or None if it can."""
    if os.geteuid() != 0:
        return "netlab needs root, to make network namespaces"
    if not _TUN_PATH.exists():
        return f"netlab needs {_TUN_PATH}"
    if shutil.which("ip") is None:
        return "netlab needs the ip command (Debian: apt-get install iproute2)"
    status = Path("/proc/self/status").read_text()
    held = int(status.split("CapEff:")[1].split()[0], 16)
    if not (held >> _CAP_NET_ADMIN & 1 and held >> _CAP_SYS_ADMIN & 1):
        return "netlab needs the capabilities NET_ADMIN and SYS_ADMIN"
    return None


@dataclass(frozen=True, slots=True)
class Namespace:
    """One end of the line."""

    name: str
    address: str

    def command(self, argv: Sequence[str]) -> list[str]:
        """Return what to run so that `argv` runs at this end."""
        return ["ip", "netns", "exec", self.name, *argv]

    def write_launcher(self, path: Path, program: str) -> Path:
        """Write an executable that starts `program` at this end, for Playwright and the like."""
        path.write_text(f'#!/bin/sh\nexec {shlex.join(self.command([program]))} "$@"\n')
        path.chmod(0o755)
        return path

    def call(self, function: Callable[[], T]) -> T:
        """Return what `function` returns when called, on another thread, at this end.

        A socket or device it makes belongs to this end for ever and may be used anywhere.
        """
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(self._enter_and_call, function).result()

    def socket(self, kind: socket.SocketKind = socket.SOCK_DGRAM) -> socket.socket:
        """Make an IPv4 socket at this end."""
        return self.call(lambda: socket.socket(socket.AF_INET, kind))

    def moved(self, address: str, far: Namespace) -> Namespace:
        """Take this end's address away, and return the end as it is with another one.

        TCP connections of the old one end at once, as browsers end theirs; Linux keeps them.
        """
        commands = f"""
            address del {self.address} peer {far.address} dev {DEVICE}
            address add {address} peer {far.address} dev {DEVICE}
            route replace default dev {DEVICE}
        """
        _ip("-n", self.name, "-batch", "-", given=commands)
        ended = self.command(["ss", "--kill", "--tcp", "src", self.address])
        subprocess.run(ended, check=True, capture_output=True, timeout=10)
        return replace(self, address=address)

    def kernel_drops(self) -> int:
        """Count the packets that this end's device dropped by itself."""
        shown = self.call(Path("/proc/thread-self/net/dev").read_text)
        (counters,) = re.findall(rf"{DEVICE}:(.*)", shown)
        fields = counters.split()  # proc_net_dev(5): eight of receiving, eight of sending
        return int(fields[3]) + int(fields[11])

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Move the calling thread, and all it starts, to this end; and back."""
        with Path("/proc/thread-self/ns/net").open("rb") as before:
            self._enter()
            try:
                yield
            finally:
                _set_namespace(before.fileno())

    def _enter_and_call(self, function: Callable[[], T]) -> T:
        self._enter()
        return function()

    def _enter(self) -> None:
        with (_NAMESPACES / self.name).open("rb") as handle:
            _set_namespace(handle.fileno())


def _set_namespace(handle: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(handle, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "cannot enter the network namespace")


class TunPair:
    """Both ends and their devices. `close()` removes all; so does the end of our process."""

    def __init__(self) -> None:
        stem = f"netlab-{os.getpid()}-{secrets.token_hex(3)}"
        self.client = Namespace(f"{stem}-client", CLIENT_ADDRESS)
        self.server = Namespace(f"{stem}-server", SERVER_ADDRESS)
        self._reaper = start_reaper([self.client.name, self.server.name])
        self._devices: list[int] = []
        try:
            for near, far in ((self.client, self.server), (self.server, self.client)):
                self._devices.append(_set_up(near, far))
        except BaseException:
            self.close()
            raise

    @property
    def devices(self) -> tuple[int, int]:
        """File descriptors of the client's and the server's device: whole IP packets."""
        client, server = self._devices
        return client, server

    def close(self) -> None:
        """End every process at either end and remove both ends. May be called twice."""
        while self._devices:
            os.close(self._devices.pop())
        assert self._reaper.stdin is not None
        self._reaper.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._reaper.wait(timeout=20)
        for end in (self.client, self.server):
            if (_NAMESPACES / end.name).exists():  # someone killed the reaper
                _ip("netns", "del", end.name)


def start_reaper(names: list[str]) -> subprocess.Popen[bytes]:
    """Return what removes these namespaces, and all that runs in them, when its input ends.

    Start it before there is anything to remove. It is a session of its own, as Ctrl-C reaches the
    whole foreground group.
    """
    return subprocess.Popen(
        ["/bin/sh", "-c", _REAPER, "netlab-reaper", *names],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _set_up(end: Namespace, far: Namespace) -> int:
    """Make one end; return its device."""
    _ip("netns", "add", end.name)
    end.call(_no_ipv6)
    device = end.call(_open_tun)
    commands = f"""
        link set lo up
        link set {DEVICE} mtu {MTU_BYTES} txqueuelen 10000 multicast off
        address add {end.address} peer {far.address} dev {DEVICE}
        link set {DEVICE} up
        route add default dev {DEVICE}
    """
    _ip("-n", end.name, "-batch", "-", given=commands)
    return device


def _no_ipv6() -> None:
    """Keep the kernel from sending router and multicast messages of its own.

    /proc/sys/net shows the namespace of the thread that opens it.
    """
    for scope in ("all", "default"):
        path = Path(f"/proc/sys/net/ipv6/conf/{scope}/disable_ipv6")
        if path.exists():
            path.write_text("1")


def _open_tun() -> int:
    device = os.open(_TUN_PATH, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    request = struct.pack("16sH22x", DEVICE.encode(), _IFF_TUN_NO_PI)
    try:
        fcntl.ioctl(device, _TUNSETIFF, request)
    except OSError:
        os.close(device)
        raise
    return device


def _ip(*arguments: str, given: str = "") -> None:
    done = subprocess.run(
        ["ip", *arguments], input=given, capture_output=True, text=True, timeout=10
    )
    if done.returncode:
        raise OSError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
