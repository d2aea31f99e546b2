"""Rules of the public form on plain values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

# Nobody reads and fills in the form in less; robots do.
SHORTEST_FILL = timedelta(seconds=2)
# A form that stood open over a long weekend is still good.
KEY_LIFE = timedelta(days=7)
FARTHEST_WISH = timedelta(days=366)
EMAIL_MAX = 254
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")


@dataclass(frozen=True)
class FormKey:
    """What makes the same form, sent twice, one request; and when the form was handed out."""

    nonce: str
    issued_at: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Whether the form may still be sent."""
        return now - self.issued_at <= KEY_LIFE

    def was_filled_too_fast(self, now: datetime) -> bool:
        """Whether no person could have filled in the form."""
        return now - self.issued_at < SHORTEST_FILL


@dataclass(frozen=True)
class HeldFile:
    """A file that arrived with a form which had to be shown again."""

    file_id: int
    name: str
    size_bytes: int
    content_type: str


@dataclass(frozen=True)
class WeekHours:
    """Working days in a row with the same hours: Monday is 0; hours as (from, to) in minutes."""

    first_day: int
    last_day: int
    hours: tuple[tuple[int, int], ...]


def _is_kept(letter: str) -> bool:
    # Control characters, marks that turn the direction of writing, and halves of characters are no text.
    # The joiners stay: some scripts and emoji are written with them.
    return letter in "\n\t\u200c\u200d" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")


def clean_text(text: str) -> str:
    """Return a text of several lines in one form of writing, without control characters."""
    unified = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(letter for letter in unified if _is_kept(letter))
    return "\n".join(line.rstrip() for line in kept.split("\n")).strip("\n ")


def clean_line(text: str) -> str:
    """Return a text of one line, with single spaces."""
    return " ".join(clean_text(text).split())


def normalise_email(text: str) -> str | None:
    """Return the address as mail servers write it, or None where it cannot be one."""
    local, at, domain = text.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = ascii_domain.split(".")
    if not at or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    if not _LOCAL_PART.fullmatch(local) or len(local) > 64 or labels[-1].isdigit():
        return None
    address = f"{local}@{ascii_domain}"
    return address if len(address) <= EMAIL_MAX else None


def is_wish_possible(wished: date, today: date) -> bool:
    """Whether the office can take the wished day seriously: not past, not a slip of the year."""
    return today <= wished <= today + FARTHEST_WISH


def group_week(week: Sequence[Sequence[tuple[int, int]]]) -> list[WeekHours]:
    """Return the working days of a week, Monday first, with days of the same hours together."""
    groups = []
    for hours, days in groupby(range(len(week)), key=lambda day: tuple(week[day])):
        listed = list(days)
        if hours:
            groups.append(WeekHours(listed[0], listed[-1], hours))
    return groups
