"""How a sentence calls a therapist: the name with the article that its language asks for. Pure.

web/src/lib/titles.ts does the same for the pages; web/src/lib/called.json binds the two.
"""

from __future__ import annotations

from typing import Literal

Gender = Literal["f", "m"] | None
LEARNED = ("it", "fr", "es")

_TITLES: dict[str, tuple[Gender, tuple[str, ...]]] = {
    **dict.fromkeys(("dr", "doctor", "prof", "professor", "avv", "ing"), (None, LEARNED)),
    **dict.fromkeys(("dott", "dottor", "dottore"), ("m", LEARNED)),
    **dict.fromkeys(
        ("dottssa", "drssa", "dottoressa", "profssa", "professoressa", "dra", "doctora", "profa"),
        ("f", LEARNED),
    ),
    "dre": ("f", LEARNED),
    "pr": (None, ("fr",)),
    "pre": ("f", ("fr",)),
    **dict.fromkeys(("sig", "signor"), ("m", ("it",))),
    **dict.fromkeys(("sigra", "signora"), ("f", ("it",))),
    "sr": ("m", ("es",)),
    "sra": ("f", ("es",)),
    **dict.fromkeys(("mr", "m", "herr"), ("m", ())),
    **dict.fromkeys(("mrs", "ms", "mme", "mlle", "frau"), ("f", ())),
    **dict.fromkeys(("diplpsych", "med", "phil"), (None, ())),
}
"""By the title in lower case without dots: whose it is, and which languages put an article."""
_DOTTED = {"m", "pr", "pre", "med", "phil", "ing", "avv"}
"""So short that they are titles with their dot alone: somebody may be called so."""
_LEFT_OUT = str.maketrans("", "", ".-\N{NON-BREAKING HYPHEN}\N{FEMININE ORDINAL INDICATOR}º")


def first_name(name: str) -> str:
    """Return how a sentence calls a patient: "Alex M." → "Alex", but "Sig.ra Bianchi"."""
    words = name.split()
    return " ".join(words if _title(words) else words[:1])


_OF_A_WOMAN = {
    "it": {"dr": "Dr.ssa", "prof": "Prof.ssa"},
    "es": {"dr": "Dra.", "prof": "Profa."},
}
"""Titles whose ending agrees. None is translated: who is a *dottoressa* in Italy may not call
herself *Dr.* in Germany."""


def called_name(name: str, language: str, said: Gender = None) -> str:
    """Return a therapist's name for inside a sentence: "la Dott.ssa Rossi", "le Dr Rossi".

    Where neither a title nor the therapist tells the gender that the language asks for, no article
    is better than a wrong one.

    Args:
        said: What the therapist says of a title like "Dr.", which tells nothing itself.
    """
    words = name.split()
    plain = " ".join(words)
    found = _title(words)
    if found is None:
        return plain
    told, languages = found
    if language not in languages or len(words) == 1:
        return plain
    gender = told or said
    article = _article(language, gender, words[0])
    if told is None and gender == "f":
        bare = words[0].lower().translate(_LEFT_OUT)
        words[0] = _OF_A_WOMAN.get(language, {}).get(bare, words[0])
    return article + " ".join(words)


def _title(words: list[str]) -> tuple[Gender, tuple[str, ...]] | None:
    """Return what the first word tells, where it is a title."""
    word = words[0] if words else ""
    bare = word.lower().translate(_LEFT_OUT)
    if bare in _DOTTED and not word.endswith("."):
        return None
    return _TITLES.get(bare)


def _article(language: str, gender: Gender, title: str) -> str:
    if language == "it" and title[0].lower() in "aeiou":
        return "l\N{RIGHT SINGLE QUOTATION MARK}"
    if language == "fr":
        return "la " if gender == "f" else "le "
    if gender is None:
        return ""
    if gender == "f":
        return "la "
    return "il " if language == "it" else "el "
