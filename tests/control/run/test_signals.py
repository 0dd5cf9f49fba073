"""What each signal asks for."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from control.run.signals import Signals

ALL = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)


@pytest.fixture
async def signals() -> AsyncIterator[Signals]:
    former = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run under `nohup`
    yield Signals()
    for number in ALL:
        asyncio.get_running_loop().remove_signal_handler(number)
    signal.signal(signal.SIGHUP, former)


async def send(number: int, expected: asyncio.Event) -> None:
    """Send ourselves a signal, and wait for what it sets: the loop reads it from a pipe."""
    os.kill(os.getpid(), number)
    async with asyncio.timeout(20):
        await expected.wait()


async def test_sigterm_stops_and_a_second_one_stops_at_once(signals: Signals) -> None:
    await send(signal.SIGTERM, signals.stop)
    assert not signals.at_once.is_set()
    await send(signal.SIGTERM, signals.at_once)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
async def test_ctrl_c_and_a_closed_terminal_stop_at_once(signals: Signals, number: int) -> None:
    await send(number, signals.at_once)
    assert signals.stop.is_set()
    assert not signals.leaves_node


async def test_sigusr1_stops_at_once_and_leaves_the_node(signals: Signals) -> None:
    await send(signal.SIGUSR1, signals.at_once)
    assert signals.leaves_node


async def test_what_nohup_ignores_stays_ignored() -> None:
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        signals = Signals()
        os.kill(os.getpid(), signal.SIGHUP)
        await send(signal.SIGTERM, signals.stop)  # comes after it
        assert not signals.at_once.is_set()
    finally:
        for number in ALL:
            asyncio.get_running_loop().remove_signal_handler(number)
        signal.signal(signal.SIGHUP, former)
