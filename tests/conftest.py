"""What all tests have: the marker `idle`, pytest's own means to test it, and no deadlines."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("visavis", deadline=None)  # of hypothesis' examples
settings.load_profile("visavis")

pytest_plugins = ["pytester", "tests.support.idle"]

LONGEST = (
    "tests/control/run/test_serve.py",
    "tests/sfu/bandwidth/downlink/test_filling.py",
    "tests/control/data/test_migrations.py",
    "tests/sfu/bandwidth/downlink/test_changes.py",
    "tests/integration/test_process.py",
    "tests/control/test_interruptions.py",
    "tests/sfu/bandwidth/downlink/test_noise.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest modules: several processes then come to their end together."""
    places = {path: place for place, path in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(LONGEST)))
