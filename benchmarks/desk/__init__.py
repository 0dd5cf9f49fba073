"""How quick a busy desk is: 2,000 patients, 50,000 sessions, 50 patients waiting, on SQLite.

Control runs in a process of its own, as served. This process asks what the therapist's pages ask,
lets patients arrive by real WebSockets, and then loads both apps anew in Chromium behind a line of
1.6 Mbit/s and 150 ms (DevTools' own emulation), without cache.
"""
