"""Checks of a connection: what is measured of a line, and what that means for a person.

Theory of operation. The node measures: it sees each side and each direction apart. `told` collects
what transport-cc feedback says of packets we sent; `baseline` joins it with what came from the
browser to loss, delay variation and round trip of the last seconds, as `figures` computes them
(intervals, trends, clock drift). `verdict` turns a window into a level and one cause; `score` is
the E-model; `hysteresis` keeps steady what a call is shown. `devices` judges microphone and camera
by levels and sizes of their packets: nothing is decoded.

Capacities are found by filling the line: `ramp` down, by padding, and `upramp` up, by pictures that
the page sends; `filling` says what the padding meant.

`check` is the course of a check before the call, and `report` what it leaves.

All is fed by the engine: bytes, sums and monotonic times come in, frozen models go out. Windows are
numpy's, about once a second; nothing here runs per packet that is relayed.

From `bandwidth` come what it knows of probes and of headers: `Probe`, and the thresholds by which a
cluster filled the line. That is the one import among the packages of this floor.
"""
