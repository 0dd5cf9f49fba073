"""How long and how many: what one client may take from the server before others suffer."""

from __future__ import annotations

import resource
from dataclasses import dataclass, field

MOST_CONNECTIONS = 4096
RESERVED_FILES = 128  # database, pages that are read, the media node, standard streams


def most_connections(file_limit: int) -> int:
    """Return how many connections may be open in a process that may open so many files."""
    if file_limit == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(1, min(MOST_CONNECTIONS, file_limit - min(RESERVED_FILES, file_limit // 2)))


def _most_connections_here() -> int:
    return most_connections(resource.getrlimit(resource.RLIMIT_NOFILE)[0])


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one server; times in seconds. `control.http.wire` has that of a request's body."""

    head_s: float = 10.0
    """From the first byte of a request, or the opening of the connection, to the last header."""
    idle_s: float = 150.0
    """Without a request. Longer than proxies keep theirs (Caddy: 120 s): one that is closed while
    the proxy sends on it loses a request."""
    unread_s: float = 30.0
    """That a client may leave our answer unread, once more is waiting than buffers hold."""
    linger_s: float = 2.0
    """To throw away the rest of a body after the answer, so that the client reads the answer."""
    connections: int = field(default_factory=_most_connections_here)
