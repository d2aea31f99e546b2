"""Rules of the second factor: which code counts, what a recovery code looks like. Plain Python."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

STEP_SECONDS = 30
DIGITS = 6
# One step before and after: a phone's clock may be half a minute off.
WINDOW_STEPS = 1
RECOVERY_COUNT = 10
RECOVERY_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
RECOVERY_LENGTH = 16  # 80 bits
CODE = re.compile(r"\d{6}")


def step_of(moment: datetime) -> int:
    """Return the number of the time step of a moment."""
    return int(moment.timestamp()) // STEP_SECONDS


def steps_to_try(moment: datetime, *, last_step: int) -> list[int]:
    """Return the time steps whose code still counts: none that was used already, and none before it."""
    now = step_of(moment)
    return [step for step in range(now - WINDOW_STEPS, now + WINDOW_STEPS + 1) if step > last_step]


def typed_code(text: str) -> str:
    """Return what was typed without blanks and dashes, in small letters."""
    return re.sub(r"[\s-]+", "", text).lower()


def is_time_code(text: str) -> bool:
    """Whether the text has the form of a code of the phone; anything else may be a recovery code."""
    return CODE.fullmatch(text) is not None


def recovery_digest(code: str) -> str:
    """Return what is stored of a recovery code: 80 random bits need no slow hash."""
    return hashlib.sha256(typed_code(code).encode()).hexdigest()


def grouped(code: str) -> str:
    """Write a recovery code in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
