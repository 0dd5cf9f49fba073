"""Refuse offers that aiortc's parser would chew on for long.

It compares every codec of an m-line with every line of feedback, every SSRC with those before it,
and hands the session's fingerprints to each m-line. Within 64 KiB of an authenticated page,
feedback for all of 1,700 codecs took it 15 s, in which the node served nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from sfu.errors import SdpError

MAX_LINES = 1000
"""Chromium's offer has 300, and more where the machine has more codecs."""
MAX_SECTIONS = 8
"""M-lines; ours have four."""
MAX_WILDCARDS = 16
"""Lines of feedback for all codecs of an m-line (`a=rtcp-fb:*`); browsers write none."""


def check_bounds(text: str) -> None:
    """Check what can be counted without parsing.

    Raises:
        SdpError: There is too much of something, or a payload type is missing or mapped twice.
    """
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise SdpError(f"The offer has more than {MAX_LINES} lines.")
    if sum(line.startswith("m=") for line in lines) > MAX_SECTIONS:
        raise SdpError(f"The offer has more than {MAX_SECTIONS} m-lines.")
    if sum(line.startswith("a=rtcp-fb:*") for line in lines) > MAX_WILDCARDS:
        raise SdpError(f"The offer has more than {MAX_WILDCARDS} lines a=rtcp-fb:*.")
    for section in _sections(lines):
        mapped = [_mapped(line) for line in section if line.startswith("a=rtpmap:")]
        if len(set(mapped)) < len(mapped):
            raise SdpError("An m-line maps the same payload type twice; each needs its own.")


def _mapped(line: str) -> int:
    try:
        return int(line[len("a=rtpmap:") :].partition(" ")[0])  # as the parser does: 096 is 96
    except ValueError as error:
        raise SdpError("An a=rtpmap has no payload type.") from error


def _sections(lines: list[str]) -> Iterator[list[str]]:
    """Cut at the m-lines; the session's own lines come first."""
    section: list[str] = []
    for line in lines:
        if line.startswith("m="):
            yield section
            section = []
        section.append(line)
    yield section
