"""What a mailed letter holds."""

from __future__ import annotations

import re
from email.message import EmailMessage


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text.replace("\r\n", "\n")


def token_in(letter: EmailMessage, page: str) -> str:
    """Return the token of the letter's link to this page, which stands on a line of its own."""
    text = text_of(letter)
    found = re.search(rf"^https://visavis\.test/{page}#(\S{{43}})$", text, re.MULTILINE)
    assert found is not None, text
    return found[1]
