"""Which packet core this process runs: a compiled one where there is one, or Python's.

Setting `SFU_NATIVE`: `require` | `auto` | `off`. There is no compiled core yet, so `auto` and
`off` mean Python, and `require` is an error rather than a quiet disappointment.

Of `relay` this alone and `seam` are imported from above: who starts a node chooses its core once,
and everything else knows a core by its operations.
"""

from __future__ import annotations

import random
from typing import Literal

from sfu.errors import ConfigError
from sfu.relay.core import PythonCore
from sfu.relay.seam import PacketCore


def packet_core_kind(setting: str = "auto") -> Literal["python", "native"]:
    """Return which core `make_packet_core` makes under this setting.

    Raises:
        ConfigError: The setting is unknown, or asks for what is not installed.
    """
    if setting == "require":
        raise ConfigError(
            "SFU_NATIVE=require, but this build has no compiled packet core; "
            "set SFU_NATIVE=auto to run the Python one"
        )
    if setting not in ("auto", "off"):
        raise ConfigError(f"SFU_NATIVE must be require, auto or off, not {setting!r}")
    return "python"


def make_packet_core(
    *, now: float, ntp_offset: float, random: random.Random, setting: str = "auto"
) -> PacketCore:
    """Make the packet core that this process shall use, without peers.

    Args:
        now: Monotonic time, in seconds, as in every other call.
        ntp_offset: UTC minus monotonic time, in seconds, for NTP timestamps.
        random: Source of first sequence numbers and the like; give it a system source in
            production and a seeded one in tests.
        setting: `SFU_NATIVE`.

    Raises:
        ConfigError: As `packet_core_kind`.
    """
    packet_core_kind(setting)
    return PythonCore(now=now, ntp_offset=ntp_offset, random=random)
