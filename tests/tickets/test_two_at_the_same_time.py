"""Two people do the same thing in the same moment: one is first, the other is told; nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.database import transaction
from helpdesk.devices.models import Device
from helpdesk.errors import DomainError, EditConflict
from helpdesk.events import Event
from helpdesk.sop.models import StepOutput, StepRun
from helpdesk.sop.service import Yield
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket, TicketDevice
from helpdesk.tickets.rules import Viewer
from tests.factories.moments import MORNING
from tests.factories.network import make_device
from tests.factories.people import KABAG, Office, make_person
from tests.factories.tickets import disposition_to, make_programme_item, make_ticket, make_ticket_office

THREADS = 6


def all_at_once(engine: Engine, act: Callable[[Session, int], None]) -> list[DomainError | None]:
    """Run the act in as many threads, each with what it read before any of them wrote; return what came."""
    start = Barrier(THREADS)

    def run(number: int) -> DomainError | None:
        start.wait(timeout=30)
        try:
            with Session(engine) as own, transaction(own) as session:
                act(session, number)
        except DomainError as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_a_step_is_completed_once_however_many_complete_it(
    engine: Engine, session: Session, office: Office
) -> None:
    ticket = make_ticket(session)
    item = make_programme_item(session)
    heads = [office.kabag, *(make_person(session, KABAG) for _ in range(THREADS - 1))]
    ids, holder_id = [head.id for head in heads], office.kasubbag.id
    ticket_id, item_id, step_run_id = ticket.id, item.id, ticket.run.steps[0].id
    session.commit()
    desk = make_ticket_office()

    def complete(own: Session, number: int) -> None:
        mine = own.get_one(Ticket, ticket_id)
        by = own.get_one(Person, ids[number])
        viewer = Viewer(by.id, frozenset({KABAG}), sees_all=True)
        step_run = service.ensure_holds_step(
            own, mine, viewer, step_run_id=step_run_id, version=1, office=desk, now=MORNING
        )
        service.choose_work_programme_item(own, mine, item_id, desk, now=MORNING)
        first = desk.procedure_of(mine.run).first_step
        service.complete_step(
            own,
            mine,
            step_run=step_run,
            version=step_run.version,
            yields=[Yield(first.yields[0], disposition_to(own.get_one(Person, holder_id)))],
            assignee_id=holder_id,
            office=desk,
            by=by,
            now=MORNING,
        )

    outcomes = all_at_once(engine, complete)
    assert outcomes.count(None) == 1
    assert all(isinstance(one, EditConflict) for one in outcomes if one is not None), outcomes
    session.expire_all()
    assert session.scalars(select(StepRun.state).order_by(StepRun.id)).all() == ["done", "current"]
    assert session.scalar(select(func.count()).select_from(StepOutput)) == 1
    assert session.scalar(select(func.count()).where(Event.kind == "step_completed")) == 1


def test_a_device_is_named_once_however_many_name_it(
    engine: Engine, session: Session, office: Office
) -> None:
    ticket, device = make_ticket(session), make_device(session)
    ticket_id, device_id, person_id = ticket.id, device.id, office.kabag.id
    session.commit()

    def name(own: Session, _number: int) -> None:
        by = own.get_one(Person, person_id)
        service.name_device(
            own,
            own.get_one(Ticket, ticket_id),
            own.get_one(Device, device_id),
            office=make_ticket_office(),
            by=by,
            now=MORNING,
        )

    outcomes = all_at_once(engine, name)
    assert outcomes.count(None) == 1
    assert session.scalar(select(func.count()).select_from(TicketDevice)) == 1


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_row_that_changed_since_it_was_read_is_an_edit_conflict(engine: Engine, session: Session) -> None:
    ticket_id = make_ticket(session).id
    session.commit()

    def change_after_somebody_else() -> None:
        with Session(engine) as slow, transaction(slow):
            mine = slow.get_one(Ticket, ticket_id)
            with Session(engine) as quick, transaction(quick):
                quick.get_one(Ticket, ticket_id).sensitivity = "segera"
            mine.sensitivity = "rahasia"

    with pytest.raises(EditConflict):
        change_after_somebody_else()
