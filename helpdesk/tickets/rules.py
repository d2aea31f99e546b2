"""Rules of tickets on plain values: kinds, numbers, who sees what, how a clock stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from helpdesk.calendars.rules import WorkingCalendar, working_minutes_between


class RequestKind(StrEnum):
    """What a requester may ask for."""

    TECHNICAL_COOPERATION = "technical_cooperation"
    OPERATION_CONSULTATION = "operation_consultation"
    COORDINATION = "coordination"


class Channel(StrEnum):
    """How a request arrives."""

    WEB = "web"
    PHONE = "phone"
    LETTER = "letter"
    FAX = "fax"
    VISIT = "visit"


class TicketStatus(StrEnum):
    """How a ticket stands as a whole; where it stands in the procedure is the run's affair."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Sensitivity(StrEnum):
    """Sifat of a disposition."""

    ORDINARY = "biasa"
    URGENT = "segera"
    VERY_URGENT = "sangat_segera"
    SECRET = "rahasia"  # noqa: S105  # the classification of a letter, not a password


class ClockState(StrEnum):
    """How the clock of a step stands."""

    ON_TIME = "on_time"
    NEAR = "near"
    LATE = "late"
    DONE = "done"
    DONE_LATE = "done_late"


# From four fifths of the allowed time on, a step is shown as pressing.
NEAR_SHARE = 0.8


@dataclass(frozen=True)
class NewFile:
    """A file that came with a request; its content was checked."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, kw_only=True)
class NewRequest:
    """A request as it was written down, checked by its form."""

    submission_key: str
    channel: str
    kind: str
    subject: str
    description: str
    requester_name: str
    requester_agency: str
    requester_email: str
    requester_phone: str
    requester_unit: str = ""
    affected: str = ""
    preferred_on: date | None = None
    requester_language: str = "id"
    attachments: tuple[NewFile, ...] = ()


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks at tickets: who they are, their roles, and whether they see every ticket."""

    person_id: int
    roles: frozenset[str]
    sees_all: bool


@dataclass(frozen=True)
class Clock:
    """The clock of a step at one moment, in working minutes."""

    state: ClockState
    due_at: datetime
    allowed_minutes: int
    used_minutes: int
    remaining_minutes: int


def ticket_number(prefix: str, year: int, sequence: int) -> str:
    """Return the number people read: TKT-2026-0042."""
    return f"{prefix}-{year}-{sequence:04d}"


def may_act(*, step_role: str, assignee_id: int | None, person_id: int, roles: Collection[str]) -> bool:
    """Whether the person may do the step: holds its office, and it is not given to a colleague."""
    return step_role in roles and assignee_id in (None, person_id)


def may_take_over(*, step_role: str, assignee_id: int | None, person_id: int, roles: Collection[str]) -> bool:
    """Whether the person may take the step from a colleague of the same office."""
    return step_role in roles and assignee_id not in (None, person_id)


def clock_of(
    calendar: WorkingCalendar,
    *,
    opened_at: datetime,
    due_at: datetime,
    allowed_minutes: int,
    finished_at: datetime | None,
    now: datetime,
) -> Clock:
    """Return how the clock of a step stands."""
    until = finished_at or now
    used = int(working_minutes_between(calendar, opened_at, until))
    is_late = until > due_at
    if finished_at is not None:
        state = ClockState.DONE_LATE if is_late else ClockState.DONE
    elif is_late:
        state = ClockState.LATE
    else:
        state = ClockState.NEAR if used >= allowed_minutes * NEAR_SHARE else ClockState.ON_TIME
    if is_late:
        remaining = -int(working_minutes_between(calendar, due_at, until))
    else:
        remaining = int(working_minutes_between(calendar, until, due_at))
    return Clock(state, due_at, allowed_minutes, used, remaining)
