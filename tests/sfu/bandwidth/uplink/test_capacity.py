"""What an uplink carries, from looks at what came and at how long sound waited."""

from __future__ import annotations

import pytest

from sfu.bandwidth.uplink.capacity import (
    LASTING_RUN,
    LONG_S,
    MORE,
    QUEUE_S,
    RUN,
    VALID_S,
    Capacity,
)
from sfu.bandwidth.uplink.estimator import LOOK_S
from sfu.bandwidth.uplink.spacing import spaced_bps
from sfu.bandwidth.uplink.window import HEADERS_BYTES, IntakeWindow
from sfu.relay.seam import Intake

PACKET_BYTES = 1000
SOUND_BYTES = 140


class Line:
    """Looks at a line: so much came, and all sound waited so long."""

    def __init__(self) -> None:
        self.capacity = Capacity()
        self.now = 0.0
        self._window = IntakeWindow()
        self._received = self._expected = 0.0

    def look(
        self,
        bps: float,
        waits_s: float = 0.0,
        count: int = 1,
        loss: float = 0.0,
        packet_bytes: int = PACKET_BYTES,
    ) -> int | None:
        for _ in range(count):
            self.now += LOOK_S
            packets = bps * LOOK_S / 8 / (packet_bytes + HEADERS_BYTES)
            self._received += packets
            self._expected += packets / (1 - loss)
            intake = Intake(
                round(self._received * packet_bytes),
                round(self._expected),
                round(self._received),
                7_000 + waits_s,
            )
            if self._window.take(intake, self.now):
                self.capacity.update(self._window, (), self.now)
        return self.capacity.bps(self.now)


@pytest.fixture
def line() -> Line:
    line = Line()
    assert line.look(2e6, count=40) is None
    return line


def test_what_comes_while_a_long_queue_stands_is_the_capacity(line: Line) -> None:
    assert line.look(4e5, 2 * LONG_S, RUN - 1) is None
    assert line.look(4e5, 2 * LONG_S) == pytest.approx(4e5, rel=0.03)
    assert line.capacity.full == pytest.approx((line.now - (RUN - 1) * LOOK_S, line.now))


def test_a_short_queue_is_believed_when_it_loses_or_lasts(line: Line) -> None:
    assert line.look(4e5, 2 * QUEUE_S, LASTING_RUN - 2) is None
    assert line.look(4e5, 2 * QUEUE_S, 2) == pytest.approx(4e5, rel=0.03)
    lossy = Line()
    lossy.look(2e6, count=40)
    assert lossy.look(4e5, 2 * QUEUE_S, RUN, loss=0.2) == pytest.approx(4e5, rel=0.03)


def test_a_short_queue_at_the_most_that_ever_came_is_believed_at_once(line: Line) -> None:
    assert line.look(1.9e6, 2 * QUEUE_S, RUN) == pytest.approx(1.9e6, rel=0.03)


def test_waits_that_jitter_explains_are_no_queue(line: Line) -> None:
    line.capacity.noise_s = QUEUE_S
    assert line.look(1.9e6, 2 * QUEUE_S, 100) is None


def test_sound_alone_says_nothing_where_no_queue_is_certain() -> None:
    line = Line()
    line.look(6e4, count=40, packet_bytes=SOUND_BYTES)
    assert line.look(6e4, 2 * QUEUE_S, 100, packet_bytes=SOUND_BYTES) is None
    assert line.look(6e4, 2 * LONG_S, 100, packet_bytes=SOUND_BYTES) is None, "a busy browser"
    lossy = line.look(5e4, 2 * LONG_S, 2 * RUN, loss=0.1, packet_bytes=SOUND_BYTES)
    assert lossy == pytest.approx(5e4, rel=0.15)


def test_a_few_pictures_among_the_sound_tell_of_a_narrow_line() -> None:
    line = Line()
    line.look(6e4, count=40)
    assert line.look(6e4, 2 * LONG_S, RUN) == pytest.approx(6e4, rel=0.15)


def test_more_that_arrives_or_a_long_time_without_a_queue_makes_it_unknown(line: Line) -> None:
    line.look(4e5, 2 * LONG_S, RUN)
    assert line.look(4e5, 0.0, 40) == pytest.approx(4e5, rel=0.03)
    assert line.look(1.1 * MORE * 4e5, 0.0, 2 * RUN) is None
    line.look(4e5, 2 * LONG_S, 2 * RUN)
    assert line.look(3e5, 0.0, int(VALID_S / LOOK_S) - 1) is not None
    assert line.look(3e5, 0.0, 2) is None


def test_a_line_that_narrows_further_is_followed(line: Line) -> None:
    line.look(8e5, 2 * LONG_S, 2 * RUN)
    line.look(8e5, 0.0, 20)
    assert line.look(3e5, 2 * LONG_S, 2 * RUN) == pytest.approx(3e5, rel=0.05)


# how packets are spaced


def trains(*rates: float, span_s: float = 0.03) -> list[tuple[float, float, int]]:
    return [(n, span_s, round(rate * span_s / 8)) for n, rate in enumerate(rates)]


def test_times_between_packets_that_agree_are_the_capacity() -> None:
    assert spaced_bps(trains(3e5, 3.1e5, 2.9e5, 3e5, 9e4), 2.5e5) == pytest.approx(3e5, rel=0.02)


@pytest.mark.parametrize(
    ("found", "used_bps", "why"),
    [
        (trains(3e5, 3e5, 3e5), 2.5e5, "too few"),
        (trains(3e5, 3e5, 3e5, 3e5, span_s=0.01), 2.5e5, "too little time"),
        (trains(3e5, 6e5, 2e5, 4e5, 9e4), 2.5e5, "jitter"),
        (trains(3e5, 3e5, 3e5, 3e5), 1e5, "not used"),
    ],
)
def test_others_tell_nothing(
    found: list[tuple[float, float, int]], used_bps: float, why: str
) -> None:
    assert spaced_bps(found, used_bps) is None, why
