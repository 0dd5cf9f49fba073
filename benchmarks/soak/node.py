"""The node that is soaked: `python -m benchmarks.soak.node`; it also tells what it holds.

For each line of standard input it prints one with the number of Python objects and of asyncio
tasks that are not done. A thread of its own does, so that the node's loop has no part in it.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import threading

from sfu.__main__ import main


def _tell() -> None:
    for _ in sys.stdin:
        print(*counted(), flush=True)


def counted() -> tuple[int, int]:
    """Return how many objects there are, and tasks among them.

    The list of them ends with this call: while it is there, it keeps all of them alive.
    """
    objects = gc.get_objects()
    tasks = sum(isinstance(found, asyncio.Task) and not found.done() for found in objects)
    return len(objects), tasks


if __name__ == "__main__":
    threading.Thread(target=_tell, daemon=True).start()
    main()
