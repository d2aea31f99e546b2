"""Keeping where it meets acting officers, and the text of reports that were never handed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts import standing
from helpdesk.accounts.models import Person
from helpdesk.accounts.rules import Scope
from helpdesk.archive import service
from helpdesk.archive.catalogue import load_schedule
from helpdesk.archive.models import Retention
from helpdesk.database import Base, transaction
from helpdesk.documents.report.models import ReportDraft, ReportVersion
from helpdesk.events import Event
from helpdesk.numbering.catalogue import default_numbering
from helpdesk.numbering.rules import REPORT
from helpdesk.numbering.service import issue_number
from helpdesk.tickets import service as ticket_service
from helpdesk.tickets.models import Ticket
from tests.factories.acting import DECREE, make_acting
from tests.factories.moments import MORNING
from tests.factories.people import Office
from tests.factories.tickets import make_ticket, make_ticket_office

HERE = make_ticket_office()
LATER = MORNING + timedelta(minutes=3)
PART = Scope(procedures=frozenset({"OT.01.02-090-097.Set.PO"}), includes_secret=False)
SignIn = Callable[[FlaskClient, Person], None]


def cancelled(session: Session, office: Office) -> Ticket:
    """Return a ticket that ended."""
    with transaction(session):
        ticket = make_ticket(session, requester_name="Sri Wahyuni")
        ticket_service.cancel_ticket(
            session, ticket, reason="Dibatalkan.", office=HERE, by=office.kabag, role="head", now=LATER
        )
    return ticket


def test_erasing_takes_along_what_was_typed_for_a_report_and_never_handed_in(
    session: Session, office: Office
) -> None:
    with transaction(session):
        ticket = make_ticket(session, requester_name="Sri Wahyuni")
        step = ticket.run.steps[0]
        quoted = {"background": "Permohonan dari Sri Wahyuni.", "conclusion": "Sri Wahyuni setuju."}
        step.draft = {"report-background": ["Sri Wahyuni"]}
        session.add(
            ReportDraft(step_run_id=step.id, sections=quoted, saved_at=LATER, saved_by_id=office.pelaksana.id)
        )
        session.add(
            ReportVersion(
                ticket_id=ticket.id,
                step_run_id=step.id,
                number=1,
                sections=quoted,
                sha256="0" * 64,
                note="Menurut Sri Wahyuni",
                created_at=LATER,
                author_id=office.pelaksana.id,
            )
        )
        ticket_service.cancel_ticket(
            session, ticket, reason="Dibatalkan.", office=HERE, by=office.kabag, role="head", now=LATER
        )
    with transaction(session):
        erasure = service.erase_requester(
            session, ticket, "Diminta", HERE, asked_by_requester=True, by=office.kabag, now=LATER
        )
    session.expire_all()
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            assert "Sri Wahyuni" not in " ".join(str(value) for value in row), table.name
    assert erasure.counts["drafts"] == 3
    assert set(session.scalars(select(ReportVersion)).one().sections) == set(quoted)


def test_an_act_of_keeping_says_that_it_was_done_by_an_acting_officer(
    session: Session, office: Office
) -> None:
    standing.listen_to_acts()
    ticket = cancelled(session, office)
    with transaction(session):
        make_acting(session, office.kasubbag, "head", place_of=office.kabag)
    with transaction(session):
        who: dict[str, Any] = {"by": office.kasubbag, "now": LATER}
        service.class_ended_tickets(session, load_schedule(), HERE.zone, now=LATER)
        service.choose_class(session, ticket, load_schedule(), "permanen", HERE, **who)
        hold = service.place_hold(session, ticket, "Perkara 12", HERE, **who)
        service.lift_hold(session, ticket, hold, "Selesai", HERE, **who)
        service.erase_requester(session, ticket, "Diminta", HERE, asked_by_requester=True, **who)
    acts = session.scalars(select(Event).where(Event.actor_id == office.kasubbag.id)).all()
    assert {act.kind for act in acts} == {
        "retention_classed",
        "hold_placed",
        "hold_lifted",
        "requester_erased",
    }
    for act in acts:
        assert act.actor_role == "head", act.kind
        assert act.acting is not None, act.kind
        assert act.acting["kind"] == "Plh.", act.kind


def test_who_acts_for_a_part_of_the_office_sees_no_list_of_all_cases(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn
) -> None:
    ticket = cancelled(session, office)
    ticket.sensitivity = "rahasia"
    session.add(
        Retention(
            ticket_id=ticket.id,
            class_code="rahasia",
            keep_until=date(2020, 12, 31),
            decided_at=LATER,
            decided_by_id=None,
        )
    )
    make_acting(session, office.pelaksana, "head", place_of=office.kabag, scope=PART, now=clock.now())
    sign_in(client, office.kabag)
    assert ticket.number in client.get("/retention").text
    sign_in(client, office.pelaksana)
    assert DECREE in client.get(f"/tickets/{make_ticket(session).id}").text
    assert client.get("/retention").status_code == 404


def test_who_acts_for_a_part_of_the_office_voids_no_number(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn
) -> None:
    number = issue_number(session, default_numbering(), REPORT, on=LATER.date(), at=LATER)
    make_acting(session, office.pelaksana, "head", place_of=office.kabag, scope=PART, now=clock.now())
    sign_in(client, office.pelaksana)
    answer = client.post(f"/numbers/{number.id}/void", data={"reason": "Salah"})
    assert answer.status_code == 403
    session.refresh(number)
    assert not number.is_void


def test_why_a_number_of_a_case_one_may_not_see_is_void_is_not_told(
    client: FlaskClient, session: Session, office: Office, sign_in: SignIn
) -> None:
    ticket = make_ticket(session)
    ticket.sensitivity = "rahasia"
    number = issue_number(
        session, default_numbering(), REPORT, on=LATER.date(), at=LATER, ticket_id=ticket.id
    )
    number.voided_at, number.voided_by_id = LATER, office.kabag.id
    number.void_reason = "Salah menyebut nama agen"
    sign_in(client, office.pelaksana)
    page = client.get("/numbers").text
    assert number.text in page
    assert "Salah menyebut" not in page
    sign_in(client, office.kabag)
    assert "Salah menyebut" in client.get("/numbers").text
