"""A link as a QR code, for a telephone that is held to the screen. PURE."""

from __future__ import annotations

from itertools import groupby

import segno

from control.invitations.messages import QrCode

CORRECTION = "m"  # 15 % of it may be unreadable: ISO/IEC 18004, enough for a clean screen


def qr_code(text: str) -> QrCode:
    """Return the modules as the path of an SVG, one unit a module, without the quiet zone."""
    rows = [bytes(row) for row in segno.make_qr(text, error=CORRECTION, boost_error=False).matrix]
    path = "".join(_runs(y, row) for y, row in enumerate(rows))
    return QrCode(size=len(rows), path=path)


def _runs(y: int, row: bytes) -> str:
    """Return the dark runs of one row, each a rectangle."""
    path, x = "", 0
    for dark, group in groupby(row):
        width = len(list(group))
        if dark:
            path += f"M{x} {y}h{width}v1h-{width}z"
        x += width
    return path
