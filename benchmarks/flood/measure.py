"""One call in peace and in a flood, and what the node used."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.relay.figures import Round
from benchmarks.relay.joining import Node
from benchmarks.relay.load import Load
from benchmarks.relay.processes import LOAD_CPU, Relay, claim, start_node

LEAD_S = 0.5
"""The flood begins so much before the call is measured, and goes on as much longer."""


class Flooder:
    """A process that floods when told to."""

    def __init__(self, module: str, words: Sequence[str], secret: str = "") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.flood.{module}", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        if secret:
            self._say(secret)
        assert self._out.readline() == "ready\n", f"{module} did not start"

    def go(self) -> None:
        self._say("go")

    def rate(self) -> float:
        """Wait for its end; return the packets a second that it sent."""
        said = json.loads(self._out.readline())
        return float(said["sent"] / said["seconds"])

    def stop(self) -> None:
        self._in.close()
        self._process.terminate()
        self._process.wait()
        self._out.close()

    def _say(self, line: str) -> None:
        self._in.write(f"{line}\n")
        self._in.flush()


@contextmanager
def flooding(*floods: Flooder) -> Iterator[None]:
    """Let them flood from here on; they end by themselves, and are stopped at the latest here."""
    with ExitStack() as stack:
        for flood in floods:
            stack.callback(flood.stop)
            flood.go()
        yield


async def measure(
    seconds: float, strangers: float, insider: float, mix: str = "junk"
) -> dict[str, Any]:
    """Return the figures that `benchmarks.flood` describes."""
    claim(LOAD_CPU)
    node = start_node()
    try:
        headers = {"Authorization": f"Bearer {node.token}"}
        async with ClientSession(node.api, headers=headers) as control:
            return await _measure(node, control, seconds, strangers, insider, mix)
    finally:
        node.stop()


async def _measure(
    node: Relay,
    control: ClientSession,
    seconds: float,
    strangers: float,
    insider: float,
    mix: str,
) -> dict[str, Any]:
    load = Load()
    await load.join(Node(control), 1)
    host, port = load.calls[0].one.to
    lasts = str(seconds + 2 * LEAD_S)
    inside = await asyncio.to_thread(
        Flooder, "insider", [node.api, str(insider), lasts], node.token
    )
    outside = Flooder("strangers", [host, str(port), mix, str(strangers), lasts])
    peace = await load.play(node, load.calls, seconds / 3)
    before_kb = node.memory_kb()
    with flooding(inside, outside):
        await asyncio.sleep(LEAD_S)
        flood = await load.play(node, load.calls, seconds)
        after_kb = node.memory_kb()
        outside_rate, inside_rate = await asyncio.to_thread(outside.rate), inside.rate()
    kernel = await _kernel(control)
    return {
        "mix": mix,
        "seconds": seconds,
        "strangers_per_s": round(outside_rate),
        "insider_per_s": round(inside_rate),
        "audio_loss_added_points": _points(flood, "audio") - _points(peace, "audio"),
        "media_loss_added_points": _points(flood, "media") - _points(peace, "media"),
        "added_latency_ms_p99": round(flood.latency_ms_p99 - peace.latency_ms_p99, 3),
        "rss_growth_mb": round((after_kb - before_kb) / 1024, 2),
        "cpu_ratio": round(flood.cpu_ratio, 3),
        "cpu_ratio_in_peace": round(peace.cpu_ratio, 3),
        "load_late_ms_p99": round(max(flood.lateness_ms_p99, peace.lateness_ms_p99), 3),
        **kernel,
    }


def _points(found: Round, what: str) -> float:
    """Return the loss in percent."""
    sent, received = (found.sent, found.received)
    if what == "audio":
        sent, received = (found.audio_sent, found.audio_received)
    return round(100 * (sent - received) / sent, 3)


async def _kernel(control: ClientSession) -> dict[str, Any]:
    """Return what the node's metrics say of its filter."""
    response = await control.get("/metrics")
    samples = {
        (sample.name, sample.labels.get("state", "")): sample.value
        for family in text_string_to_metric_families(await response.text())
        for sample in family.samples
    }
    states = [state for (name, state), on in samples.items() if name == "sfu_socket_filter" and on]
    return {
        "filter": ",".join(states),
        "dropped_by_kernel": round(samples["sfu_kernel_drops_total", ""]),
    }
