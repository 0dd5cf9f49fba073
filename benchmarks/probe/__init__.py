"""How true the node's checks and live quality are: `python -m benchmarks.probe`.

    python -m benchmarks.probe                       every line, for the record
    python -m benchmarks.probe --runs 1 --only lte   one check of one line; writes no result
    python -m benchmarks.probe --again steps calms   these anew, the others of the newest result
    python -m benchmarks.probe --short               two lines and a call, within 50 s
    python -m benchmarks.probe.simulated             false alarms of many hours, in virtual time

A patient's browser stands at the far end of an emulated line, and the node measures. What it says
is compared with the emulator's own account of every packet in the seconds of the check.

`levels` says once more, apart from `sfu.probe`, which level and cause numbers stand for; `lines`
has the lines; `truth` reads the account; `stand` puts up all that runs need, `checks` holds checks,
`calls` listens to what is told in contact, also while the node is stopped on purpose (`told` says
what that was worth); `figures` compares and sums up, and `beside` what the published figures leave
out; `oracles` has what others would have said of the same numbers; `render` writes the page.

What counts as right. A level is right when the numbers of the run call for it: round trip, loss and
delay variation as the account has them, capacity as the line has it. `level_of_line` is the same
from the line's own numbers alone, which a few hundred packets can miss by chance. Next to a
threshold, nearer than the measurement has to be, the neighbouring level is as right if the verdict
says that it is close to the limit. Runs are void, counted and left out, when the emulator was late
(p99 above 2 ms) or the machine was (`tests.support.lateness`).

Nothing may be tuned to the lines of the list alone: `random-1` to `random-40` are made by chance
from their numbers, each with any of the weaknesses a line can have.
"""
