"""The ledger of a step: only added to, one entry a place, and what a step was judged by stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from helpdesk.calendars.catalogue import default_calendar
from helpdesk.calendars.rules import DatedException, ExceptionKind
from helpdesk.database import transaction
from helpdesk.errors import EditConflict, InputInvalid
from helpdesk.sop.clocks import queries, service
from helpdesk.sop.clocks.errors import ClockEnded, ClockPaused, ClockRuns
from helpdesk.sop.clocks.models import ClockEntry
from helpdesk.sop.clocks.rules import EntryKind, WaitingFor
from helpdesk.sop.models import StepRun
from tests.factories.moments import MORNING
from tests.factories.people import Office
from tests.factories.tickets import make_ticket

CALENDAR = default_calendar()
LATER = MORNING + timedelta(minutes=20)
# The Tuesday after the morning of the tests is not worked.
WITHOUT_TUESDAY = CALENDAR.with_exceptions(
    [DatedException(date(2026, 11, 24), date(2026, 11, 24), ExceptionKind.CLOSED, "Rapat kerja")]
)


@pytest.fixture
def step(session: Session) -> StepRun:
    """Return the first step of a ticket, open since Monday 09.30 and due at 10.30."""
    made: StepRun = make_ticket(session).run.steps[0]
    session.commit()
    return made


def pause(session: Session, step: StepRun, office: Office, now: datetime = LATER, **more: object) -> None:
    values = {"waiting_for": WaitingFor.REQUESTER, "reason": "Menunggu denah", "by": office.kabag, **more}
    service.pause_clock(session, step, CALENDAR, now=now, **values)  # type: ignore[arg-type]


def test_a_step_begins_its_ledger_when_it_opens(step: StepRun) -> None:
    assert [(entry.kind, entry.at) for entry in step.clock_entries] == [("start", MORNING)]
    assert step.due_at == MORNING + timedelta(hours=1)


def test_a_pause_and_a_resumption_move_the_deadline_by_the_working_time_between(
    session: Session, step: StepRun, office: Office
) -> None:
    pause(session, step, office)
    session.commit()
    assert step.paused_at == LATER
    service.resume_clock(
        session, step, CALENDAR, by=office.kabag, now=datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    )
    session.commit()
    session.expire_all()
    assert (step.paused_at, step.due_at) == (None, datetime(2026, 11, 24, 2, 40, tzinfo=UTC))


def test_a_pause_leaves_the_version_of_the_step_so_that_open_forms_stay_good(
    session: Session, step: StepRun, office: Office
) -> None:
    before = step.version
    pause(session, step, office)
    session.commit()
    assert step.version == before


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_pause_needs_a_reason_of_a_few_words(
    session: Session, step: StepRun, office: Office, reason: str
) -> None:
    with pytest.raises(InputInvalid):
        pause(session, step, office, reason=reason)


def test_a_paused_clock_is_not_paused_again_and_a_running_one_not_resumed(
    session: Session, step: StepRun, office: Office
) -> None:
    with pytest.raises(ClockRuns):
        service.resume_clock(session, step, CALENDAR, by=office.kabag, now=LATER)
    pause(session, step, office)
    with pytest.raises(ClockPaused):
        pause(session, step, office)


def test_a_finished_step_has_no_clock_to_pause(session: Session, step: StepRun, office: Office) -> None:
    service.end_clock(step, CALENDAR, is_returned=False, by=office.kabag, now=LATER)
    with pytest.raises(ClockEnded):
        pause(session, step, office)


def test_a_paused_step_that_ends_was_not_late_however_long_it_waited(
    session: Session, step: StepRun, office: Office
) -> None:
    pause(session, step, office)
    clock = service.end_clock(
        step, CALENDAR, is_returned=False, by=office.kabag, now=MORNING + timedelta(days=7)
    )
    session.commit()
    assert (clock.is_late, step.used_minutes, step.paused_at) == (False, 20, None)
    assert queries.paused_minutes(step, CALENDAR, MORNING) == 5 * 450 - 20


@pytest.mark.parametrize(
    "statement",
    [
        update(ClockEntry).values(at=MORNING - timedelta(hours=1)),
        update(ClockEntry).values(reason="lain"),
        delete(ClockEntry),
        insert(ClockEntry)
        .prefix_with("OR REPLACE", dialect="sqlite")
        .from_select(
            ["step_run_id", "sequence", "kind", "at", "reason"],
            select(
                *(ClockEntry.step_run_id, ClockEntry.sequence, ClockEntry.kind, ClockEntry.at),
                literal("lain"),
            ),
        ),
    ],
)
def test_the_database_refuses_to_change_or_delete_an_entry(
    session: Session, step: StepRun, statement: object
) -> None:
    with pytest.raises((IntegrityError, DatabaseError)):
        session.execute(statement)  # type: ignore[call-overload]
    session.rollback()
    assert session.scalars(select(ClockEntry.at)).all() == [MORNING]


def test_two_entries_never_take_the_same_place(session: Session, step: StepRun) -> None:
    with pytest.raises(EditConflict), transaction(session):
        session.add(ClockEntry(step_run_id=step.id, sequence=1, kind="stop", at=LATER, reason=""))


def test_a_clock_of_another_machine_that_lags_behind_adds_no_entry_before_the_last(
    session: Session, step: StepRun, office: Office
) -> None:
    pause(session, step, office, now=MORNING - timedelta(seconds=2))
    assert step.clock_entries[-1].at == MORNING


def test_a_change_of_the_calendar_moves_open_deadlines_and_tells_which(
    session: Session, step: StepRun
) -> None:
    late = make_ticket(session, now=datetime(2026, 11, 23, 8, 30, tzinfo=UTC)).run.steps[0]
    session.flush()
    moved = service.reckon_anew(session, [step, late], WITHOUT_TUESDAY, now=MORNING)
    assert [one.step_run for one in moved] == [late]
    assert (moved[0].before.day, moved[0].after.day) == (24, 25)
    session.commit()
    session.expire_all()
    assert late.due_at == moved[0].after


def test_a_finished_step_keeps_the_time_it_was_judged_by(
    session: Session, step: StepRun, office: Office
) -> None:
    ended_at = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
    service.end_clock(step, CALENDAR, is_returned=True, by=office.kabag, now=ended_at)
    session.commit()
    session.expire_all()
    clock, told = (
        queries.clock_of(step, CALENDAR, MORNING),
        queries.explanation_of(step, CALENDAR, MORNING),
    )
    assert clock.used_minutes == 2 * 450 + 30
    assert queries.clock_of(step, WITHOUT_TUESDAY, MORNING) == clock
    assert queries.explanation_of(step, WITHOUT_TUESDAY, MORNING) == told
    assert step.clock_entries[-1].kind == EntryKind.RETURN
    assert step.clock_entries[-1].judgement["calendar"]


def test_a_step_that_nobody_did_is_judged_by_nothing(session: Session, step: StepRun, office: Office) -> None:
    service.abandon_clock(step, by=office.kabag, now=LATER)
    session.commit()
    assert (step.clock_entries[-1].kind, step.clock_entries[-1].judgement) == ("stop", None)


def test_a_rung_is_claimed_once(session: Session, step: StepRun) -> None:
    assert service.claim_rung(session, step.id, "50", now=LATER)
    assert not service.claim_rung(session, step.id, "50", now=LATER)
    assert service.claim_rung(session, step.id, "80", now=LATER)
    assert queries.list_rungs(session, step.id) == {"50", "80"}
