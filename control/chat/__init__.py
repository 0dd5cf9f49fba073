"""What therapist and patient write to each other beside the call.

It is held in memory while the session is open, and stored only where the therapist says so.
Pages are pushed that there is something new, never what: they fetch it, so that whoever reads is
judged at that moment, and so that a page without a WebSocket needs nothing else.
"""
