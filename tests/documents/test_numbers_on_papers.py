"""A paper carries the number that the office's pattern gives, wherever it is cited."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.documents import service
from helpdesk.documents.facts import disposition_facts
from helpdesk.documents.models import Document
from helpdesk.documents.rules import LetterheadData
from helpdesk.documents.service import Stationery
from helpdesk.numbering.catalogue import DEFAULT_NUMBERING, parse_numbering
from helpdesk.numbering.models import IssuedNumber
from helpdesk.sop.models import StepOutput
from helpdesk.tickets.office import Office
from tests.factories.moments import MORNING
from tests.factories.people import Office as People
from tests.factories.tickets import make_ticket, make_ticket_office

PATTERNS = (
    DEFAULT_NUMBERING.read_text("utf-8")
    .replace('pattern: "{number:04}/{year}"', 'pattern: "AG-{number:03}/{year}"')
    .replace("{agenda}/D{step}{repeat}", "DISP-{number:03}/{roman_month}/{year}")
)


def test_a_disposition_is_numbered_and_cited_by_the_offices_pattern(session: Session, office: People) -> None:
    shipped = make_ticket_office()
    here = Office(shipped.catalogue, shipped.calendar, shipped.zone, parse_numbering(PATTERNS, "n.yaml"))
    ticket = make_ticket(session, office=here)
    assert service.agenda_number(session, ticket, here) == "AG-001/2026"
    step_run = ticket.run.steps[0]
    ticket.run.outputs.append(
        StepOutput(
            step_run_id=step_run.id,
            code="request_disposition",
            kind="disposition",
            data={"to_role": "subhead", "instruction": "Siapkan", "sensitivity": "segera"},
            created_at=MORNING + timedelta(minutes=20),
            created_by_id=office.kabag.id,
        )
    )
    session.flush()
    stationery = Stationery(LetterheadData(agency="KEMENTERIAN CONTOH"), "Jakarta")
    (sheet,) = service.make_sheets(session, ticket, here, stationery, step_run=step_run)
    assert sheet.number == "DISP-001/XI/2026"
    assert sheet.data["agenda_number"] == "AG-001/2026"
    (cited,) = disposition_facts(session, ticket, here.procedure_of(ticket.run))
    assert cited.sheet_number == sheet.number
    issued = session.scalars(select(IssuedNumber).order_by(IssuedNumber.id)).all()
    assert [(one.text, one.ticket_id) for one in issued] == [
        ("AG-001/2026", ticket.id),
        ("DISP-001/XI/2026", ticket.id),
    ]
    assert session.scalars(select(Document.issued_number_id)).one() == issued[1].id


def test_a_changed_pattern_leaves_the_agenda_number_of_an_older_ticket_as_it_was(session: Session) -> None:
    shipped = make_ticket_office()
    ticket = make_ticket(session)
    changed = Office(shipped.catalogue, shipped.calendar, shipped.zone, parse_numbering(PATTERNS, "n.yaml"))
    assert service.agenda_number(session, ticket, changed) == "0001/2026"


def test_an_office_that_begins_in_the_middle_of_a_year_goes_on_with_its_tickets(session: Session) -> None:
    text = PATTERNS.replace('"AG-{number:03}/{year}"', '"AG-{number:03}/{year}"\n    starts: {2026: 118}')
    shipped = make_ticket_office()
    here = Office(shipped.catalogue, shipped.calendar, shipped.zone, parse_numbering(text, "n.yaml"))
    assert [make_ticket(session, office=here).number for _ in range(2)] == ["TKT-2026-0118", "TKT-2026-0119"]
