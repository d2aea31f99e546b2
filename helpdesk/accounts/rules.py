"""Rules of sign-in: how fast one may guess, what a password must be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

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
