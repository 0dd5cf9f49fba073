"""The data-channel adapter against aiortc's own end, as a page would be."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiortc.rtcsctptransport import HeartbeatAckChunk, HeartbeatChunk

from sfu.io.datachannel import MAX_PACKET_BYTES, MAX_SENT_BYTES, Channel
from tests.sfu.io.page import Visit


async def test_channels_open_when_both_ends_send_init(visit: Visit) -> None:
    visit.node.start(5000, 65536)
    await visit.start_page()
    assert len(visit.outgoing) == len(visit.dtls.outgoing) == 1

    await visit.exchange()

    assert visit.opened == 1
    assert visit.node.is_open
    assert visit.state.readyState == visit.ping.readyState == "open"


@pytest.mark.parametrize("lost", ["ours", "theirs"])
async def test_channels_open_when_one_init_is_lost(visit: Visit, lost: str) -> None:
    visit.node.start(5000, 65536)
    await visit.start_page()
    (visit.outgoing if lost == "ours" else visit.dtls.outgoing).clear()

    await visit.exchange()

    assert visit.opened == 1
    assert visit.state.readyState == "open"


@pytest.mark.parametrize("message", ["gate", "è così", "", b"\x00\x01", b""])
async def test_channels_carry_text_and_binary_both_ways(visit: Visit, message: str | bytes) -> None:
    await visit.connect()

    for channel in Channel:
        assert visit.node.send(channel, message)
    visit.state.send(message)
    visit.ping.send(message)
    await visit.exchange()

    assert visit.page_messages == [("state", message), ("ping", message)]
    assert visit.messages == [(Channel.STATE, message), (Channel.PING, message)]


async def test_channels_echo_from_within_the_callback(visit: Visit) -> None:
    visit.node._on_message = visit.node.send  # type: ignore[assignment]  # its bool is not looked at
    await visit.connect()

    visit.ping.send(b"1")
    await visit.exchange()

    assert visit.page_messages == [("ping", b"1")]


async def test_page_gives_a_sign_of_life_at_once_and_sees_nothing_of_it(visit: Visit) -> None:
    await visit.connect()

    visit.node.ask()
    (packet,) = visit.outgoing
    visit.outgoing.clear()
    await visit.page._handle_data(packet)

    assert packet[12] == HeartbeatChunk.type
    (answer,) = visit.dtls.outgoing
    assert answer[12] == HeartbeatAckChunk.type
    visit.node.receive(answer)
    await visit.exchange()
    assert visit.page_messages == []
    assert visit.node.dropped_packets == 0


async def test_nobody_is_asked_before_the_channels_open_and_after_their_end(visit: Visit) -> None:
    visit.node.ask()
    assert visit.outgoing == []
    await visit.connect()
    visit.node.stop()
    visit.outgoing.clear()
    visit.node.ask()
    assert visit.outgoing == []


async def test_channels_repeat_what_is_lost_on_state_but_not_on_ping(visit: Visit) -> None:
    await visit.connect()
    visit.node.send(Channel.PING, b"stale")
    visit.node.send(Channel.STATE, "kept")
    visit.outgoing.clear()

    visit.node._association._t3_expired()  # what the loop would do after the timeout
    await visit.exchange()

    assert visit.page_messages == [("state", "kept")]


async def test_channels_refuse_messages_before_they_are_open(visit: Visit) -> None:
    assert not visit.node.send(Channel.STATE, "too early")
    assert visit.node.dropped_messages == 1


async def test_channels_refuse_what_the_page_would_not_take(visit: Visit) -> None:
    visit.node.start(5000, 100)
    await visit.start_page()
    await visit.exchange()

    assert visit.node.send(Channel.STATE, "x" * 100)
    assert not visit.node.send(Channel.STATE, "x" * 101)


async def test_channels_send_no_packet_that_a_path_may_not_carry(visit: Visit) -> None:
    await visit.connect()
    assert visit.node.send(Channel.STATE, "x" * MAX_SENT_BYTES)
    assert not visit.node.send(Channel.STATE, "x" * (MAX_SENT_BYTES + 1))
    assert max(map(len, visit.outgoing)) <= MAX_PACKET_BYTES
    await visit.exchange()
    assert visit.page_messages == [("state", "x" * MAX_SENT_BYTES)]


async def test_channels_tell_when_the_page_aborts(visit: Visit) -> None:
    await visit.connect()

    await visit.page.stop()
    await visit.exchange()

    assert visit.closed == 1
    assert not visit.node.is_open
    assert not visit.node.send(Channel.STATE, "late")


async def test_channels_after_stop_are_silent(visit: Visit) -> None:
    await visit.connect()
    visit.state.send("on its way")
    await asyncio.sleep(0)

    visit.node.stop()
    visit.node.stop()
    await visit.exchange()

    assert visit.messages == []
    assert visit.closed == 0
    assert visit.state.readyState == "closed"  # the page was told
    assert not visit.node.send(Channel.STATE, "late")


async def test_channels_stopped_before_they_opened_leave_no_timer(visit: Visit) -> None:
    visit.node.start(5000, 65536)

    visit.node.stop()

    assert visit.node._association._t1_handle is None


async def test_channels_do_not_swallow_our_own_errors(visit: Visit) -> None:
    await visit.connect()

    def fail(channel: Channel, message: str | bytes) -> None:
        raise ValueError("a bug of ours")

    visit.node._on_message = fail
    visit.state.send("x")
    with pytest.raises(ValueError, match="a bug of ours"):
        await visit.exchange()


async def test_what_is_said_while_aiortc_retransmits_goes_out_as_well(visit: Visit) -> None:
    """Its timers send outside any step of ours; what leaves may bring the node to say more."""
    failures: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: failures.append(what))
    await visit.connect()
    for text in ("1", "2"):
        visit.node.send(Channel.STATE, text)
    visit.outgoing.clear()  # lost
    said = iter(("3", "4"))

    def send(packet: bytes) -> None:
        visit.outgoing.append(packet)
        for text in said:
            visit.node.send(Channel.STATE, text)

    visit.node._dtls.send_packet = send
    visit.node._association._t3_expired()
    for _ in range(3):  # congestion control lets out one after the other
        await visit.exchange()

    assert failures == []
    assert [text for _, text in visit.page_messages] == ["1", "2", "3", "4"]
