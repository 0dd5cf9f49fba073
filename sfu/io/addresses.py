"""Which addresses are announced, and the sockets behind them."""

from __future__ import annotations

import ipaddress
import logging
import socket
from dataclasses import dataclass

from sfu.config import Config
from sfu.errors import ConfigError
from sfu.io.tcp import open_listener

logger = logging.getLogger(__name__)

# Documentation prefixes (RFC 5737, RFC 3849): a connected UDP socket sends nothing, the kernel
# only chooses the route and with it the local address.
PORTS_TO_TRY = 8
"""Numbers the system gives for UDP, until one is free for TCP as well."""
_PROBES = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def default_addresses() -> tuple[str, ...]:
    """The local IPv4 address and the global IPv6 address of the default routes, where there are."""
    found = (_local_address(family, probe) for family, probe in _PROBES)
    return tuple(address for address in found if address is not None)


def _local_address(family: socket.AddressFamily, probe: str) -> str | None:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as connected:
            connected.connect((probe, 9))
            text = str(connected.getsockname()[0])
    except OSError:
        return None
    address = ipaddress.ip_address(text)
    if address.is_unspecified or address.is_loopback or address.is_link_local:
        return None
    return text


def announced(config: Config) -> tuple[tuple[str, str], ...]:
    """Pairs of (announced, bound) address.

    Falls back to loopback with a warning when the machine has no route: Chromium on the same
    machine works then, Firefox sends nothing to 127.0.0.1.
    """
    chosen = config.announce or default_addresses()
    if not chosen:
        logger.warning(
            "this machine has no default route: media is announced on 127.0.0.1, which only "
            "browsers on this machine reach, and Firefox not at all; set VISAVIS_ANNOUNCE"
        )
        chosen = ("127.0.0.1",)
    pairs = (entry.partition("=") for entry in chosen)
    return tuple((address, bound or address) for address, _, bound in pairs)


@dataclass(frozen=True, slots=True)
class Sockets:
    """What is bound to one local address, all of the same port number."""

    udp: socket.socket
    tcp: socket.socket | None
    """Listening; None where media goes by UDP alone."""


def open_sockets(address: str, config: Config) -> Sockets:
    """Bind the media port of one address.

    Raises:
        ConfigError: The address is not this machine's, or the port is taken.
    """
    tries = 1 if config.media_port else PORTS_TO_TRY
    for left in reversed(range(tries)):
        udp = open_socket(address, config.media_port, config.receive_buffer_bytes)
        if not config.media_tcp:
            return Sockets(udp, None)
        port = udp.getsockname()[1]
        try:
            return Sockets(udp, open_listener(address, port))
        except OSError as error:
            udp.close()
            if left == 0:
                raise ConfigError(
                    f"media cannot use TCP port {port} of the address to bind: {error.strerror}; "
                    "set VISAVIS_MEDIA_PORT, or VISAVIS_MEDIA_TCP=0 to offer UDP alone"
                ) from error
    raise AssertionError("the last try returns or raises")


def open_socket(address: str, port: int, receive_buffer_bytes: int) -> socket.socket:
    """Bind one UDP socket to one address, never the wildcard.

    Raises:
        ConfigError: The address is not this machine's, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    udp = socket.socket(family, socket.SOCK_DGRAM)
    try:
        udp.setblocking(False)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        udp.bind((address, port))
    except OSError as error:
        udp.close()
        raise ConfigError(
            f"media cannot use UDP port {port} of the address to bind: {error.strerror}; set "
            "VISAVIS_MEDIA_PORT, or VISAVIS_ANNOUNCE=public=local when the announced address is "
            "another machine's, as behind NAT"
        ) from error
    return udp
