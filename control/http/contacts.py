"""E-mail addresses and phone numbers as they are stored: normalised, or refused in words. PURE."""

from __future__ import annotations

import email_validator
import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult
from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError

PRIVATE_DOMAINS = ("local", "test")
"""Names that work inside one network alone: a practice may have its own mail server."""
email_validator.SPECIAL_USE_DOMAIN_NAMES[:] = [
    name for name in email_validator.SPECIAL_USE_DOMAIN_NAMES if name not in PRIVATE_DOMAINS
]  # the library's way to allow some

REGION = "region"
"""Key of a validation's context: the country of numbers that are written without one."""
DEFAULT_REGION = "IT"
MISREAD = {
    NumberParseException.INVALID_COUNTRY_CODE: "the country code after + does not exist",
    NumberParseException.TOO_SHORT_AFTER_IDD: "this phone number is too short",
    NumberParseException.TOO_SHORT_NSN: "this phone number is too short",
    NumberParseException.TOO_LONG: "this phone number is too long",
}
IMPOSSIBLE = {
    ValidationResult.TOO_SHORT: "this phone number is too short",
    ValidationResult.TOO_LONG: "this phone number is too long",
    ValidationResult.INVALID_COUNTRY_CODE: "the country code after + does not exist",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "write the phone number with its area code",
}


def normalised_email(text: str) -> str:
    """Return the address with its domain in lower case; no network is asked about it."""
    try:
        return validate_email(text, check_deliverability=False, strict=True).normalized
    except EmailNotValidError as error:
        raise PydanticCustomError("email", "{reason}", {"reason": str(error)}) from None


def normalised_phone(text: str, info: ValidationInfo) -> str:
    """Return the number as E.164, `+` with country code and digits.

    Only its length is judged: new ranges of numbers appear faster than lists of them.
    """
    region = (info.context or {}).get(REGION, DEFAULT_REGION)
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        raise _wrong_phone(MISREAD.get(error.error_type)) from None
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != ValidationResult.IS_POSSIBLE:
        raise _wrong_phone(IMPOSSIBLE.get(reason))
    if number.extension:
        raise _wrong_phone("write the number without an extension")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _wrong_phone(reason: str | None) -> PydanticCustomError:
    reason = reason or "this is not a phone number"
    return PydanticCustomError("phone", "{reason}", {"reason": reason})
