"""What relaying costs a node: `python -m benchmarks.relay [--full]`.

Calls of two peers each, with real ICE, DTLS, SRTP and data channels, over loopback against a node
process as operators run it. Each peer sends what a 1:1 call has: 170 video packets of 1,100 B and
50 of sound of 100 B a second, evenly spaced as a pacer does, and says by transport-cc feedback 16
times a second what came. Everything is encrypted ahead, so the
load costs its core little; node and load have a core each.

    pps_per_core     packets forwarded, counted at the receivers, per second of the node's CPU
                     (utime + stime of its process, reports and data channels included)
    floor_ratio      CPU per packet of the node, over that of a bare relay: a uvloop datagram
                     protocol that sends each packet on as it is
    added_ms_p50     from just before the sender's system call to the kernel's receive stamp at the
    added_ms_p99     other peer's socket, at half load
    kb_per_peer      growth of the node's resident memory, over the peers, all sending
    joins_per_s      offers posted until media could flow, eight at a time

**Load** of p % is p % of `pps_per_core`: as many calls as come nearest. The bare relay and one that
decrypts and encrypts with AES-GCM by pylibsrtp take their turns with the node in the same run.

A round in which a packet was lost, a sample came out changed, or the load itself fell behind is
void; it is repeated at most twice, and then its figures are missing.
"""
