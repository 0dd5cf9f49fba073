"""Run the benchmark of the therapist's desk: `python -m benchmarks.desk`; the last line is JSON."""

from __future__ import annotations

import asyncio
import json

import aiohttp

from benchmarks.desk.asked import HEADERS, PAGES, Desk
from benchmarks.desk.figures import line, missed
from benchmarks.desk.loads import first_loads
from benchmarks.desk.served import serve
from benchmarks.practice import apart, sizes

WAITING = 50


async def run(url: str, waiting: int) -> dict[str, float]:
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(url, headers=HEADERS, cookie_jar=jar) as http:
        desk = Desk(http, url)
        await desk.log_in()
        times = {"arrival": await desk.arrivals_ms(waiting)}
        for name in PAGES:
            times[name] = await desk.pages_ms(name)
        times["search"] = await desk.searches_ms()
        last = (await desk.call("/api/patients?search=zoe&limit=1"))["items"][0]
        patient, therapist = await first_loads(await desk.new_link(last["id"]), url)
    return line(times, patient, therapist)


def main() -> None:
    parser = sizes("python -m benchmarks.desk")
    parser.add_argument("--waiting", type=int, default=WAITING)
    options = parser.parse_args()
    with apart(serve, options.people, options.meetings) as pipe:
        figures = asyncio.run(run(pipe.recv(), options.waiting))
    for name in missed(figures):
        print(f"not reached: {name}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
