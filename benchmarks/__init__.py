"""Measurements with numbers to reach; each prints one JSON line at the end.

Results are kept in `benchmarks/results/`, named by benchmark and day.
"""
