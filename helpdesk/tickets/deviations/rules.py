"""What was not done as the SOP says, found from the passes through the steps and from the record. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class DeviationKind(StrEnum):
    """The ways in which work can differ from the SOP."""

    LATE = "late"
    RETURNED = "returned"
    TAKEN_OVER = "taken_over"
    ESCALATED = "escalated"
    ACTING = "acting"
    UNQUALIFIED = "unqualified"
    OWN_DRAFT = "own_draft"
    LONG_PAUSE = "long_pause"


# What the person who did it may explain afterwards; the others have their reason from the act itself.
EXPLAINED_BY_HAND = frozenset(
    {DeviationKind.LATE, DeviationKind.UNQUALIFIED, DeviationKind.OWN_DRAFT, DeviationKind.ACTING}
)
# Acts that an acting officer does for the office; what is written or looked at beside them is none.
OFFICIAL_ACTS = frozenset({"step_completed", "step_returned", "ticket_cancelled"})


@dataclass(frozen=True)
class PauseTaken:
    """A time in which the clock of a step stood still."""

    at: datetime
    minutes: int
    waiting_for: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PassTaken:
    """One pass through one step, as far as it went; times are working minutes."""

    step_run_id: int
    step_number: int
    attempt: int
    used: int
    allowed: int
    is_late: bool
    finished_at: datetime | None = None
    finished_by_id: int | None = None
    official: str = ""
    return_reason: str = ""
    pauses: tuple[PauseTaken, ...] = ()
    # Whose draft a signature stands under; empty where the step signs nothing.
    drafted_by: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Act:
    """An act of the record that may be a deviation."""

    kind: str
    at: datetime
    actor: str
    step_run_id: int | None
    step_number: int | None
    acting: Mapping[str, Any] | None
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Deviation:
    """Something that was not as the SOP says: at which step, when, by whom, and why."""

    kind: DeviationKind
    step_number: int | None
    step_run_id: int | None
    at: datetime | None  # None while it goes on
    official: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


Reasons = Mapping[tuple[int, str], str]


def find_deviations(
    passes: Iterable[PassTaken], acts: Iterable[Act], reasons: Reasons
) -> tuple[Deviation, ...]:
    """Return every deviation in the order in which they happened; what still goes on stands last."""
    taken = list(passes)
    numbers = {one.step_run_id: one.step_number for one in taken}
    found = [one for each in taken for one in _of_pass(each)]
    found += [one for act in acts for one in _of_act(act, numbers)]
    return tuple(sorted((_explained(one, reasons) for one in found), key=_order))


def _order(deviation: Deviation) -> tuple[bool, str, int, str]:
    at = deviation.at
    return at is None, at.isoformat() if at else "", deviation.step_number or 0, deviation.kind.value


def _explained(deviation: Deviation, reasons: Reasons) -> Deviation:
    """Add what the person wrote by hand: it stands before a reason that was found by itself."""
    written = reasons.get((deviation.step_run_id or 0, deviation.kind.value), "")
    if not written:
        return deviation
    return Deviation(
        deviation.kind,
        deviation.step_number,
        deviation.step_run_id,
        deviation.at,
        deviation.official,
        deviation.facts,
        written,
    )


def _of_pass(taken: PassTaken) -> Sequence[Deviation]:
    def deviation(kind: DeviationKind, at: datetime | None, reason: str = "", **facts: Any) -> Deviation:
        facts |= {"attempt": taken.attempt}
        return Deviation(kind, taken.step_number, taken.step_run_id, at, taken.official, facts, reason)

    found = []
    if taken.is_late:
        found.append(deviation(DeviationKind.LATE, taken.finished_at, used=taken.used, allowed=taken.allowed))
    if taken.return_reason:
        found.append(deviation(DeviationKind.RETURNED, taken.finished_at, taken.return_reason))
    if taken.finished_by_id is not None and taken.finished_by_id in taken.drafted_by:
        found.append(deviation(DeviationKind.OWN_DRAFT, taken.finished_at))
    found += [
        deviation(
            DeviationKind.LONG_PAUSE,
            pause.at,
            pause.reason,
            minutes=pause.minutes,
            allowed=taken.allowed,
            waiting_for=pause.waiting_for,
        )
        for pause in taken.pauses
        # As long as the step itself may take: a wait like that is a matter for the office.
        if pause.minutes > taken.allowed
    ]
    return found


def _of_act(act: Act, numbers: Mapping[int, int]) -> Sequence[Deviation]:
    number = act.step_number or numbers.get(act.step_run_id or 0)

    def deviation(kind: DeviationKind, reason: str = "", **facts: Any) -> Deviation:
        return Deviation(kind, number, act.step_run_id, act.at, act.actor, facts, reason)

    found = []
    if act.kind == "step_taken_over":
        kind = DeviationKind.ESCALATED if act.data.get("escalated") else DeviationKind.TAKEN_OVER
        found.append(
            deviation(kind, str(act.data.get("reason", "")), before=str(act.data.get("before") or "–"))
        )
    if act.kind == "assignee_unqualified":
        found.append(
            deviation(
                DeviationKind.UNQUALIFIED,
                assignee=str(act.data.get("assignee", "–")),
                codes=tuple(act.data.get("codes", ())),
            )
        )
    if act.kind in OFFICIAL_ACTS and act.acting:
        found.append(
            deviation(
                DeviationKind.ACTING,
                form=str(act.acting.get("kind", "")),
                office=str(act.acting.get("for_office", "")),
                decree=str(act.acting.get("decree_number", "–")),
                place=str(act.acting.get("for_person", "")),
            )
        )
    return found
