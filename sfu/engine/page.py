"""What the page of one peer says of itself; its word, which proves nothing."""

from __future__ import annotations

from sfu.base.address import Address
from sfu.messages import PageReport, PageWord, Path, read_page_report

EVERY_S = 0.9
"""A page reports every few seconds; what comes sooner than this after another is not even read."""
FORGOTTEN_AFTER_S = 15.0
"""What a page said so long ago is no word on how it is now."""
MAX_RELAYS = 16
"""Of all reports of one page: as many addresses as ICE remembers."""


class Page:
    """The reports of one page, the last one and what all of them told of its ways."""

    __slots__ = ("_heard_at", "_relays", "_said_at", "_word", "tried")

    def __init__(self) -> None:
        self._heard_at: float | None = None
        self._said_at = 0.0
        self._word: PageWord | None = None
        self._relays: set[tuple[str, int]] = set()
        self.tried: set[Path] = set()
        """Ways on which its browser has sent checks."""

    def hear(self, text: str, now: float) -> None:
        """Take one message, unless it comes too soon or is no report."""
        if self._heard_at is not None and now < self._heard_at + EVERY_S:
            return
        self._heard_at = now
        report = read_page_report(text)
        if report is not None:
            self._take(report, now)

    def _take(self, report: PageReport, now: float) -> None:
        self._word, self._said_at = report.word, now
        self.tried.update(report.tried)
        for relay in report.relays:
            if len(self._relays) < MAX_RELAYS:
                self._relays.add((str(relay.host), relay.port))

    def word(self, now: float) -> PageWord | None:
        """Return what it said last, if that was lately."""
        return self._word if now < self._said_at + FORGOTTEN_AFTER_S else None

    def is_relay(self, addr: Address, *, in_use: bool) -> bool:
        """Tell whether packets from there come by a TURN server, as the page says.

        Args:
            in_use: The page's packets come from there now.
        """
        if (addr[0], addr[1]) in self._relays:
            return True
        return in_use and self._word is not None and bool(self._word.relayed)
