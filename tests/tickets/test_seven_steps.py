"""A ticket walks the whole procedure through the pages."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.documents.models import Document
from helpdesk.notifications.models import OutboxMessage
from helpdesk.sop.models import StepRun
from helpdesk.tickets.models import Ticket
from tests.factories.people import PASSWORD, Office

Walk = Callable[[int], None]


def text_of(document: Document) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(document.file.content)).pages)


def test_the_seven_steps_lead_from_request_to_signed_report(
    walk: Walk, session: Session, ticket: Ticket
) -> None:
    walk(8)
    session.refresh(ticket)
    assert ticket.status == "closed"
    assert [(step.step_number, step.state) for step in ticket.run.steps] == [
        (number, "done") for number in range(1, 8)
    ]
    papers = session.scalars(select(Document).order_by(Document.id)).all()
    assert [paper.kind for paper in papers] == [
        "receipt",
        "disposition",
        "evidence_list",
        "disposition",
        "identification",
        "verification",
        "coordination",
        "disposition",
        "report_draft",
        "report",
    ]
    text = text_of(papers[-1])
    assert "OT.01.02-090-097.Set.PO" in text
    for name in ("Dewi Lestari", "Budi Santoso", "Rina Wahyuni"):
        assert name in text
    assert "Isi bagian conclusions." in text


def test_the_requester_hears_of_reception_and_end(walk: Walk, session: Session, ticket: Ticket) -> None:
    walk(8)
    letters = session.scalars(
        select(OutboxMessage).where(OutboxMessage.recipient == ticket.requester_email)
    ).all()
    assert len(letters) == 2


def test_without_an_item_of_the_work_programme_the_first_gate_stays_shut(
    do_step: Callable[..., object], session: Session, ticket: Ticket, office: Office
) -> None:
    answer = do_step(
        office.kabag,
        ticket.id,
        request_disposition__assignee_id=office.kasubbag.id,
        request_disposition__sensitivity="biasa",
        request_disposition__instruction="Ditindaklanjuti dengan cermat.",
    )
    assert answer.status_code == 422
    assert "Choose an item of the work programme" in answer.text
    assert "Ditindaklanjuti dengan cermat." in answer.text
    assert session.scalars(select(StepRun.state)).all() == ["current"]


def test_a_rejected_item_returns_the_work_and_keeps_the_reason(
    walk: Walk, do_step: Callable[..., object], session: Session, ticket: Ticket, office: Office
) -> None:
    walk(4)
    do_step(
        office.kasubbag,
        ticket.id,
        **{
            "verification__verdicts-0-verdict": "rejected",
            "verification__verdicts-0-reason": "Belum ada pengukuran redaman.",
        },
    )
    session.refresh(ticket)
    steps = session.scalars(select(StepRun).order_by(StepRun.id)).all()
    assert [(one.step_number, one.attempt, one.state) for one in steps][-2:] == [
        (4, 1, "returned"),
        (3, 2, "current"),
    ]
    assert steps[-1].assignee_id == office.pelaksana.id
    assert "redaman" in (steps[-2].return_reason or "")


def test_a_rejection_needs_a_reason(
    walk: Walk, do_step: Callable[..., object], ticket: Ticket, office: Office
) -> None:
    walk(4)
    answer = do_step(office.kasubbag, ticket.id, **{"verification__verdicts-0-verdict": "rejected"})
    assert answer.status_code == 422
    assert "Say why the item is rejected" in answer.text


def test_a_wrong_password_signs_nothing_and_is_counted(
    walk: Walk, do_step: Callable[..., object], session: Session, ticket: Ticket, office: Office
) -> None:
    walk(7)
    fields = {"signed_report__verdict": "sign", "signed_report__has_read": "y"}
    answer = do_step(office.kabag, ticket.id, **fields, signed_report__password="salah sama sekali")
    assert answer.status_code == 403
    assert session.scalar(select(Document.id).where(Document.kind == "report")) is None
    for _ in range(5):
        answer = do_step(office.kabag, ticket.id, **fields, signed_report__password="salah lagi ya")
    assert answer.status_code == 429
    answer = do_step(office.kabag, ticket.id, **fields, signed_report__password=PASSWORD)
    assert answer.status_code == 429


def test_a_draft_is_kept_and_shown_again(
    do_step: Callable[..., object], client: FlaskClient, ticket: Ticket, office: Office
) -> None:
    do_step(
        office.kabag,
        ticket.id,
        action="save",
        request_disposition__sensitivity="rahasia",
        request_disposition__instruction="Setengah jadi",
    )
    page = client.get(f"/tickets/{ticket.id}").text
    assert "Setengah jadi" in page


def test_a_form_that_was_overtaken_is_refused_and_loses_nothing(
    client: FlaskClient, do_step: Callable[..., object], session: Session, ticket: Ticket, office: Office
) -> None:
    do_step(office.kabag, ticket.id, action="save", request_disposition__instruction="versi satu")
    answer = client.post(
        f"/tickets/{ticket.id}/step",
        data={
            "step_run": ticket.run.steps[0].id,
            "version": 1,
            "action": "save",
            "request_disposition-instruction": "versi dua",
        },
    )
    assert answer.status_code == 409
    assert "versi dua" in answer.text
    assert "Somebody else changed this" in answer.text


def test_nobody_else_can_do_the_step(
    client: FlaskClient,
    sign_in: Callable[..., None],
    session: Session,
    ticket: Ticket,
    office: Office,
) -> None:
    sign_in(client, office.kasubbag)
    assert client.get(f"/tickets/{ticket.id}").status_code == 404
    sign_in(client, office.admin)
    assert client.get(f"/tickets/{ticket.id}").status_code == 403
    sign_in(client, office.auditor)
    page = client.get(f"/tickets/{ticket.id}")
    assert page.status_code == 200
    assert 'id="step-form"' not in page.text
    answer = client.post(f"/tickets/{ticket.id}/step", data={"step_run": 1, "version": 1})
    assert answer.status_code == 403
