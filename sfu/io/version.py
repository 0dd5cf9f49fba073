"""Which Visavis this node is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def installed_version() -> str:
    """Return the version that is installed; "unknown" when run from a folder without that."""
    try:
        return version("visavis")
    except PackageNotFoundError:
        return "unknown"
