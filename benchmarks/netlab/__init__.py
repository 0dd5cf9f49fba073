"""A line between two network namespaces that is as bad as asked: `python -m benchmarks.netlab`.

    python -m benchmarks.netlab --profile lte -- ping -c 5 10.88.0.2
    python -m benchmarks.netlab --profile 600k-300ms --server "python -m http.server 8080" \\
        --port 8080 -- curl -o /dev/null http://10.88.0.2:8080/
    python -m benchmarks.netlab --selftest

The command runs at the client's end (10.88.0.1); the server's end is 10.88.0.2. Each end has one
TUN device and nothing else, so every packet between them passes one process, which decides,
seeded, and logs what becomes of it. It needs root and no `netem`.

Theory of operation: `conditions` says what a line does, `bottleneck` and `link` do it in virtual
time, `profiles` names the lines worth keeping. `tun` makes the two ends, `emulator` drives two
links with real packets, `nat` stands at the client's end, `fatelog` keeps the truth, `lab` joins
them, `fixture` lends them to tests, `selftest` compares what crosses the kernel with what was
asked for.

What to know: sizes and rates count whole IPv4 packets (IPv6 is off at both ends); the n-th packet
of a direction meets the same fate under the same seed; order is kept unless asked otherwise;
lateness is what the emulator itself added, and a run with a p99 above 2 ms is void.
"""
