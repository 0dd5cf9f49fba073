"""The credentials of connectivity checks."""

from __future__ import annotations

import re

from sfu.base.credentials import IceCredentials


def test_credentials_are_long_enough_and_never_the_same() -> None:
    drawn = {IceCredentials.generate() for _ in range(100)}

    assert len({pair.ufrag for pair in drawn}) == len({pair.pwd for pair in drawn}) == 100
    for pair in drawn:  # RFC 8445, section 5.3: at least 24 and 128 bits
        assert re.fullmatch(r"[A-Za-z0-9+/]{5,256}", pair.ufrag)
        assert re.fullmatch(r"[A-Za-z0-9+/]{22,256}", pair.pwd)
