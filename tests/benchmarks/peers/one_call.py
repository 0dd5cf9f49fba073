"""Play one call through one server, in a process and network of its own: `… one_call NAME`.

Prints one JSON line: why the server cannot run here, or the round.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from benchmarks.peers import place
from benchmarks.peers.adapter import Adapter
from benchmarks.peers.known import KNOWN
from benchmarks.relay.load import Load

SECONDS = 0.3
MOST_TRIES = 20
"""Of one that makes pictures anew: the first may take it longer than a call."""


async def play(adapter: Adapter) -> dict[str, Any]:
    load = Load()
    try:
        async with adapter.running(load.wire.port) as running:
            await load.join(running.server, 1)
            pages, tries = load.has_connections, MOST_TRIES if load.calls[0].remade else 1
            for _ in range(tries):
                found = await load.play(running.relay, load.calls, SECONDS, pages=pages)
                if found.received > found.audio_received:
                    break
            return found.row() | {"memory_kb": running.relay.memory_kb()}
    finally:
        load.wire.close()


def main() -> None:
    place.enter()
    adapter = KNOWN[sys.argv[1]]
    missing = adapter.missing()
    print(json.dumps({"missing": missing} if missing else asyncio.run(play(adapter))))


if __name__ == "__main__":
    main()
