"""What control is put under, and what is read meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from benchmarks.practice import EMAIL, PASSWORD
from benchmarks.pressure.flooder import flood
from benchmarks.pressure.prober import UNKNOWN, Probed, probing
from benchmarks.pressure.server import Client, Served, client
from tests.control.http.frames import FLOODS

LOGINS = 50
GUESSES = 200
HALF_SENT = 2_000
FLOOD_S = 5.0
FRESH = 20
FRESH_WITHIN_S = 1.0
IDLE_S = 3.0
LISTS = 40  # calls of each kind
LETTERS = ("a", "an", "ana", "obri", "O'Brien", "łukasz", "lukasz mul", "rossi 19", "nobody at all")
HALF = b"POST /api/login HTTP/1.1\r\nHost: localhost\r\nX-Visavis: 1\r\nContent-Le"


async def log_in(browser: Client, password: str = PASSWORD) -> int:
    """Return the status."""
    status, _ = await browser.call("POST", "/api/login", {"email": EMAIL, "password": password})
    return status


async def logins(served: Served, _therapist: Client) -> dict[str, Any]:
    """Log in fifty times at once."""
    with probing(served.port) as probed:
        statuses = await _at_once(served.port, [PASSWORD] * LOGINS)
    return {"health_p99_ms_login": probed.quantile(0.99), "login_statuses": statuses}


async def guesses(served: Served, _therapist: Client) -> dict[str, Any]:
    """Try two hundred wrong passwords at once."""
    statuses = await _at_once(
        served.port, [f"wrong password {number}" for number in range(GUESSES)]
    )
    return {"guesses_judged_of_200": statuses.get("401", 0), "guess_statuses": statuses}


async def floods(served: Served, therapist: Client) -> dict[str, Any]:
    """Flood by each kind in turn, as a patient."""
    visitor = await _visit(therapist)
    worst: dict[str, float] = {}
    sent: dict[str, int] = {}
    cpu: dict[str, float] = {}
    with probing(served.port) as idle:
        await asyncio.sleep(IDLE_S)
    for kind in FLOODS:
        before = served.cpu_s()
        with probing(served.port) as probed:
            process = flood(served.port, visitor.cookie, kind, FLOOD_S)
            output, _ = await asyncio.to_thread(process.communicate, timeout=FLOOD_S * 10)
        worst[kind] = round(probed.quantile(0.99), 1)
        sent[kind] = int(output or 0)
        cpu[kind] = round(served.cpu_s() - before, 2)
    return {
        "health_p99_ms_ws_flood": max(worst.values()),
        "flood_p99_ms": worst,
        "flood_idle_p99_ms": round(idle.quantile(0.99), 1),
        "flood_bytes_sent": sent,
        "flood_cpu_s_of_control": cpu,
    }


async def half_sent(served: Served, _therapist: Client) -> dict[str, Any]:
    """Open two thousand requests that do not go on, and ask for health on fresh connections."""
    writers: list[asyncio.StreamWriter] = []
    try:
        for _ in range(HALF_SENT):
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(FRESH_WITHIN_S):
                    _, writer = await asyncio.open_connection("127.0.0.1", served.port)
                writer.write(HALF)
                writers.append(writer)
        answered = [await _is_fresh_answered(served.port) for _ in range(FRESH)]
    finally:
        for writer in writers:
            writer.close()
    return {"half_sent_health_ok": all(answered), "half_sent_opened": len(writers)}


async def lists(served: Served, therapist: Client) -> dict[str, Any]:
    """Read lists one after the other, as one therapist's page does."""
    with probing(served.port, UNKNOWN) as idle:
        await asyncio.sleep(IDLE_S)
    later = await _second_page(therapist)
    taken: dict[str, list[float]] = {"sessions": [], "sessions, later": [], "patients": []}
    with probing(served.port, UNKNOWN) as probed:
        for number in range(LISTS):
            letters = LETTERS[number % len(LETTERS)]
            taken["sessions"].append(await therapist.timed("/api/sessions"))
            taken["sessions, later"].append(await therapist.timed(later))
            search = f"/api/patients?search={quote(letters)}"
            taken["patients"].append(await therapist.timed(search))
    every = Probed([ms for list_ms in taken.values() for ms in list_ms])
    return {
        "lists_p95_ms": every.quantile(0.95),
        "list_stall_ms": max(probed.ms) - idle.quantile(0.5),
        "lists_p95_ms_by_kind": {
            name: round(Probed(ms).quantile(0.95), 1) for name, ms in taken.items()
        },
        "idle_max_ms": round(max(idle.ms), 1),
        "loop_p99_ms": round(probed.quantile(0.99), 1),
    }


async def _visit(therapist: Client) -> Client:
    """Add a patient and open their link."""
    patient = await therapist.must("POST", "/api/patients", {"name": "Alex M."})
    link = await therapist.must("GET", f"/api/patients/{patient['id']}/invitation")
    visitor = Client(therapist.session, therapist.url)
    body = {"token": link["url"].partition("#")[2], "take_over": False}
    await visitor.must("POST", "/api/visit", body)
    return visitor


async def _at_once(port: int, passwords: list[str]) -> dict[str, int]:
    async with client(port) as browser:
        strangers = [Client(browser.session, browser.url) for _ in passwords]
        tries = (log_in(one, word) for one, word in zip(strangers, passwords, strict=True))
        statuses = await asyncio.gather(*tries)
    return {str(status): count for status, count in sorted(Counter(statuses).items())}


async def _is_fresh_answered(port: int) -> bool:
    began = time.monotonic()
    try:
        async with asyncio.timeout(FRESH_WITHIN_S), client(port) as anyone:
            status, _ = await anyone.call("GET", "/api/health")
    except (OSError, TimeoutError):
        return False
    return status == 200 and time.monotonic() - began < FRESH_WITHIN_S


async def _second_page(therapist: Client) -> str:
    """Return the path of the page after the first; lists without pages give the first again."""
    page = await therapist.must("GET", "/api/sessions")
    cursor = page.get("next") if isinstance(page, dict) else None
    return f"/api/sessions?cursor={quote(cursor)}" if cursor else "/api/sessions"
