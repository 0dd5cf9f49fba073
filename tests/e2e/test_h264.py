"""A visit whose browsers offer H.264 as the only video, the patient on a path of its own."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.e2e.harness import network
from tests.e2e.harness.browser import Browsers
from tests.e2e.harness.page import VideoStream, eventually
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visit, Visits, assert_face_to_face

LOSS_PERCENT = 10


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def path(product: Product) -> AsyncIterator[network.Path]:
    if not network.can_make_namespaces() or not shutil.which("nft"):
        pytest.skip("losing packets of one browser's path needs root, `ip` and `nft`")
    made = network.Path()
    try:
        await made.open(product.port)
        yield made
    finally:
        await made.close()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def visit(
    product: Product, patients_browser: Browser, browsers: Browsers
) -> AsyncIterator[Visit]:
    visits = Visits(product, browsers)
    visit = await visits.arranged(browser=patients_browser)
    for side in (visit.patient, visit.therapist):
        await side.page.add_init_script(H264_ALONE)
    await visit.therapist.page.reload()
    await visits.meet(visit)
    yield visit
    await visits.close()


async def streams(visit: Visit) -> list[VideoStream]:
    """Return the patient's two video streams, then the therapist's."""
    sides = (visit.patient, visit.therapist)
    return [await side.video_stream(way) for side in sides for way in ("inbound", "outbound")]


async def test_both_see_and_hear_each_other_by_h264_alone(visit: Visit) -> None:
    """The fixture has looked and listened."""
    assert [stream.codec for stream in await streams(visit)] == ["video/H264"] * 4


async def test_lost_packets_of_h264_are_sent_again_both_ways(
    visit: Visit, path: network.Path
) -> None:
    path.lose(LOSS_PERCENT)
    try:

        async def repaired() -> bool:
            ways = [await visit.patient.video_stream(way) for way in ("inbound", "outbound")]
            return all(way.nacks > 3 and way.resent > 3 for way in ways)

        await eventually(repaired, "packets lost and sent again, both ways")
        await visit.patient.sees("therapist")
        await visit.therapist.sees("patient")
    finally:
        path.lose(0)


async def test_a_page_that_reloads_gets_a_key_frame_of_h264_at_once(visit: Visit) -> None:
    before = await visit.therapist.video_stream("outbound")
    await visit.patient.page.reload()
    await assert_face_to_face(visit)
    after = await visit.therapist.video_stream("outbound")
    assert after.keyFrames > before.keyFrames
    assert [stream.codec for stream in await streams(visit)] == ["video/H264"] * 4


async def test_a_browser_without_vp8_is_sent_h264_by_one_that_has_both(visits: Visits) -> None:
    visit = await visits.arranged()
    await visit.patient.page.add_init_script(H264_ALONE)
    await visits.meet(visit)
    assert [stream.codec for stream in await streams(visit)] == ["video/H264"] * 4


H264_ALONE = """
    const add = RTCPeerConnection.prototype.addTransceiver;
    RTCPeerConnection.prototype.addTransceiver = function (kind, ...more) {
        const transceiver = add.call(this, kind, ...more);
        const { codecs } = RTCRtpReceiver.getCapabilities("video");
        const kept = codecs.filter(({ mimeType }) => /H264|rtx/.test(mimeType));
        if (kind === "video") transceiver.setCodecPreferences(kept);
        return transceiver;
    };
"""
