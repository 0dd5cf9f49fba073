"""A call on a line whose capacity falls and comes back, through the node and beside it directly.

Two Chromium, the patient's across `benchmarks.netlab`. What the line carried, how long packets
waited in its queue and what it dropped is the emulator's own account of every packet; what was
heard is the patient's browser's.
"""
