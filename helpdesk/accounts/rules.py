"""Rules of accounts: how fast one may guess, what a password must be, when appointments clash, who acts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

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


class ActingKind(StrEnum):
    """Why somebody stands in an office: its holder is away for a time, or it has none."""

    PLH = "plh"  # pelaksana harian
    PLT = "plt"  # pelaksana tugas

    @property
    def form(self) -> str:
        """As it stands before the name of the office on papers."""
        return {"plh": "Plh.", "plt": "Plt."}[self.value]


@dataclass(frozen=True)
class Scope:
    """What an acting officer may do in the office: everything, or only these procedures and steps.

    A step is written NUMBER#step-id. Nothing chosen means no limit.
    """

    procedures: frozenset[str] = frozenset()
    steps: frozenset[str] = frozenset()
    includes_secret: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return not self.procedures and not self.steps and self.includes_secret

    def covers(self, procedure: str, step_id: str, *, is_secret: bool) -> bool:
        """Whether the acting officer may do the step of the procedure."""
        if is_secret and not self.includes_secret:
            return False
        if not self.procedures and not self.steps:
            return True
        return procedure in self.procedures or f"{procedure}#{step_id}" in self.steps

    def meets(self, other: Scope) -> bool:
        """Whether there is a step that both cover: then two people would hold one office."""
        mine, theirs = self.procedures | self.steps, other.procedures | other.steps
        if not mine or not theirs or mine & theirs:
            return True
        return any(step.partition("#")[0] in other.procedures for step in self.steps) or any(
            step.partition("#")[0] in self.procedures for step in other.steps
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the scope as it is kept."""
        return {
            "procedures": sorted(self.procedures),
            "steps": sorted(self.steps),
            "includes_secret": self.includes_secret,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Scope:
        """Return the scope that was kept."""
        return cls(
            frozenset(kept.get("procedures", ())),
            frozenset(kept.get("steps", ())),
            bool(kept.get("includes_secret", True)),
        )


WHOLE = Scope()


@dataclass(frozen=True)
class OfficeHeld:
    """An office in somebody's hands: their own, or as acting officer by a decree.

    `acting` is "" in one's own office, "Plh." or "Plt." otherwise; `for_person_id` is whose place it is.
    """

    role: str
    acting: str = ""
    decree_number: str = ""
    decree_date: date | None = None
    for_person_id: int | None = None
    for_person: str = ""
    appointment_id: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    scope: Scope = WHOLE

    @property
    def is_acting(self) -> bool:
        """Whether the office is somebody else's."""
        return bool(self.acting)

    def to_dict(self) -> dict[str, Any] | None:
        """Return how the office was held, as an act keeps it; None for one's own office."""
        if not self.acting:
            return None
        return {
            "kind": self.acting,
            "decree_number": self.decree_number,
            "decree_date": self.decree_date.isoformat() if self.decree_date else None,
            "for_office": self.role,
            "for_person": self.for_person,
            "appointment_id": self.appointment_id,
        }


def digest_of(values: Mapping[str, Any]) -> str:
    """Return what a form of these values is known by: whoever sends it says what they saw."""
    text = "\x1f".join(f"{name}={values[name] or ''}" for name in sorted(values))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def moments_of(starts_on: date, ends_on: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the moment the first day begins and the moment the last day is over."""
    return (
        datetime.combine(starts_on, time.min, zone),
        datetime.combine(ends_on + timedelta(days=1), time.min, zone),
    )


def lacking(wanted: Collection[str], held: Collection[str]) -> tuple[str, ...]:
    """Return the qualifications that are wanted and not held, in the order of the SOP."""
    return tuple(code for code in wanted if code not in held)


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
