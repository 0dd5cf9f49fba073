"""How much less to send while a standing queue drains, on either line."""

from __future__ import annotations

DRAIN_TIME_S = 0.7
"""How soon a queue shall be gone."""
LEAST_DRAIN = 0.8
"""Share of its capacity that a line is left at most while its queue drains."""
MOST_DRAIN = 0.5
"""And at least: a picture that stops altogether says nothing of the line."""


def drain_share(standing_s: float) -> float:
    """Return the share of the capacity to send while a queue of this delay drains."""
    return min(max(1 - standing_s / DRAIN_TIME_S, MOST_DRAIN), LEAST_DRAIN)
