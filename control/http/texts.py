"""Names and texts that people write: refused in words where they hold what cannot be seen. PURE."""

from __future__ import annotations

import unicodedata

from pydantic_core import PydanticCustomError

LONGEST_GIVEN_NAME = 60
JOINERS = "\u200c\u200d"
"""Within words of Persian and of Indian scripts; every other character of format is refused."""
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode's categories of controls, format (among them what turns the direction of a line),
surrogates, private use, unassigned, and separators of lines."""


def plain_name(text: str) -> str:
    """Return the name with single spaces; one line, and something in it that can be read."""
    if any(_is_unseen(character) for character in text):
        raise PydanticCustomError("name", "this name holds a character that cannot be shown")
    if not any(character.isalnum() for character in text):
        raise PydanticCustomError("name", "write a name that can be read")
    return " ".join(text.split())


def plain_text(text: str) -> str:
    """Return the text with line feeds alone between its lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(_is_unseen(character) for character in text if character not in "\n\t"):
        raise PydanticCustomError("text", "this text holds a character that cannot be shown")
    return text


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in UNSEEN and character not in JOINERS
