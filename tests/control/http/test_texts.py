"""Names and texts that people write."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from control.http.wire import GivenName, Remark

NAME: TypeAdapter[str] = TypeAdapter(GivenName)
REMARK: TypeAdapter[str] = TypeAdapter(Remark)


@pytest.mark.parametrize(
    "name",
    [
        *("", "  ", "...", "x" * 61, "An\u0000na", "Anna\u202eanna", "Anna\nRossi"),
        *("\u200d", "A\u2028b", "A\ue000"),
    ],
)
def test_name_that_cannot_be_shown_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        NAME.validate_python(name)


@pytest.mark.parametrize("name", ["O’Neill", "Zoë", "Ana Maria", "علی‌رضا", "Ngũgĩ 2", "张伟"])
def test_names_of_all_kinds_are_taken_and_trimmed(name: str) -> None:
    assert NAME.validate_python(f"  {name} ") == name


def test_text_has_line_feeds_alone_between_its_lines() -> None:
    assert REMARK.validate_python(" one\r\ntwo\rthree\t. ") == "one\ntwo\nthree\t."


@pytest.mark.parametrize("text", ["a\u0007", "a\u202eb", "x" * 2001])
def test_text_with_what_cannot_be_seen_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        REMARK.validate_python(text)
