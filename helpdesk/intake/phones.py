"""Telephone numbers as Indonesian offices write them."""

from __future__ import annotations

import re

import phonenumbers

REGION = "ID"
# As long as a ticket keeps one; only an extension nobody dials is longer.
PHONE_MAX = 40
# "Pesawat" is the extension behind an office's switchboard.
_EXTENSION_WORD = re.compile(r"\b(?:pesawat|pes|psw|ext?)\b\.?", re.IGNORECASE)


def normalise_phone(text: str) -> str | None:
    """Return the number in its international form, or None where it cannot be one."""
    try:
        number = phonenumbers.parse(_EXTENSION_WORD.sub(" ext. ", text), REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return written if len(written) <= PHONE_MAX else None
