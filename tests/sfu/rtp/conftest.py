"""Hypothesis without its deadline: the machine that runs the tests may be busy."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("visavis", deadline=None)
settings.load_profile("visavis")
