"""Calls on lines with a capacity, through the node and beside it directly.

Two Chromium, the patient's across `benchmarks.netlab`: on a line whose capacity falls and comes
back, or on lines that stay as they are. What a line carried, how long packets waited in its queue
and what it dropped is the emulator's own account of every packet; what was heard is the browsers'.
"""
