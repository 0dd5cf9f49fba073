"""Our node beside other servers: `python -m benchmarks.relay --peers NAMES [--minutes N]`.

The load client of `benchmarks.relay` plays the same calls through each server: two people, who
each send 170 video packets of 1,100 B and 50 of sound of 100 B a second, with real ICE, DTLS and
SRTP, and transport-cc feedback of what came. Load and server have a core each, in a network
namespace of their own (`place`), all by loopback. A server is an adapter in a file of its own: it
starts what is installed, speaks its API, and says why it cannot run where it is not.

**Turns**: each server is started afresh, people join, the calls are played, it is stopped; then
the next one; then all again in the other order while there is time.

    pps_per_core    packets counted at their receivers per second of the server's CPU: utime +
                    stime of its processes
    ratio           that over ours of the same turn; above 1 the other is ahead
    joins_per_s     people joined and connected a second, eight at a time, after the first call
    kb_per_peer     growth of resident memory over the people of the calls after the first
    idle_mb         resident memory before anybody joined

A server that decodes and encodes again is sent a recording; what comes of it are other packets,
which are counted, and a round is void where sounds or pictures are missed (`relay.remade`).

**Growth**: then each server by itself, at 10, 50 and 80 % of the load that would fill its own
core and at 1, 5, 20, 50 and 100 calls, until it loses more than a hundredth, has no core left, the
load client can send no more (`lateness_ms_p99`), or its share of the time is over. A round in which
anything is lost, or the load was late, is void. Latency is from just before the sender's system
call to the kernel's receive stamp.

The result says what share of the machine others used. `python -m benchmarks.peers.render` writes
the newest into docs/benchmarks.md, with a plot.
"""
