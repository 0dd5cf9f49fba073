"""What finds what."""

from __future__ import annotations

import sys

import pytest

from control.patients.folding import digits, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("O'Brien-Łukasz", "obrienlukasz"),
        ("O’Brien", "obrien"),
        ("Мар'яна", fold("Марʼяна")),
        ("  Zoë \t van  der Berg ", "zoe van der berg"),
        ("Søren Æbelø", "soren aebelo"),
        ("Đorđe Žižek", "dorde zizek"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("İpek Işık ılgaz", "ipek isik ilgaz"),
        ("Nguyễn Văn Đức", "nguyen van duc"),
        ("Œuvre Þór Eiður Ŋala", "oeuvre thor eidur nala"),
        ("Ɓala Ƙaura ŧ ħ", "bala kaura t h"),
        ("Σίσυφος", fold("ΣΊΣΥΦΟΣ")),
        ("Ёлкин", "елкин"),
        ("Zoe\u0308", "zoe"),
        ("a.b@example.org", "abexampleorg"),
        ("ﬁn ２", "fin 2"),
        ("— ' -", ""),
    ],
)
def test_folding_keeps_letters_and_digits_alone(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_folding_again_changes_nothing_and_case_never_matters() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        folded = fold(character)
        assert fold(folded) == folded == fold(character.upper()), hex(code)


def test_digits_of_a_telephone_number() -> None:
    assert digits("+39 (333) 123-45.67") == "393331234567"
