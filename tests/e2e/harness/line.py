"""A visit across an emulated line: the patient's browser at its far end, all else at the near one.

The calling thread moves into the namespace of the near end for as long as the line stands, and
so does whatever it starts: servers, browsers, sockets. The page's origin stays
`http://localhost:PORT` on both sides (cameras and secure cookies need that), so HTTP is carried
over the same line by two forwarders.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import async_playwright

from benchmarks.netlab.fixture import witnessed
from benchmarks.netlab.lab import Lab
from benchmarks.netlab.profiles import Profile
from tests.e2e.harness.browser import Browsers, launch
from tests.e2e.harness.network import NearEnd, start_forwarder
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits
from tests.support.media import MediaFiles


@dataclass(frozen=True, slots=True)
class FarVisits:
    """People who meet across `lab`, whose client's end is the patient's."""

    lab: Lab
    product: Product
    browsers: Browsers
    visits: Visits


@asynccontextmanager
async def across(
    profile: Profile | str,
    media: dict[str, MediaFiles],
    folder: Path,
    *,
    permits: bool = True,
    split: bool = False,
) -> AsyncIterator[FarVisits]:
    """Put up a line with a running Visavis at its near end and a browser at either.

    For `permits`, of the patient's browser, see `launch`; for `split` see `Product`.
    """
    async with AsyncExitStack() as stack:
        lab = stack.enter_context(Lab(profile))
        stack.enter_context(witnessed(lab))
        stack.enter_context(lab.server.entered())
        product = Product(folder / "product", split=split)
        stack.push_async_callback(product.stop)
        await product.start()
        await stack.enter_async_context(_carried(lab, product.port))
        playwright = await stack.enter_async_context(async_playwright())
        near = await launch(playwright, media["therapist"])
        stack.push_async_callback(near.close)
        far = await launch(
            playwright,
            media["patient"],
            namespace=lab.client.name,
            scratch=folder,
            permits=permits,
        )
        stack.push_async_callback(far.close)
        browsers = Browsers(near, far)
        visits = Visits(product, browsers)
        stack.push_async_callback(visits.close)
        yield FarVisits(lab, product, browsers, visits)


@asynccontextmanager
async def _carried(lab: Lab, port: int) -> AsyncIterator[None]:
    """Make the near end's localhost:`port` the far end's own."""
    near_end = NearEnd(port)
    await near_end.open(lab.server.address)
    try:
        forwarder = await start_forwarder(
            lab.client.command([]), port, lab.server.address, near_end.port
        )
        try:
            yield
        finally:
            forwarder.kill()
            await forwarder.wait()
    finally:
        await near_end.close()
