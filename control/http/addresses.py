"""The address that rate limits count by.

Behind a trusted proxy it is the last element of `X-Forwarded-For` over all its lines (RFC 9110,
5.3): the one the proxy itself wrote. Elements before it are the client's own words. A last element
that is no address falls back to the other end of the connection, never to an earlier element.

Who has IPv6 has at least a /64 of it, so such an address counts by its /64.
"""

from __future__ import annotations

import logging
import re
from ipaddress import IPv4Address, IPv6Address, ip_address

from aiohttp import web

log = logging.getLogger(__name__)

FORWARDED = "X-Forwarded-For"
WITH_PORT = re.compile(r"\[(?P<v6>[^\]]*)\](?::\d{1,5})?|(?P<v4>[0-9.]+):\d{1,5}")
HOST_BITS = 64  # of an IPv6 address, RFC 4291, 2.5.1


class Addresses:
    """Reads the client's address of each request."""

    def __init__(self, *, trust_proxy: bool) -> None:
        self._trust_proxy = trust_proxy
        self._has_warned = False

    def of(self, request: web.Request) -> str:
        lines = request.headers.getall(FORWARDED, [])
        if lines and self._trust_proxy:
            forwarded = client_bucket(",".join(lines).rpartition(",")[2])
            if forwarded is not None:
                return forwarded
        elif lines and not self._has_warned:
            self._has_warned = True
            log.warning(
                "requests come through a proxy, and VISAVIS_TRUST_PROXY is off: all people behind "
                "it count as one address; set it to 1 if the proxy is yours"
            )
        return client_bucket(request.remote or "") or "unknown"


ADDRESSES = web.AppKey("addresses", Addresses)


def client_address(request: web.Request) -> str:
    """Return the other end's address; behind a trusted proxy, the one the proxy saw."""
    return request.app[ADDRESSES].of(request)


def client_bucket(text: str) -> str | None:
    """Return what an address counts as, without its port; None for what is no address."""
    text = text.strip()
    found = WITH_PORT.fullmatch(text)
    if found:
        text = found["v6"] or found["v4"] or ""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> HOST_BITS << HOST_BITS)}/{HOST_BITS}"
