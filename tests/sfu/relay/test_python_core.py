"""The packet core in Python, held to what any packet core must do."""

from __future__ import annotations

from sfu.relay.core import PythonCore
from tests.sfu.relay.contract import PacketCoreContract


class TestPythonCore(PacketCoreContract):
    make_core = PythonCore
