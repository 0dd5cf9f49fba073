"""What ends a synthetic visit before its time."""

from __future__ import annotations


class Trouble(Exception):
    """Something does not work; the text says what, for whoever runs the installation."""


class NotOffered(Exception):
    """The installation has no such path; the text says which setting would make it."""


class WrongAccount(Exception):
    """The account is no canary's, or cannot be logged in to: a setting is wrong, nothing failed."""
