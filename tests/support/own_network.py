"""A network of this process's own: what others do to their interfaces is not seen in it.

Chromium drops what it is loading with ERR_NETWORK_CHANGED when an interface comes or goes anywhere
in its network, so tests that make interfaces cannot run beside other browsers in the same one.
"""

from __future__ import annotations

import ctypes
import os
import subprocess

CLONE_NEWNET = 0x40000000  # linux/sched.h
ADDRESSES = (("-4", "198.51.100.2/24"), ("-6", "fd51:100::2/64"))  # RFC 5737, RFC 4193


def enter_own_network() -> None:
    """Move this thread, and processes and threads it starts from now on, to a network of their own.

    It has a loopback and one interface with the default routes, which leads nowhere. Needs root
    and `ip`; raises OSError or CalledProcessError where that is not enough.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    _ip("link", "set", "lo", "up")
    _ip("link", "add", "eth0", "type", "veth", "peer", "name", "nowhere")
    for link in ("eth0", "nowhere"):
        _ip("link", "set", link, "addrgenmode", "none", "up")
    for family, address in ADDRESSES:
        at_once = ("nodad",) if family == "-6" else ()
        _ip(family, "addr", "add", address, "dev", "eth0", *at_once)
        _ip(family, "route", "add", "default", "dev", "eth0")


def has_own_network() -> bool:
    return os.readlink("/proc/thread-self/ns/net") != os.readlink("/proc/1/ns/net")


def _ip(*words: str) -> None:
    subprocess.run(("ip", *words), check=True, capture_output=True, text=True)
