from __future__ import annotations

import pytest

from sfu.transport.demux import DatagramKind, demux


@pytest.mark.parametrize(
    ("first", "last", "kind"),
    [
        (0, 3, DatagramKind.STUN),
        (4, 19, DatagramKind.UNKNOWN),  # 16 to 19 are ZRTP
        (20, 63, DatagramKind.DTLS),
        (64, 127, DatagramKind.UNKNOWN),  # 64 to 79 are TURN channels
        (128, 191, DatagramKind.MEDIA),
        (192, 255, DatagramKind.UNKNOWN),
    ],
)
def test_demux_follows_the_table_of_rfc_7983(first: int, last: int, kind: DatagramKind) -> None:
    assert {demux(bytes([byte, 0])) for byte in range(first, last + 1)} == {kind}


def test_demux_of_nothing_is_unknown() -> None:
    assert demux(b"") is DatagramKind.UNKNOWN
