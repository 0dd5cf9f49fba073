"""The whole media plane in virtual time: two browsers, one engine, and everything between."""

from __future__ import annotations

import pytest

from tests.support.plane import World


@pytest.fixture
def world() -> World:
    return World()
