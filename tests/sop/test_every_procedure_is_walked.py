"""Every procedure of the catalogue is walked from its request to its end, by data alone.

A new procedure needs its file and its journeys (`tests/sop/journeys`), and no line here.
"""

from __future__ import annotations

import io
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.accounts.queries import roles_of
from helpdesk.documents import signing
from helpdesk.documents.models import Document
from helpdesk.intake.tokens import Seal
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.catalogue import load_catalogue
from helpdesk.sop.rules import get_step
from helpdesk.sop.schema import Procedure
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import TicketStatus
from tests.conftest import SignIn
from tests.factories.journey_pages import Sheet, do_move
from tests.factories.journey_walks import begin, make_people
from tests.factories.journeys import Journey, Move, list_journeys
from tests.factories.moments import MORNING, TODAY
from tests.factories.tickets import make_programme_item

every_journey = pytest.mark.parametrize("journey", list_journeys(), ids=lambda journey: journey.name)


def last_paper(session: Session) -> str:
    document = session.scalars(select(Document).order_by(Document.id.desc())).first()
    assert document is not None
    pages = PdfReader(io.BytesIO(document.file.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def open_steps(ticket: Ticket) -> tuple[str, ...]:
    return tuple(step.step_id for step in sop_queries.list_current(ticket.run))


def ensure_expected(session: Session, ticket: Ticket, journey: Journey) -> None:
    assert ticket.status == TicketStatus.CLOSED.value
    assert {one.code for one in ticket.run.outputs if not one.is_valid} == set(journey.expect.fallen)
    kinds = Counter(session.scalars(select(Document.kind).where(Document.ticket_id == ticket.id)))
    assert {kind: kinds[kind] for kind in journey.expect.papers} == journey.expect.papers
    text = last_paper(session)
    for words in journey.expect.words:
        assert words in text


@every_journey
def test_a_journey_goes_through_the_services(
    session: Session, settings: HelpdeskSettings, journey: Journey
) -> None:
    signing.use_settings(settings)
    walk = begin(session, journey)
    for minutes, move in enumerate(journey.moves):
        walk.do(move, MORNING + timedelta(minutes=minutes))
        assert walk.open_steps == move.opens
    ticket = walk.ticket
    session.commit()
    assert ticket.status == TicketStatus.CLOSED.value
    assert {one.code for one in ticket.run.outputs if not one.is_valid} == set(journey.expect.fallen)
    text = last_paper(session)
    for words in journey.expect.words:
        assert words in text


@every_journey
def test_a_journey_goes_through_the_pages(
    app: Flask,
    client: FlaskClient,
    sign_in: SignIn,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    journey: Journey,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    people = make_people(session, journey)
    item = make_programme_item(session)
    session.commit()
    ticket = ask(app, client, session, journey)
    procedure = load_catalogue().get_procedure(journey.procedure, ticket.run.procedure_version)
    ids = {name: person.id for name, person in people.items()} | {"programme": item.id}
    for minutes, move in enumerate(journey.moves):
        moment = MORNING + timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        sign_in(client, people[move.by])
        see_it_waiting(client, ticket)
        current = next(one for one in sop_queries.list_current(ticket.run) if one.step_id == move.step)
        url = f"/tickets/{ticket.id}?step_run={current.id}"
        sheet = Sheet(client, url, procedure, get_step(procedure, move.step), move, ids)
        answer = do_move(sheet)
        assert answer.status_code == 302, f"{move.step}: {problems(answer.text)}"
        session.expire_all()
        assert open_steps(ticket) == move.opens
    ensure_expected(session, ticket, journey)
    see_it_everywhere(client, sign_in, session, ticket, people)


def ask(app: Flask, client: FlaskClient, session: Session, journey: Journey) -> Ticket:
    """Send the public form with what the journey asks for."""
    assert journey.request["subject"] not in client.get("/").text
    seal = Seal(app.extensions["settings"].secret_key.get_secret_value())
    fields = {
        "form_key": seal.new_key(MORNING - timedelta(minutes=1)),
        "requester_name": "Rina Kusuma",
        "requester_agency": "Badan Contoh Nasional",
        "requester_email": "rina@badan.example",
        "requester_phone": "021 5550100",
        "consent": "y",
        **journey.request,
    }
    answer = client.post("/", data=fields)
    assert answer.status_code == 303, answer.text
    ticket = session.scalars(select(Ticket)).one()
    assert ticket.run.procedure_number == journey.procedure
    return ticket


def see_it_waiting(client: FlaskClient, ticket: Ticket) -> None:
    assert ticket.number in client.get("/desk").text


def see_it_everywhere(
    client: FlaskClient, sign_in: SignIn, session: Session, ticket: Ticket, people: dict[str, Person]
) -> None:
    head = next(one for one in people.values() if "head" in roles_of(one, TODAY))
    sign_in(client, head)
    for path in ("/tickets", "/register", f"/tickets/{ticket.id}"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert ticket.number in answer.text


def problems(page: str) -> str:
    """Return what the page says is wrong, for the message of a failing test."""
    marks = ("field__error", "error-summary", "alert")
    return "\n".join(line.strip() for line in page.splitlines() if any(mark in line for mark in marks))[:2000]


def moves_of(number: str) -> list[Move]:
    return [move for one in list_journeys() if one.procedure == number for move in one.moves]


@pytest.mark.parametrize("procedure", load_catalogue().list_procedures(), ids=lambda one: one.number)
def test_no_step_branch_or_way_back_of_a_procedure_stays_unwalked(procedure: Procedure) -> None:
    moves = moves_of(procedure.number)
    wanted, walked = set(), set()
    for step in procedure.steps:
        branches = step.decision.branches if step.decision else ()
        wanted |= {(step.id, "branch", branch.code) for branch in branches} or {(step.id, "done", "")}
        wanted |= {(step.id, "back", "")} if step.returns_to else set()
    for move in moves:
        way = ("branch", move.branch) if move.branch else ("done", "")
        walked.add((move.step, "back", "") if move.sends_back else (move.step, *way))
    assert wanted == walked, f"add journeys of {procedure.number} to tests/sop/journeys"


def test_journeys_are_of_procedures_in_the_catalogue() -> None:
    numbers = {one.number for one in load_catalogue().list_procedures()}
    assert {one.procedure for one in list_journeys()} == numbers
