"""Calls at half load, and whether anything grows: `python -m benchmarks.soak [--minutes N]`.

The load of `benchmarks.relay` plays as many calls as make half of what the node's core carries, in
rounds of ten seconds, one after another; between two of them nobody sends for the second or two in
which the next is encrypted. After each round the node is asked what it holds:

    memory_kb       resident memory of its process
    objects         live Python objects that the garbage collector knows, made since the start
    tasks           of them, asyncio tasks that are not done
    threads, files  of its process, as /proc counts them
    p50_ms, p99_ms  added latency of the round; only of rounds that count
    packet_us       CPU per packet; the same. Not judged: a shared machine's own speed changes
    packet_pieces   that over the CPU time of a fixed piece of work between two rounds

Of each the slope is printed, an hour's change with its 95 % interval, by least squares over all but
the first fifth of the run: it takes the samples as independent, and so is somewhat too narrow. A
figure **grows** where even the low end of the interval means a change over the whole run above what
`figures.ALLOWED` calls flat; the exit code is 1 then. It is **flat** where even the high end means
less, and else nobody is sure.
"""
