"""A step's form that no page of ours sent: what is missing, foreign or too much never gets through."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.sop.models import StepOutput, StepRun
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from tests.factories.network import make_device
from tests.factories.people import PELAKSANA, Office, make_person
from tests.factories.tickets import make_ticket, make_ticket_office

Do = Callable[..., TestResponse]
Walk = Callable[[int], None]
SignIn = Callable[[FlaskClient, Person], None]


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)
def test_a_return_keeps_the_reasons_however_long_they_are_together(
    walk: Walk, do_step: Do, session: Session, ticket: Ticket, office: Office
) -> None:
    walk(2)
    for number in range(3):
        service.add_note(
            session,
            ticket,
            f"Catatan {number}",
            "Isi.",
            office=make_ticket_office(),
            by=office.kasubbag,
            now=clock.now(),
        )
    session.commit()
    items = [str(item.id) for item in ticket.evidence]
    do_step(
        office.kasubbag,
        ticket.id,
        evidence__items=items,
        identification_disposition__sensitivity="biasa",
        identification_disposition__assignee_id=office.pelaksana.id,
        identification_disposition__instructions=["prepare_material"],
    )
    do_step(office.pelaksana, ticket.id, identification__conclusion="Kabel putus.")
    refs = [*(f"evidence-{item}" for item in items), "conclusion"]
    verdicts = {}
    for number, ref in enumerate(refs):
        verdicts[f"verification__verdicts-{number}-ref"] = ref
        verdicts[f"verification__verdicts-{number}-verdict"] = "rejected"
        verdicts[f"verification__verdicts-{number}-reason"] = f"Alasan {number}. " + "a" * 1900
    answer = do_step(office.kasubbag, ticket.id, **verdicts)
    assert answer.status_code == 302, answer.text
    output = session.scalars(select(StepOutput).where(StepOutput.kind == "verification")).one()
    assert [len(item["reason"]) for item in output.data["items"]] == [1910] * 4
    returned = session.scalars(select(StepRun).where(StepRun.state == "returned")).one()
    assert "Alasan 0." in (returned.return_reason or "")
    assert "verification" in (returned.return_reason or "")[-80:]


def test_a_device_of_the_ticket_cannot_be_left_out_of_the_identification(
    walk: Walk, do_step: Do, session: Session, ticket: Ticket, office: Office
) -> None:
    walk(3)
    device = make_device(session, name="sw-lantai-3")
    session.commit()
    service.name_device(
        session, ticket, device, office=make_ticket_office(), by=office.pelaksana, now=clock.now()
    )
    session.commit()
    answer = do_step(
        office.pelaksana,
        ticket.id,
        **{"identification__findings-0-device_id": "4711", "identification__conclusion": "Semua baik."},
    )
    assert answer.status_code == 422
    assert "sw-lantai-3" in answer.text
    assert "names more devices by now" in answer.text
    assert "Semua baik." in answer.text
    answer = do_step(office.pelaksana, ticket.id, identification__conclusion="Semua baik.")
    assert answer.status_code == 302, answer.text
    output = session.scalars(select(StepOutput).where(StepOutput.kind == "identification")).one()
    assert [one["device"] for one in output.data["findings"]] == ["sw-lantai-3"]


def test_an_item_cannot_be_left_out_of_the_verification(
    walk: Walk, do_step: Do, ticket: Ticket, office: Office
) -> None:
    walk(4)
    foreign = {"verification__verdicts-0-ref": "evidence-99", "verification__verdicts-0-verdict": "accepted"}
    answer = do_step(office.kasubbag, ticket.id, **foreign)
    assert answer.status_code == 422
    assert "The list of items has changed" in answer.text


def test_a_subordinate_cannot_lift_the_classification_secret(
    do_step: Do, session: Session, ticket: Ticket, office: Office
) -> None:
    do_step(
        office.kabag,
        ticket.id,
        work_programme__item_id=1,
        request_disposition__sensitivity="rahasia",
        request_disposition__assignee_id=office.kasubbag.id,
        request_disposition__instruction="Tangani sendiri.",
    )
    fields = {
        "evidence__note": "Catatan.",
        "identification_disposition__assignee_id": office.pelaksana.id,
        "identification_disposition__instruction": "Periksa.",
    }
    answer = do_step(office.kasubbag, ticket.id, **fields, identification_disposition__sensitivity="biasa")
    assert answer.status_code == 422
    assert "lift the classification" in answer.text
    answer = do_step(office.kasubbag, ticket.id, **fields, identification_disposition__sensitivity="rahasia")
    assert answer.status_code == 302
    session.refresh(ticket)
    assert ticket.sensitivity == "rahasia"


def test_a_secret_step_whose_holder_left_waits_for_the_whole_office(
    walk: Walk,
    do_step: Do,
    client: FlaskClient,
    sign_in: SignIn,
    session: Session,
    ticket: Ticket,
    office: Office,
) -> None:
    walk(3)
    ticket.sensitivity = "rahasia"
    successor = make_person(session, "subhead", name="Pengganti Kasubbag")
    office.kasubbag.is_active = False
    session.commit()
    sign_in(client, successor)
    assert client.get(f"/tickets/{ticket.id}").status_code == 404
    answer = do_step(office.pelaksana, ticket.id, identification__conclusion="Kabel putus.")
    assert answer.status_code == 302, answer.text
    sign_in(client, successor)
    page = client.get(f"/tickets/{ticket.id}")
    assert page.status_code == 200
    assert 'id="step-form"' in page.text
    colleague = make_person(session, PELAKSANA)
    sign_in(client, colleague)
    assert client.get(f"/tickets/{ticket.id}").status_code == 404


@pytest.mark.parametrize("name", ["kasubbag", "pelaksana", "auditor", "admin"])
def test_nobody_but_the_holder_completes_a_step_by_a_form_of_their_own(
    client: FlaskClient, sign_in: SignIn, session: Session, ticket: Ticket, office: Office, name: str
) -> None:
    sign_in(client, getattr(office, name))
    for act in (
        "step",
        "take-over",
        "cancel",
        "messages",
        "notes",
        "link/renew",
        "snapshots",
        "report/preview",
    ):
        data = {
            "step_run": 1,
            "version": 1,
            "action": "complete",
            "reason": "x",
            "body": "x",
            "visibility": "public",
        }
        assert client.post(f"/tickets/{ticket.id}/{act}", data=data).status_code in (403, 404, 422), act
    session.expire_all()
    assert [step.state for step in ticket.run.steps] == ["current"]
    assert ticket.messages == []


def test_ids_of_other_tickets_open_nothing(
    client: FlaskClient, sign_in: SignIn, session: Session, ticket: Ticket, office: Office, walk: Walk
) -> None:
    walk(2)
    other = make_ticket(session)
    session.commit()
    sign_in(client, office.kabag)
    assert client.get(f"/tickets/{ticket.id}/documents/1").status_code == 200
    assert client.get(f"/tickets/{other.id}/documents/1").status_code == 404
    form = {"step_run": other.run.steps[0].id, "version": 1, "action": "save"}
    assert client.post(f"/tickets/{ticket.id}/step", data=form).status_code == 409


def test_a_preview_draws_no_more_than_the_form_would_take(
    walk: Walk, client: FlaskClient, sign_in: SignIn, ticket: Ticket, office: Office
) -> None:
    walk(6)
    sign_in(client, office.kasubbag)
    address = f"/tickets/{ticket.id}/report/preview"
    assert client.post(address, data={"report_draft-general": "a" * 20_001}).status_code == 422
    drawn = client.post(address, data={"report_draft-general": "Secukupnya."})
    assert drawn.status_code == 200
    assert drawn.data.startswith(b"%PDF")
