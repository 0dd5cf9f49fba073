"""The data channels of all peers: the engine's outputs to aiortc's associations, and back."""

from __future__ import annotations

import json
from typing import Any, Protocol

from sfu.engine.engine import Engine
from sfu.engine.outputs import (
    ChannelData,
    ChannelOutput,
    ChannelsStarted,
    HeartbeatAsked,
    PeerGone,
    PingEcho,
    StateMessage,
)
from sfu.engine.recipient import hear_page
from sfu.io.datachannel import Channel, DataChannels


class Step(Protocol):
    """The worker's one step: blames `culprit` when `mutate(*args, now)` raises, then drains."""

    def __call__(self, culprit: str, mutate: Any, /, *args: Any) -> None: ...


class ChannelSet:
    """One association per connected peer. Whatever they do comes back through `step`."""

    def __init__(self, engine: Engine, step: Step) -> None:
        self._engine = engine
        self._step = step
        self._by_peer: dict[str, DataChannels] = {}

    def follow(self, output: ChannelOutput) -> None:
        """Do what the engine says; what raises closes that peer alone."""
        self._step(output.peer, self._do, output)

    def stop(self) -> None:
        """End every association and its timers; their pages notice by DTLS."""
        for channels in self._by_peer.values():
            channels.stop()
        self._by_peer.clear()

    def _do(self, output: ChannelOutput, now: float) -> None:
        del now  # aiortc's associations read the loop's own clock
        if isinstance(output, ChannelsStarted):
            self._start(output)
            return
        if isinstance(output, PeerGone):
            if (gone := self._by_peer.pop(output.peer, None)) is not None:
                gone.stop()
            return
        channels = self._by_peer.get(output.peer)
        if channels is None:
            return
        match output:
            case ChannelData(_, data):
                channels.receive(data)
            case HeartbeatAsked():
                channels.ask()
            case PingEcho(_, data):
                channels.send(Channel.PING, data)
            case StateMessage(_, message):
                channels.send(Channel.STATE, json.dumps(message, separators=(",", ":")))

    def _start(self, started: ChannelsStarted) -> None:
        peer, step, engine = started.peer, self._step, self._engine

        def on_message(channel: Channel, message: str | bytes) -> None:
            if channel is Channel.PING:
                step(peer, engine.receive_ping, peer, message)
            else:
                step(peer, hear_page, engine.peers, peer, message)

        channels = self._by_peer[peer] = DataChannels(
            send_packet=lambda packet: step(peer, engine.send_data, peer, packet),
            on_open=lambda: step(peer, engine.channels_opened, peer),
            on_message=on_message,
        )
        channels.start(started.remote_port, started.max_message_bytes)
