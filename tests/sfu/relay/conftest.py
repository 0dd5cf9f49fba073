"""The packet cores to judge; and hypothesis without its deadline, as the machine may be busy."""

from __future__ import annotations

import pytest
from hypothesis import settings

from sfu.relay.core import PacketCore
from tests.sfu.relay.far_end import World

CORES: dict[str, type[PacketCore]] = {"python": PacketCore}
"""Every implementation; another one is one more line. All tests of the modules that use
`each_core` are what it must pass: they see a core by its operations and its bytes alone."""

settings.register_profile("visavis", deadline=None)
settings.load_profile("visavis")


@pytest.fixture(params=sorted(CORES))
def each_core(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the test once on each implementation of the packet core."""
    monkeypatch.setattr(World, "make_core", CORES[request.param])
