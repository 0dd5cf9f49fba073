"""What a flood does to a call: `python -m benchmarks.flood`.

One call of two peers goes on through a node process as operators run it, on loopback, first in
peace and then while strangers send 20,000 junk packets a second to the media port and a legitimate
peer of another room sends 2,000 a second that look like SRTP of its own stream and are none. The
junk is sent by a process of its own, from thousands of addresses:

    40 %  random bytes of random length
    20 %  shaped like RTP and RTCP, of streams that nobody has
    20 %  shaped like a DTLS handshake
    10 %  shaped like STUN, malformed
    10 %  connectivity checks by their shape, naming nobody: these pass the socket filter

    audio_loss_added_points   loss of sound in the flood minus that in peace, in percent of packets
    media_loss_added_points   the same of sound and picture together
    rss_growth_mb             of the node, from before the flood to its end
    cpu_ratio                 of one core, in the flood; `cpu_ratio_in_peace` before
    strangers_per_s           what was really sent; `insider_per_s` likewise
"""
