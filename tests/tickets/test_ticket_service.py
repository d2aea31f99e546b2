"""Opening a ticket, talking on it, and its bahan: on both databases."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.errors import Forbidden
from helpdesk.events import Event
from helpdesk.evidence.models import SnapshotRun
from helpdesk.tickets import queries, service
from helpdesk.tickets.errors import DeviceAlreadyNamed, TicketClosed, WorkProgrammeExists
from helpdesk.tickets.models import EvidenceItem, Ticket
from helpdesk.tickets.rules import NewFile, Viewer
from tests.factories.moments import MORNING
from tests.factories.network import make_device
from tests.factories.people import KABAG, Office, make_person
from tests.factories.tickets import make_programme_item, make_ticket, make_ticket_office

SECRET = "kunci rahasia untuk tes"


def test_the_same_form_sent_twice_is_one_ticket(session: Session) -> None:
    first = make_ticket(session, submission_key="sama")
    second = make_ticket(session, submission_key="sama")
    assert first is second
    assert session.scalar(select(func.count()).select_from(Ticket)) == 1


def test_numbers_follow_each_other_and_begin_anew_each_year(session: Session) -> None:
    numbers = [make_ticket(session).number for _ in range(3)]
    next_year = make_ticket(session, now=MORNING.replace(year=2027, month=1, day=4)).number
    assert numbers == ["TKT-2026-0001", "TKT-2026-0002", "TKT-2026-0003"]
    assert next_year == "TKT-2027-0001"


def test_a_number_of_a_rolled_back_ticket_is_given_again(session: Session) -> None:
    make_ticket(session)
    session.commit()
    make_ticket(session)
    session.rollback()
    assert make_ticket(session).number == "TKT-2026-0002"


def test_the_promise_counts_the_working_time_of_the_whole_procedure(session: Session) -> None:
    # 570 working minutes from Monday 09.30: 330 of them on Monday, 240 and the break on Tuesday.
    assert make_ticket(session).promised_at.isoformat() == "2026-11-24T04:30:00+00:00"


def test_a_withdrawn_link_leads_nowhere_and_a_new_one_leads_to_the_ticket(
    session: Session, office: Office
) -> None:
    ticket = make_ticket(session)
    old = service.follow_token(ticket, SECRET)
    assert old is not None
    assert queries.find_ticket_by_follow_token(session, old, SECRET) is ticket
    service.renew_follow_link(session, ticket, office=make_ticket_office(), by=office.kabag, now=MORNING)
    session.flush()
    new = service.follow_token(ticket, SECRET)
    assert new is not None
    assert queries.find_ticket_by_follow_token(session, old, SECRET) is None
    assert queries.find_ticket_by_follow_token(session, new, SECRET) is ticket
    assert queries.find_ticket_by_follow_token(session, new, "kunci lain") is None
    assert queries.find_ticket_by_follow_token(session, new + "x", SECRET) is None


def test_naming_a_device_asks_for_its_state_once(session: Session, office: Office) -> None:
    ticket, device = make_ticket(session), make_device(session)
    service.name_device(session, ticket, device, office=make_ticket_office(), by=office.kabag, now=MORNING)
    session.flush()
    runs = session.scalars(select(SnapshotRun)).all()
    assert [(run.device_id, run.reason, run.ticket_id) for run in runs] == [(device.id, "ticket", ticket.id)]
    with pytest.raises(DeviceAlreadyNamed):
        service.name_device(
            session, ticket, device, office=make_ticket_office(), by=office.kabag, now=MORNING
        )


def test_a_file_becomes_evidence_with_its_digest(session: Session, office: Office) -> None:
    ticket = make_ticket(session)
    file = NewFile("catatan.txt", b"isi", "text/plain")
    service.add_file(session, ticket, file, office=make_ticket_office(), by=office.kabag, now=MORNING)
    item = session.scalars(select(EvidenceItem)).one()
    assert item.sha256 == hashlib.sha256(b"isi").hexdigest()
    assert item.attachment is not None
    assert item.attachment.file.content == b"isi"


def test_only_a_head_cancels_and_a_cancelled_ticket_takes_nothing(session: Session, office: Office) -> None:
    ticket = make_ticket(session)
    with pytest.raises(Forbidden):
        service.cancel_ticket(
            session,
            ticket,
            reason="ganda",
            office=make_ticket_office(),
            by=office.kasubbag,
            role="subhead",
            now=MORNING,
        )
    service.cancel_ticket(
        session, ticket, reason="ganda", office=make_ticket_office(), by=office.kabag, role=KABAG, now=MORNING
    )
    assert ticket.status == "cancelled"
    with pytest.raises(TicketClosed):
        service.add_note(
            session, ticket, "judul", "isi", office=make_ticket_office(), by=office.kabag, now=MORNING
        )
    with pytest.raises(TicketClosed):
        service.write_as_requester(session, ticket, "halo", now=MORNING)


def test_a_colleague_takes_over_and_it_is_recorded(session: Session, office: Office) -> None:
    ticket = make_ticket(session)
    colleague = make_person(session, KABAG)
    ticket.run.steps[0].assignee = office.kabag
    session.flush()
    service.take_over(
        session,
        ticket,
        Viewer(colleague.id, frozenset({KABAG}), True),
        reason="Sedang rapat di luar kota.",
        office=make_ticket_office(),
        by=colleague,
        now=MORNING,
    )
    assert ticket.run.steps[0].assignee_id == colleague.id
    event = session.scalars(select(Event).where(Event.kind == "step_taken_over")).one()
    assert event.data["before"] == office.kabag.name
    assert event.data["reason"] == "Sedang rapat di luar kota."


def test_a_code_stands_once_in_the_work_programme_of_a_year(session: Session) -> None:
    make_programme_item(session, code="PK-X")
    with pytest.raises(WorkProgrammeExists):
        make_programme_item(session, code="PK-X")
    make_programme_item(session, code="PK-X", year=2027)
