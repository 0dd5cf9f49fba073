"""What the signals of an operator ask of us."""

from __future__ import annotations

import asyncio
import signal


class Signals:
    """SIGTERM: stop. SIGINT (Ctrl+C), SIGHUP (its terminal is gone), or any second one: at once.

    SIGUSR1: stop at once, and leave the media node to a successor.
    """

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.at_once = asyncio.Event()
        self.leaves_node = False
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._terminate)
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        loop.add_signal_handler(signal.SIGUSR1, self._hand_over)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # `nohup` would ignore it
            loop.add_signal_handler(signal.SIGHUP, self._interrupt)

    def _terminate(self) -> None:
        if self.stop.is_set():
            self.at_once.set()
        self.stop.set()

    def _interrupt(self) -> None:
        self.stop.set()
        self.at_once.set()

    def _hand_over(self) -> None:
        self.leaves_node = True
        self._interrupt()
