"""The stream a receiver gets: one for the whole visit, whatever happens on the other side."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfu.base.media import Slot
from sfu.base.stats import DropReason
from tests.sfu.relay.contract.part import Part
from tests.sfu.relay.far_end import FarEnd, make_lines

STORIES = st.lists(
    st.one_of(
        st.tuples(st.just("packets"), st.integers(1, 12)),
        st.tuples(st.just("lose"), st.integers(1, 5)),
        st.tuples(st.just("shut"), st.integers(1, 8)),
        st.tuples(st.just("replace"), st.integers(0, 0xFFFF)),
    ),
    max_size=14,
)


class Numbering(Part):
    """Sequence numbers and timestamps on both legs."""

    def test_first_sequence_numbers_leave_room_below_the_middle(self) -> None:
        for seed in range(20):
            world = self.make_world(seed)
            a, b = world.join(FarEnd(1, make_lines(1000))), world.join(FarEnd(2, make_lines(2000)))
            world.core.route(1, 2, world.now)
            world.sound(a, [65_000])
            assert b.of(Slot.AUDIO)[0].sequence_number < 1 << 15

    @pytest.mark.parametrize("start", [0, 32_760, 65_500, 65_535])
    def test_sequence_numbers_and_roll_over_counts_wrap_on_both_legs(self, start: int) -> None:
        """Over two wraps each; only each fiftieth packet arrives, which makes the test short."""
        world, a, b = self.make_pair()
        for seq in range(start, start + 140_000, 50):
            packet = a.plain(Slot.AUDIO, seq & 0xFFFF, seq * 96_000 & 0xFFFFFFFF, b"x")
            world.send(a, packet)
            world.now += 1.0
        heard = b.of(Slot.AUDIO)
        assert len(heard) == 2_800
        seqs = {(q.sequence_number - p.sequence_number) & 0xFFFF for p, q in pairwise(heard)}
        assert seqs == {50}
        times = {(q.timestamp - p.timestamp) & 0xFFFFFFFF for p, q in pairwise(heard)}
        assert times == {50 * 96_000}
        assert world.core.report(1, world.now).tracks[Slot.AUDIO].expected == 139_951

    def test_reordered_packets_keep_their_places(self) -> None:
        world, a, b = self.make_pair()
        order = [0, 1, 3, 2, 6, 5, 4, 7]
        world.sound(a, order)
        heard = b.of(Slot.AUDIO)
        assert [p.sequence_number - heard[0].sequence_number for p in heard] == order
        report = world.core.report(1, world.now).tracks[Slot.AUDIO]
        assert report.lost == 0

    def test_a_lost_packet_leaves_a_gap_on_the_other_leg_too(self) -> None:
        world, a, b = self.make_pair()
        world.sound(a, [0, 1, 4, 5])
        heard = b.of(Slot.AUDIO)
        assert [p.sequence_number - heard[0].sequence_number for p in heard] == [0, 1, 4, 5]
        assert world.core.report(1, world.now).tracks[Slot.AUDIO].lost == 2

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],  # one subclass per core
    )
    @given(STORIES, st.integers(0, 0xFFFF))
    def test_numbers_leave_gaps_only_where_packets_were_lost(
        self, story: list[tuple[str, int]], seq: int
    ) -> None:
        """Closed gates and other publishers leave none, and time never goes backwards."""
        world, a, b = self.make_pair()
        expected: list[int] = []
        out, started, peer = 0, False, 10
        rtp_ts = 0
        for what, n in story:
            if what == "replace":
                world.core.remove_peer(a.peer, world.now)
                peer += 1
                a = world.join(FarEnd(peer, make_lines(1000 * peer)))
                world.core.route(a.peer, b.peer, world.now)
                seq, rtp_ts, started = n, n * 77_777, False
                out = expected[-1] + 1 if expected else 0
                continue
            if what == "shut":
                world.core.set_gate(b.peer, False, world.now)
            for _ in range(n):
                seq, rtp_ts = seq + 1 & 0xFFFF, rtp_ts + 960 & 0xFFFFFFFF
                world.now += 0.02
                if what == "lose":
                    out += started  # a gap within a stream; before its first packet nobody knows
                    continue
                world.send(a, a.plain(Slot.AUDIO, seq, rtp_ts, b"x"))
                if what == "packets":
                    expected.append(out)
                    out += 1
                    started = True
            if what == "shut":
                world.core.set_gate(b.peer, True, world.now)
                out = expected[-1] + 1 if expected else 0
                started = False
        heard = b.of(Slot.AUDIO)
        first = heard[0].sequence_number if heard else 0
        assert [p.sequence_number - first & 0xFFFF for p in heard] == [
            n - expected[0] for n in expected
        ]
        times = [p.timestamp for p in heard]
        assert all(0 < (q - p) & 0xFFFFFFFF < 2**31 for p, q in pairwise(times))

    def test_losses_right_before_a_gate_closes_are_forgotten(self) -> None:
        world, a, b = self.make_pair()
        world.sound(a, [0, 1, 5])
        world.core.set_gate(1, False, world.now)
        world.core.set_gate(1, True, world.now)
        world.sound(a, [9, 3])  # 3 is from before the gate closed
        heard = b.of(Slot.AUDIO)
        assert [p.sequence_number - heard[0].sequence_number for p in heard] == [0, 1, 5, 6]
        assert world.dropped() == {DropReason.BEFORE_START: 1}
