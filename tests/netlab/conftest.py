"""The emulated line, for the tests of the line itself."""

from benchmarks.netlab.fixture import netlab

__all__ = ["netlab"]
