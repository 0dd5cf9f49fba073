"""Which packet core is picked."""

from __future__ import annotations

import random

import pytest

from sfu.errors import ConfigError
from sfu.relay.core import PythonCore
from sfu.relay.native import make_packet_core, packet_core_kind


@pytest.mark.parametrize("setting", ["auto", "off"])
def test_python_is_picked_where_nothing_else_is_installed(setting: str) -> None:
    assert packet_core_kind(setting) == "python"
    core = make_packet_core(now=0.0, ntp_offset=0.0, random=random.Random(1), setting=setting)
    assert isinstance(core, PythonCore)


def test_a_compiled_core_that_is_required_and_missing_is_an_error_in_words() -> None:
    with pytest.raises(ConfigError, match="SFU_NATIVE=auto"):
        packet_core_kind("require")


def test_an_unknown_setting_is_an_error() -> None:
    with pytest.raises(ConfigError, match="yes"):
        packet_core_kind("yes")
