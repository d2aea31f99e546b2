"""Rules of keeping: which class a case belongs to, until when it is kept, what may be erased. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict, Field, model_validator

from helpdesk.datafiles import Text

ERASED = "–"


class RetentionClass(BaseModel):
    """One line of the retention schedule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    title: Text
    years: int | None = Field(ge=1, le=100, strict=True)
    fits: tuple[str, ...] = ()


class RetentionSchedule(BaseModel):
    """Jadwal retensi arsip of the office."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    classes: tuple[RetentionClass, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _codes_once(self) -> RetentionSchedule:
        codes = [each.code for each in self.classes]
        if len(codes) != len(set(codes)):
            raise ValueError("a code stands twice in the schedule")
        return self

    def find(self, code: str) -> RetentionClass | None:
        """Return the class with the code, or None."""
        return next((each for each in self.classes if each.code == code), None)

    def class_for(self, sensitivity: str) -> RetentionClass:
        """Return the first class meant for tickets of the sensitivity; the last of the list where none is."""
        return next((each for each in self.classes if sensitivity in each.fits), self.classes[-1])


def keep_until(closed_on: date, years: int | None) -> date | None:
    """Return the last day of keeping: years count from the end of the year of closing."""
    return None if years is None else date(closed_on.year + years, 12, 31)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a case stands: open or not, until when it is kept, held or not, erased or not."""

    is_open: bool
    kept_until: date | None
    has_class: bool
    is_held: bool
    is_erased: bool

    def is_due(self, today: date) -> bool:
        """Whether the days of keeping are over and somebody has to decide."""
        return (
            not self.is_open
            and not self.is_erased
            and not self.is_held
            and self.kept_until is not None
            and today > self.kept_until
        )

    def obstacle(self, today: date, *, asked_by_requester: bool) -> str | None:
        """Return what forbids to erase the personal data: open, held, erased or kept; else None."""
        if self.is_open:
            return "open"
        if self.is_held:
            return "held"
        if self.is_erased:
            return "erased"
        is_over = self.kept_until is not None and today > self.kept_until
        return None if is_over or asked_by_requester else "kept"
