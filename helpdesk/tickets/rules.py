"""Rules of tickets on plain values: kinds, numbers, who sees what, how a clock stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from helpdesk.accounts.rules import OfficeHeld
from helpdesk.sop.clocks.rules import Clock as StepClock


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
    MONITORING = "monitoring"


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
    PAUSED = "paused"
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
    """Somebody who looks at tickets: who they are, their offices, and whether they see every ticket.

    `roles` are the own offices and those acted in without any limit; `acting` are all that are acted in.
    `day` is today at the office: what was given to somebody who left the office waits for who holds it.
    """

    person_id: int
    roles: frozenset[str]
    sees_all: bool
    acting: tuple[OfficeHeld, ...] = ()
    day: date | None = None

    @property
    def offices(self) -> frozenset[str]:
        """The codes of all offices the person stands in, however they are held."""
        return self.roles | {office.role for office in self.acting}

    @property
    def limited(self) -> tuple[OfficeHeld, ...]:
        """The offices acted in for a part of them."""
        return tuple(office for office in self.acting if not office.scope.is_whole)

    def office_for(self, step: OpenStep) -> OfficeHeld | None:
        """Return how the person stands in the office that the step waits for, or None."""
        acting = [office for office in self.acting if office.role == step.role]
        if step.role in self.roles and not acting:
            return OfficeHeld(step.role)
        covering = (
            office
            for office in acting
            if office.scope.covers(step.procedure, step.step_id, is_secret=step.is_secret)
        )
        return next(covering, None)


@dataclass(frozen=True)
class OpenStep:
    """An open step as the question who may do it sees it.

    `assignee_id` is None too where whoever it was given to stands in the office no longer. `judged` are the
    people whose work the step judges; `escalated_to` is the office that may take it over by now. `is_lent`
    says that whoever it was given to acts in the office, and `lent_by` in whose place.
    """

    role: str
    assignee_id: int | None = None
    procedure: str = ""
    step_id: str = ""
    is_secret: bool = False
    judged: frozenset[int] = frozenset()
    is_signing: bool = False
    escalated_to: str = ""
    is_lent: bool = False
    lent_by: int | None = None


@dataclass(frozen=True)
class Clock:
    """The clock of a step at one moment, in working minutes; one that is paused may have no due moment."""

    state: ClockState
    due_at: datetime | None
    allowed_minutes: int
    used_minutes: int
    remaining_minutes: int
    paused_minutes: int = 0
    waiting_for: str = ""


def ticket_number(prefix: str, year: int, sequence: int) -> str:
    """Return the number people read: TKT-2026-0042."""
    return f"{prefix}-{year}-{sequence:04d}"


def may_act(step: OpenStep, viewer: Viewer) -> bool:
    """Whether the person may do the step: it is their office's, no colleague's, and no own work to judge."""
    office = viewer.office_for(step)
    return (
        office is not None
        and _is_in_hands(step, viewer, office)
        and not judges_own_work(step, viewer, office)
    )


def may_take_over(step: OpenStep, viewer: Viewer) -> bool:
    """Whether the person may take the step from a colleague of the office, or because it was escalated."""
    office = viewer.office_for(step)
    if office is not None and not _is_in_hands(step, viewer, office):
        return not judges_own_work(step, viewer, office)
    is_escalated = bool(step.escalated_to) and step.escalated_to in viewer.roles
    return is_escalated and office is None and viewer.person_id not in step.judged


def judges_own_work(step: OpenStep, viewer: Viewer, office: OfficeHeld) -> bool:
    """Whether the person would judge what they did themself.

    Nobody verifies their own work, in no office. Under a draft of one's own an acting officer may put the
    signature all the same, because the office has nobody else: that is a deviation, and recorded as one.
    """
    if viewer.person_id not in step.judged:
        return False
    return not (step.is_signing and office.is_acting)


def _is_in_hands(step: OpenStep, viewer: Viewer, office: OfficeHeld) -> bool:
    """Whether the step is the person's: given to them, to nobody, or to the one in whose place they act."""
    if step.assignee_id in (None, viewer.person_id):
        return True
    if office.is_acting:
        return office.for_person_id in (None, step.assignee_id)
    # The official who is back takes up what lay with whoever acted in their place.
    return step.is_lent and step.lent_by in (None, viewer.person_id)


def clock_of(clock: StepClock) -> Clock:
    """Return how the clock of a step is shown."""
    if clock.ended_at is not None:
        state = ClockState.DONE_LATE if clock.is_late else ClockState.DONE
    elif clock.open_pause is not None:
        state = ClockState.PAUSED
    elif clock.is_late:
        state = ClockState.LATE
    else:
        is_near = clock.used >= clock.allowed * NEAR_SHARE
        state = ClockState.NEAR if is_near else ClockState.ON_TIME
    return Clock(
        state=state,
        due_at=clock.due_at,
        allowed_minutes=clock.allowed_minutes,
        used_minutes=clock.used_minutes,
        remaining_minutes=clock.remaining_minutes,
        paused_minutes=clock.paused_minutes,
        waiting_for=clock.open_pause.waiting_for.value if clock.open_pause else "",
    )
