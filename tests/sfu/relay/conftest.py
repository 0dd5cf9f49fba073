"""Failures of the contract that can be read; and hypothesis without its deadline."""

from __future__ import annotations

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("tests.sfu.relay.contract")

settings.register_profile("visavis", deadline=None)
settings.load_profile("visavis")
