"""Who is here now, seen from sockets and media peers."""
