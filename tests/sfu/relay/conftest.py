"""Failures of the contract that can be read."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.sfu.relay.contract")
