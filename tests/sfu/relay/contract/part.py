"""What every part of the contract starts from: a world around a new core."""

from __future__ import annotations

from typing import ClassVar

from tests.sfu.relay import far_end
from tests.sfu.relay.far_end import GCM, FarEnd, MakeCore, World


class Part:
    """Tests of one subject; whoever inherits says what makes the core to judge."""

    make_core: ClassVar[MakeCore]

    def make_world(self, seed: int = 1) -> World:
        return World(self.make_core, seed)

    def make_pair(
        self,
        profile: str = GCM,
        *,
        gate: bool = True,
        rtx: bool = True,
        audio_nack: bool = False,
    ) -> tuple[World, FarEnd, FarEnd]:
        """Make two routed peers whose payload types and extension ids differ."""
        return far_end.make_pair(self.make_core, profile, gate=gate, rtx=rtx, audio_nack=audio_nack)
