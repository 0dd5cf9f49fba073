"""Bytes as trouble makes them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

Edit = tuple[str, int, int]
"""What is done, where (of 65,536 parts of the whole), and with which number."""

edits = st.lists(
    st.tuples(
        st.sampled_from(("set", "set", "cut", "double", "end")),
        st.integers(0, 0xFFFF),
        st.sampled_from((0, 1, 0x7F, 0x80, 0xFF)) | st.integers(0, 255),
    ),
    max_size=4,
)


def damage(original: bytes, changes: Sequence[Edit]) -> bytes:
    """Change a few bytes, cut some out, double some, or cut the rest off."""
    data = bytearray(original)
    for what, part, number in changes:
        at = part * len(data) >> 16
        if what == "set" and data:
            data[at] = number
        elif what == "cut":
            del data[at : at + 1 + number % 20]
        elif what == "double":
            data[at:at] = data[at : at + 1 + number % 40]
        elif what == "end":
            del data[at:]
    return bytes(data)


def damaged(originals: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Draw real input with something done to it, or any bytes."""
    real = st.builds(damage, st.sampled_from(originals), edits)
    return real | real | real | real | st.binary(max_size=300)
