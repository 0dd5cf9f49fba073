"""How long from ACCEPT until the two see each other: `python -m benchmarks.join`.

Two Chromium instances on loopback, fed a picture that needs more than 1 Mbps, meet again and
again, each time in a fresh session on fresh devices. Taken in the pages themselves, by
`requestVideoFrameCallback` and by the browsers' own statistics:

    accept_to_frame_ms   click on ACCEPT → first frame of the other side presented; the later of
                         the two sides
    seconds_to_1mbps     click on ACCEPT → 1 Mbps of video received, measured over half a second;
                         the later of the two sides
"""
