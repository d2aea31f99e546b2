"""Papers on a ticket: made by themselves, marked when they no longer count, made later for old tickets."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.documents.models import Document
from helpdesk.numbering.models import IssuedNumber
from helpdesk.sop.models import StepOutput
from helpdesk.tickets.models import Ticket
from tests.factories.people import Office

SignIn = Callable[[FlaskClient, Person], None]


def papers(session: Session, kind: str = "") -> list[Document]:
    session.expire_all()
    statement = select(Document).order_by(Document.id)
    return list(session.scalars(statement.where(Document.kind == kind) if kind else statement))


def text_of(document: Document) -> str:
    pages = PdfReader(io.BytesIO(document.file.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_every_paper_is_kept_as_the_bytes_its_digest_says(
    walk: Callable[[int], None], session: Session, ticket: Ticket
) -> None:
    walk(7)
    made = papers(session)
    assert len(made) == 9
    for paper in made:
        assert hashlib.sha256(paper.file.content).hexdigest() == paper.file.sha256
        assert paper.file.content.startswith(b"%PDF-")


def test_the_copy_of_the_receipt_holds_no_key_to_the_ticket(
    walk: Callable[[int], None], session: Session, ticket: Ticket
) -> None:
    walk(2)
    (receipt,) = papers(session, "receipt")
    text = text_of(receipt)
    assert "Salinan arsip" in text
    assert f"{ticket.sequence:04d}/{ticket.year}" in text
    assert ticket.requester_name in text
    assert "/ikuti/" not in text
    assert receipt.data["follow_url"] == receipt.data["qr_svg"] == ""


def test_the_draft_is_kept_as_a_draft_without_a_number(
    walk: Callable[[int], None], session: Session, ticket: Ticket
) -> None:
    walk(7)
    (draft,) = papers(session, "report_draft")
    assert draft.number is None
    assert all("KONSEP" in page.extract_text() for page in PdfReader(io.BytesIO(draft.file.content)).pages)
    assert session.scalar(select(IssuedNumber.id).where(IssuedNumber.series == "report")) is None


def test_a_returned_steps_sheet_is_marked_on_the_page_and_its_successor_is_not(
    walk: Callable[[int], None],
    do_step: Callable[..., object],
    client: FlaskClient,
    session: Session,
    ticket: Ticket,
    office: Office,
) -> None:
    walk(4)
    rejected = {"verification__verdicts-0-verdict": "rejected", "verification__verdicts-0-reason": "Kurang."}
    do_step(office.kasubbag, ticket.id, **rejected)
    (sheet,) = papers(session, "identification")
    assert sheet.is_superseded
    (verification,) = papers(session, "verification")
    assert not verification.is_superseded
    page = client.get(f"/tickets/{ticket.id}").text
    assert page.count("No longer in force") == 1
    do_step(office.pelaksana, ticket.id, identification__conclusion="Sudah diukur.")
    first, second = papers(session, "identification")
    assert first.is_superseded
    assert not second.is_superseded
    assert second.number == f"{first.number}-2"


@pytest.fixture
def old_ticket(walk: Callable[[int], None], session: Session, ticket: Ticket) -> Ticket:
    """Return a ticket whose sheets were never made."""
    walk(5)
    kinds = ("evidence_list", "identification", "verification")
    session.execute(delete(Document).where(Document.kind.in_(kinds)))
    session.commit()
    return ticket


def test_an_old_ticket_offers_its_missing_sheets_once(
    client: FlaskClient, sign_in: SignIn, session: Session, old_ticket: Ticket, office: Office
) -> None:
    sign_in(client, office.kabag)
    assert "Sheets not made yet" in client.get(f"/tickets/{old_ticket.id}").text
    answer = client.post(f"/tickets/{old_ticket.id}/sheets", follow_redirects=True)
    assert "3 sheets were made." in answer.text
    assert "Sheets not made yet" not in answer.text
    for kind in ("evidence_list", "identification", "verification"):
        (sheet,) = papers(session, kind)
        output = session.get(StepOutput, sheet.output_id)
        assert output is not None
        assert sheet.created_at == output.created_at
    assert (
        "0 sheets were made." in client.post(f"/tickets/{old_ticket.id}/sheets", follow_redirects=True).text
    )


def test_who_may_not_work_on_the_ticket_makes_no_sheets(
    client: FlaskClient, sign_in: SignIn, session: Session, old_ticket: Ticket, office: Office
) -> None:
    for person in (office.auditor, office.admin):
        sign_in(client, person)
        assert client.post(f"/tickets/{old_ticket.id}/sheets").status_code == 403
    sign_in(client, office.auditor)
    assert "Sheets not made yet" not in client.get(f"/tickets/{old_ticket.id}").text
    assert papers(session, "verification") == []
