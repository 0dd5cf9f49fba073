"""Checks of a connection: what is measured of a line, and what that means for a person."""
