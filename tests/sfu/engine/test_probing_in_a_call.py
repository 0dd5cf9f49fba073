"""What padding costs a call: little, and none where it could do harm (PROBES.md)."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from sfu.base.media import Slot
from tests.sfu.engine.calls import HIGH_BPS, LOW_BPS, TAG_BYTES, Call, Caller
from tests.support.network import IP_UDP_BYTES

SHARE = 0.02
SETTLE_S = 20.0
"""Until a call has found out what its lines carry."""


class Sent(NamedTuple):
    """What came to someone's browser, in bytes of IP packets."""

    padding: int
    whole: int


def sent_to(person: Caller, since: float) -> Sent:
    """Count padding apart from sound, pictures and their resends."""
    camera = person.browser.down_ssrcs[Slot.CAMERA]
    sound = person.browser.down_ssrcs[Slot.AUDIO][0]
    padding = whole = 0
    for arrival in person.arrivals:
        if arrival.at < since:
            continue
        size = len(arrival.packet) + TAG_BYTES + IP_UDP_BYTES
        whole += size
        if arrival.ssrc != sound and arrival.ssrc not in camera:
            padding += size
    return Sent(padding, whole)


@pytest.mark.parametrize("line_bps", [LOW_BPS, 5 * HIGH_BPS])
def test_a_settled_call_spends_two_per_cent_on_padding_at_most(line_bps: float) -> None:
    call = Call(line_bps, queue_s=0.3)
    call.run(SETTLE_S)
    since = call.world.now
    call.run(40.0)
    for person in (call.patient, call.therapist):
        sent = sent_to(person, since)
        assert sent.padding <= SHARE * sent.whole


def test_the_start_of_a_call_counts_as_little_within_a_minute() -> None:
    """Clusters find what a line carries in the first seconds."""
    call = Call(HIGH_BPS, queue_s=0.3)
    call.run(60.0)
    sent = sent_to(call.patient, call.accepted_at)
    assert 0 < sent.padding <= SHARE * sent.whole


def test_sound_alone_is_never_padded() -> None:
    call = Call(HIGH_BPS, queue_s=0.3)
    for person in (call.patient, call.therapist):
        person.films = False
    call.run(3.0)  # pictures of before
    since = call.world.now
    call.run(40.0)
    for person in (call.patient, call.therapist):
        assert sent_to(person, since).padding == 0


def test_a_line_that_loses_is_not_padded() -> None:
    call = Call(HIGH_BPS, queue_s=0.3)
    call.patient.path.loss = 0.06
    call.run(3.0)
    since = call.world.now
    call.run(30.0)
    sent = sent_to(call.patient, since)
    assert sent.whole > 0
    assert sent.padding <= 0.002 * sent.whole


def test_a_paused_picture_is_probed_for_with_two_per_cent_at_most() -> None:
    call = Call(90_000.0, queue_s=0.3)
    call.run(SETTLE_S)
    assert call.therapist.caps[-1] == 0
    since = call.world.now
    call.run(60.0)
    sent = sent_to(call.patient, since)
    assert 0 < sent.padding <= SHARE * sent.whole
