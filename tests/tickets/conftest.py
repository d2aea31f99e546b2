"""A ticket in the office, and the hands that work on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.tickets.models import Ticket
from tests.factories.people import PASSWORD, Office
from tests.factories.tickets import make_programme_item, make_ticket

Do = Callable[..., TestResponse]


@pytest.fixture
def ticket(session: Session, office: Office) -> Ticket:
    """Return a fresh ticket of today, with an item of the work programme to tie it to."""
    made = make_ticket(session, now=clock.now())
    make_programme_item(session, on=clock.now())
    session.commit()
    return made


def hidden_of(page: str) -> dict[str, str]:
    """Return the hidden fields of the step's form."""
    form = page[page.index('id="step-form"') :]
    form = form[: form.index("</form>")]
    fields = re.findall(r'<input[^>]*type="hidden"[^>]*>', form)
    pairs = [(re.search(r'name="([^"]+)"', one), re.search(r'value="([^"]*)"', one)) for one in fields]
    return {name[1]: value[1] if value else "" for name, value in pairs if name}


@pytest.fixture
def do_step(client: FlaskClient, sign_in: Callable[[FlaskClient, Person], None]) -> Do:
    """Return what does the open step of a ticket as a person, through the page's own form."""

    def do(person: Person, ticket_id: int, *, action: str = "complete", **fields: object) -> TestResponse:
        sign_in(client, person)
        page = client.get(f"/tickets/{ticket_id}").text
        typed = {name.replace("__", "-"): value for name, value in fields.items()}
        return client.post(f"/tickets/{ticket_id}/step", data={**hidden_of(page), **typed, "action": action})

    return do


@pytest.fixture
def walk(do_step: Do, office: Office, session: Session, ticket: Ticket) -> Callable[[int], None]:
    """Return what brings the ticket up to (not through) a step by accepted forms."""

    def walk(until: int) -> None:
        item = 1
        acts: list[tuple[Person, dict[str, object]]] = [
            (
                office.kabag,
                {
                    "work_programme__item_id": item,
                    "request_disposition__sensitivity": "segera",
                    "request_disposition__assignee_id": office.kasubbag.id,
                    "request_disposition__instructions": ["follow_up"],
                    "request_disposition__instruction": "Mohon segera ditangani.",
                },
            ),
            (
                office.kasubbag,
                {
                    "evidence__note": "Gangguan sejak pukul 07.00.",
                    "identification_disposition__sensitivity": "segera",
                    "identification_disposition__assignee_id": office.pelaksana.id,
                    "identification_disposition__instructions": ["prepare_material"],
                },
            ),
            (office.pelaksana, {"identification__conclusion": "Kabel serat optik putus di lantai 3."}),
            (office.kasubbag, {"verification__verdicts-0-verdict": "accepted"}),
            (
                office.kabag,
                {
                    "coordination__persons": "Rina Kusuma, Kepala TI",
                    "coordination__result": "Kabel akan diganti bersama.",
                    "report_disposition__sensitivity": "segera",
                    "report_disposition__assignee_id": office.kasubbag.id,
                    "report_disposition__instructions": ["report_result"],
                },
            ),
            (office.kasubbag, {}),
            (
                office.kabag,
                {
                    "signed_report__verdict": "sign",
                    "signed_report__has_read": "y",
                    "signed_report__password": PASSWORD,
                },
            ),
        ]
        for person, fields in acts[: until - 1]:
            answer = do_step(person, ticket.id, **defaults(person, fields))
            assert answer.status_code == 302, answer.text
        session.expire_all()

    def defaults(person: Person, fields: dict[str, object]) -> dict[str, object]:
        if "coordination__result" in fields:
            return {
                "coordination__agency": ticket.requester_agency,
                "coordination__held_on": clock.now().astimezone(ZoneInfo("Asia/Jakarta")).date().isoformat(),
                "coordination__manner": "meeting",
                **fields,
            }
        if not fields:
            return sections()
        return fields

    def sections() -> dict[str, object]:
        names = (
            "general purpose scope basis activities identification verification coordination "
            "conclusions recommendations closing"
        )
        return {f"report_draft__{name}": f"Isi bagian {name}." for name in names.split()}

    return walk
