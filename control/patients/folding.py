"""Text as a search compares it: no case, accents or punctuation. PURE.

This is the only such rule: pages ask control and compare nothing themselves.
"""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode neither decomposes (NFKD) nor names after the letter they are typed as.
OTHER_LETTERS = {"ð": "d", "þ": "th", "ŋ": "n", "ə": "e", "ĸ": "k", "œ": "oe", "ı": "i", "ȷ": "j"}
# "LATIN SMALL LETTER L WITH STROKE" is typed as "l", "LATIN SMALL LETTER AE" as "ae".
LATIN = re.compile(r"LATIN SMALL LETTER ([A-Z]{1,2})(?: WITH .*)?")
# Letters to Unicode, apostrophes to everybody else: "Марʼяна", "Kaʻiulani".
MODIFIERS = range(0x02B0, 0x0300)


def fold(text: str) -> str:
    """Return the letters and digits of `text` without case and accents, words split by one blank.

    "O'Brien-Łukasz" becomes "obrienlukasz". Folding what is folded changes nothing.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).casefold()
        text = unicodedata.normalize("NFKD", text)
    return " ".join(text.lower().translate(_CHARACTERS).split())


def digits(text: str) -> str:
    """Return the digits of a telephone number."""
    return "".join(character for character in fold(text) if character.isdecimal())


def _fold_character(character: str) -> str:
    if character in OTHER_LETTERS:
        return OTHER_LETTERS[character]
    if character.isspace():
        return " "
    if not character.isalnum() or ord(character) in MODIFIERS:
        return ""  # accents that NFKD split off, apostrophes, hyphens, stops
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    latin = LATIN.fullmatch(unicodedata.name(character, ""))
    return latin[1].lower() if latin else character


class _Characters(dict[int, str]):
    """A table for `str.translate`; rare characters are worked out each time and not kept."""

    def __missing__(self, code: int) -> str:
        return _fold_character(chr(code))


_CHARACTERS = _Characters({code: _fold_character(chr(code)) for code in range(0x0590)})
