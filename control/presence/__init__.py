"""Who is here now, seen from sockets and media peers, and what their pages say of their devices."""
