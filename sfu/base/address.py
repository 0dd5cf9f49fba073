"""Where a datagram came from or goes to."""

Address = tuple[str, int, int]
"""Remote host, remote port, and the link: the index of the local socket in `io`.

Replies leave from the very socket (or TCP connection) that the peer checked, so the link is
part of the address. Everything below `io` treats an address as an opaque dictionary key.
"""
