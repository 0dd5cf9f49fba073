"""Whole visits for locust: HTTP, WebSocket and real media, judged by what people would hear.

    make load                                   a short headless run against a server of its own
    locust -f benchmarks/load/locustfile.py     locust's own pages; docs/load.md tells the rest

Locust's users are greenlets: they do what the two pages do over HTTP and WebSocket. Media is
not for gevent, so it lives in processes of its own (`worker`, asyncio under uvloop), which a
locust process starts and drives by JSON lines over their standard input and output (`crew`): one
question, one answer, many at a time. Both sides of a visit are in the same process, so that what
one said and the other heard are told by one clock.

Sound and picture are encoded once by PyAV (`recording`), kept in the user's cache folder, and
sent in a loop as RTP over real ICE, DTLS and SRTP (`benchmarks.relay.connection`). Every frame of
sound of the loop is different, so the frame that arrives says itself which one it is, whatever
sequence numbers and timestamps the node gave it; and its padding says whose it is.

    join                        offer posted → media can flow, of each page
    first packet after ACCEPT   ACCEPT posted → sound heard, the later of the two sides
    audio gaps                  share of the frames of sound that were not heard in time: see
                                `figures.judge`; in per mille
    longest audio gap           the longest run of these
    one-way delay, p95          from just before the sender's system call to the kernel's receive
                                stamp at the other page's socket, over the visit
    loss after repair           share of all packets, sound and picture, that never came
    clock error                 how far the clock on the page was from the time since ACCEPT, at
                                worst, beyond what ACCEPT itself took
    load behind schedule        how late the load itself was to send, p99: above some 20 ms it is
                                the load that is measured, not the server
    sound let through by        packets of sound that nobody should have heard: of oneself, of
    mistake                     another visit, or of the other before ACCEPT
"""
