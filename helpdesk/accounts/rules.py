"""Rules of accounts: how fast one may guess, what a password must be, when two appointments clash."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

PASSWORD_MINIMUM = 12
PASSWORD_MAXIMUM = 256
FREE_TRIES = 5
ADDRESS_TRIES = 50
WINDOW = timedelta(minutes=15)


@dataclass(frozen=True)
class Failures:
    """The failed tries of the last window: by user name, by address, and when the last was."""

    by_username: int
    by_address: int
    last_at: datetime | None


def wait_seconds(failures: Failures, now: datetime) -> int:
    """Return for how many seconds the next try is refused; 0 when it may go ahead.

    After five failures the wait doubles from 30 s up to the whole window, so an attacker gets a handful of
    guesses an hour while a person who mistyped waits half a minute.
    """
    excess = max(failures.by_username - FREE_TRIES + 1, 0)
    if failures.by_address >= ADDRESS_TRIES:
        excess = max(excess, 6)
    if excess == 0 or failures.last_at is None:
        return 0
    wait = min(timedelta(seconds=30 * 2 ** min(excess - 1, 10)), WINDOW)
    return max(0, int((failures.last_at + wait - now).total_seconds()))


def password_problem(password: str, *, username: str = "", name: str = "") -> str | None:
    """Return the English msgid of what is wrong with a new password, or None."""
    if len(password) < PASSWORD_MINIMUM:
        return "Use at least 12 characters; a short sentence is easy to remember."
    if len(password) > PASSWORD_MAXIMUM:
        return "Use at most 256 characters."
    lowered = password.casefold()
    parts = [part for part in (username, *name.split()) if len(part) >= 4]
    if any(part.casefold() in lowered for part in parts) and len(password) < 20:
        return "Do not use your own name in the password."
    if len(set(password)) < 5:
        return "Use more different characters."
    return None


USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


def is_username(text: str) -> bool:
    """Whether the text can be a user name: 2 to 64 small letters, digits, dots, dashes, underscores."""
    return USERNAME.fullmatch(text) is not None


def do_overlap(first: tuple[date, date | None], second: tuple[date, date | None]) -> bool:
    """Whether two spans of days, both dates inclusive and the last one open or not, share a day."""
    return first[0] <= (second[1] or date.max) and second[0] <= (first[1] or date.max)


# The telling name first: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(user_agent: str) -> str:
    """Return a browser and its system in two words, or an empty text where neither is known."""
    found = (
        next((name for mark, name in table if mark in user_agent), "") for table in (_BROWSERS, _SYSTEMS)
    )
    return " · ".join(name for name in found if name)
