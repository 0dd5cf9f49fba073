"""A call over a line that loses sound by chance, in virtual time, as it is shown to people."""

from __future__ import annotations

from random import Random

from sfu.messages import Level, LineQuality
from sfu.probe.baseline import Baseline, UpSums
from sfu.probe.hysteresis import LATE_S, Hysteresis
from sfu.probe.verdict import Measured, NodeHealth

SOUND_PER_S = 50
QUIET = NodeHealth()


def lost_of(random: Random, loss: float, count: int) -> int:
    return sum(random.random() < loss for _ in range(count))


class Call:
    """A call whose two directions lose packets by chance, looked at once a second.

    Args:
        seed: Of that chance.
        per_s: Packets a second each way; sound alone unless said otherwise.
    """

    def __init__(self, seed: int, per_s: int = SOUND_PER_S) -> None:
        self._per_s = per_s
        self._random = Random(seed)
        self._baseline = Baseline()
        self._other = Baseline()
        self._sums = [[0, 0], [0, 0]]
        self._hysteresis = Hysteresis()
        self.now = 0.0

    def second(
        self,
        up_loss: float,
        down_loss: float = 0.0,
        rtt_s: float = 0.04,
        share: float = 1.0,
        node: NodeHealth = QUIET,
    ) -> LineQuality:
        """Let a second pass, of which `share` is as said and the rest is clean."""
        self.now += 1
        for sums, loss in zip(self._sums, (up_loss, down_loss), strict=True):
            sums[0] += self._per_s
            sums[1] += lost_of(self._random, loss, round(share * self._per_s))
        (sent, lost), (far_sent, far_lost) = self._sums
        jitter = [0.5 + 0.001 * self._random.random() for _ in range(self._per_s)]
        self._baseline.take_up(UpSums(sent, lost, 0.001 * sent, sent), jitter, self.now)
        self._other.take_up(UpSums(far_sent, far_lost, 0.0, 0), [], self.now)
        self._baseline.take_rtts([rtt_s], self.now)
        return self._hysteresis.look(self._look(10.0, node), self._look(LATE_S, node), self.now)

    def _look(self, span_s: float, node: NodeHealth) -> Measured:
        return Measured(
            rtt_s=self._baseline.rtt_s(self.now, span_s),
            up=self._baseline.up(self.now, span_s),
            down=self._other.up(self.now, span_s),
            node=node,
        )


def alarms(loss: float, hours: float, seed: int) -> int:
    """Count how often a call was shown as less than good, from good."""
    call = Call(seed)
    count, was = 0, Level.GOOD
    for _ in range(int(3600 * hours)):
        shown = call.second(loss, loss).level
        count += shown not in (Level.GOOD, Level.UNKNOWN) and was is Level.GOOD
        was = shown
    return count
