"""A network of the comparison's own, with an address that is not the loopback interface's.

Janus offers no candidates of a loopback interface, and its ICE library sends by the interface of
the candidate only. So where root may, the whole run moves into a network namespace in which one
address of 127.0.0.0/8 belongs to another interface, and the callers' are routed by it; packets
still take the loopback path, and nothing leaves the machine. All servers run there alike.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess

ADDRESS = "127.8.0.1"
INTERFACE = "media"
_CLONE_NEWNET = 0x40000000
_MAKE = f"""
link set lo up
link add {INTERFACE} type veth peer name {INTERFACE}-end
address add {ADDRESS}/32 dev {INTERFACE}
link set {INTERFACE}-end up
link set {INTERFACE} up
route add local 127.0.0.0/16 dev {INTERFACE} table local
"""


def enter() -> str | None:
    """Move this process, while it has one thread of ours, and all it starts; else say why not."""
    if os.geteuid() != 0:
        return "needs root, to make a network namespace"
    if shutil.which("ip") is None:
        return "needs the ip command (Debian: apt-get install iproute2)"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET):
        return f"cannot make a network namespace: {os.strerror(ctypes.get_errno())}"
    done = subprocess.run(
        ["ip", "-batch", "-"], input=_MAKE, capture_output=True, text=True, timeout=10
    )
    return f"cannot make an interface: {done.stderr.strip()}" if done.returncode else None


def has_address() -> bool:
    """Whether this process is where `ADDRESS` is."""
    shown = subprocess.run(
        ["ip", "-o", "address", "show", "dev", INTERFACE],
        capture_output=True,
        text=True,
        timeout=10,
    )
    return ADDRESS in shown.stdout
