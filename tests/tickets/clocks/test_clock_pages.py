"""Pausing, resuming and explaining on the pages: two clicks, nothing typed is lost, nothing hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.events import Event
from helpdesk.notifications.models import OutboxMessage
from helpdesk.sop.models import StepRun
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office as TicketOffice
from tests.factories.moments import MORNING
from tests.factories.people import Office
from tests.factories.tickets import make_programme_item

SignIn = Callable[[FlaskClient, Person], None]
LATER = MORNING + timedelta(minutes=20)


@pytest.fixture
def later() -> Iterator[None]:
    """Be at Monday 09.50."""
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def as_head(client: FlaskClient, sign_in: SignIn, office: Office, later: None) -> FlaskClient:
    """A browser in which the holder of the first step is signed in."""
    sign_in(client, office.kabag)
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    return client


def pause(client: FlaskClient, case: Ticket, session: Session, **typed: Any) -> Any:
    step = session.scalars(select(StepRun)).one()
    fields = {
        "step_run": step.id,
        "version": step.version,
        "pause_for": "requester",
        "pause_reason": "Waiting for the floor plan",
        **typed,
    }
    return client.post(f"/tickets/{case.id}/steps/{step.id}/pause", data=fields)


def the_step(session: Session) -> StepRun:
    session.expire_all()
    return session.scalars(select(StepRun)).one()


def test_the_holder_pauses_with_a_reason_and_lets_the_clock_run_again(
    as_head: FlaskClient, case: Ticket, session: Session
) -> None:
    assert pause(as_head, case, session).status_code == 302
    page = as_head.get(f"/tickets/{case.id}").text
    assert "The clock stands still" in page
    assert "Waiting for the floor plan" in page
    step = the_step(session)
    answer = as_head.post(
        f"/tickets/{case.id}/steps/{step.id}/resume", data={"step_run": step.id, "version": step.version}
    )
    assert answer.status_code == 302
    assert the_step(session).paused_at is None


def test_what_was_typed_into_the_step_is_kept_as_its_draft(
    as_head: FlaskClient, case: Ticket, session: Session
) -> None:
    pause(as_head, case, session, **{"request_disposition-instruction": "Mohon diperiksa."})
    assert the_step(session).draft == {"request_disposition-instruction": ["Mohon diperiksa."]}
    assert "Mohon diperiksa." in as_head.get(f"/tickets/{case.id}").text


def test_a_pause_without_a_reason_is_refused_and_loses_nothing(
    as_head: FlaskClient, case: Ticket, session: Session
) -> None:
    answer = pause(
        as_head, case, session, pause_reason=" ", **{"request_disposition-instruction": "Mohon diperiksa."}
    )
    assert answer.status_code == 422
    assert "Say what you wait for, in a few words." in answer.text
    assert "Mohon diperiksa." in answer.text
    assert the_step(session).paused_at is None


def test_the_enter_key_in_a_field_of_the_step_does_not_pause(as_head: FlaskClient, case: Ticket) -> None:
    page = as_head.get(f"/tickets/{case.id}").text
    first_button = page.index('<button type="submit" form="step-form"')
    assert page[first_button:].startswith(
        '<button type="submit" form="step-form" name="action" value="complete" hidden>'
    )


@pytest.mark.parametrize("name", ["kasubbag", "auditor"])
def test_who_does_not_hold_the_step_is_not_offered_a_pause_and_gets_none(
    as_head: FlaskClient, case: Ticket, session: Session, office: Office, sign_in: SignIn, name: str
) -> None:
    sign_in(as_head, getattr(office, name))
    assert "Pause the clock" not in as_head.get(f"/tickets/{case.id}").text
    assert pause(as_head, case, session).status_code in (403, 404)
    assert the_step(session).paused_at is None


def test_the_requester_sees_that_the_office_waits_and_none_of_its_words(
    app: Flask, as_head: FlaskClient, case: Ticket, session: Session
) -> None:
    pause(as_head, case, session, pause_reason="Pemohon lambat sekali")
    token = service.follow_token(case, app.extensions["settings"].secret_key.get_secret_value())
    page = as_head.get(f"/ikuti/{token}").text
    assert "The office waits for your answer" in page
    assert "Pemohon lambat sekali" not in page
    mail = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "office_waits")).one()
    assert mail.recipient == case.requester_email
    assert "Pemohon lambat sekali" not in mail.body


def test_the_answer_of_the_requester_lets_the_clock_run_again(
    app: Flask, as_head: FlaskClient, case: Ticket, session: Session
) -> None:
    pause(as_head, case, session)
    session.expire_all()
    service.write_as_requester(session, case, "Denah terlampir.", now=LATER + timedelta(minutes=30))
    session.commit()
    step = the_step(session)
    assert (step.paused_at, step.due_at) == (None, MORNING + timedelta(minutes=90))


def test_the_calculation_is_shown_window_by_window_with_its_pauses(
    as_head: FlaskClient, case: Ticket, session: Session
) -> None:
    pause(as_head, case, session)
    step = the_step(session)
    page = as_head.get(f"/tickets/{case.id}/steps/{step.id}/deadline").text
    assert "09:30–09:50" in page
    assert "Waiting for the requester: Waiting for the floor plan" in page
    assert "While the clock stands still there is no deadline; left: 40 minutes." in page


def test_the_deadline_page_speaks_both_languages(
    as_head: FlaskClient, case: Ticket, session: Session
) -> None:
    step = the_step(session)
    address = f"/tickets/{case.id}/steps/{step.id}/deadline"
    assert "The budget of 1 hour is used up on" in as_head.get(address).text
    with as_head.session_transaction() as cookie:
        cookie["language"] = "id"
    assert "09.30–10.30" in as_head.get(address).text


def test_a_step_of_another_ticket_is_not_explained_here(as_head: FlaskClient, case: Ticket) -> None:
    assert as_head.get(f"/tickets/{case.id}/steps/99/deadline").status_code == 404


def test_who_may_not_see_the_ticket_is_told_nothing_of_its_time(
    as_head: FlaskClient, case: Ticket, session: Session, office: Office, sign_in: SignIn
) -> None:
    step = the_step(session)
    sign_in(as_head, office.pelaksana)
    assert as_head.get(f"/tickets/{case.id}/steps/{step.id}/deadline").status_code == 404


def test_a_day_the_office_closes_moves_open_deadlines_says_how_many_and_tells_the_holder(
    as_head: FlaskClient, case: Ticket, session: Session, office: Office, sign_in: SignIn
) -> None:
    office.kabag.email = "kabag@contoh.go.id"
    sign_in(as_head, office.admin)
    day = {"kind": "closed", "starts_on": "2026-11-23", "name": "Kantor banjir"}
    page = as_head.post("/calendar/days", data=day, follow_redirects=True).text
    assert "1 deadline has moved." in page
    assert "1 deadline moved" in page
    assert the_step(session).due_at == datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    moved = session.scalars(select(Event).where(Event.kind == "deadline_moved")).one()
    assert (moved.ticket_id, moved.data["before"][:10]) == (case.id, "2026-11-23")
    mail = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "deadline_moved")).one()
    assert mail.recipient == "kabag@contoh.go.id"


def test_whoever_keeps_the_calendar_is_warned_of_the_list_of_next_year_and_confirms_it(
    as_head: FlaskClient, session: Session, office: Office, sign_in: SignIn
) -> None:
    assert "are not confirmed" not in as_head.get("/desk").text
    sign_in(as_head, office.admin)
    assert "The holidays of 2027 are not confirmed" in as_head.get("/people").text
    assert "The holidays of 2027 are not confirmed" in as_head.get("/calendar").text
    form = as_head.get("/calendar/holidays/2027").text
    assert 'value="2027-08-17" id="day-2027-08-17" checked' in form
    sent = {"kept": ["2027-08-17"], "added": "27 Desember 2027 Cuti bersama", "added_kind": "joint_leave"}
    page = as_head.post("/calendar/holidays/2027", data=sent, follow_redirects=True).text
    assert "The holidays of 2027 are not confirmed" not in page
    assert "1 kept" in page
    assert "Confirmed" in page


def test_a_list_that_cannot_be_read_is_shown_again_with_the_line(
    as_head: FlaskClient, office: Office, sign_in: SignIn
) -> None:
    sign_in(as_head, office.admin)
    answer = as_head.post(
        "/calendar/holidays/2027", data={"added": "besok saja", "added_kind": "joint_leave"}
    )
    assert answer.status_code == 422
    assert "Line 1 cannot be read: besok saja." in answer.text
    assert "checked" not in answer.text.split("Days that are missing")[0].split("Days of the list")[1]


def test_the_ticket_shows_the_time_of_every_step_with_its_pauses(
    as_head: FlaskClient, case: Ticket, session: Session
) -> None:
    pause(as_head, case, session)
    page = as_head.get(f"/tickets/{case.id}").text
    assert "20 minutes of 1 hour" in page
    assert "paused 0 minutes" in page


def test_a_paused_step_may_be_completed_straight_away(
    as_head: FlaskClient, case: Ticket, session: Session, office: Office, do_step: Callable[..., Any]
) -> None:
    item = make_programme_item(session, on=LATER)
    pause(as_head, case, session)
    answer = do_step(
        office.kabag,
        case.id,
        work_programme__item_id=item.id,
        request_disposition__sensitivity="segera",
        request_disposition__assignee_id=office.kasubbag.id,
        request_disposition__instructions=["follow_up"],
        request_disposition__instruction="Mohon segera ditangani.",
    )
    assert answer.status_code == 302, answer.text
    session.expire_all()
    first, second = session.scalars(select(StepRun).order_by(StepRun.id)).all()
    assert [entry.kind for entry in first.clock_entries] == ["start", "pause", "stop"]
    assert (first.paused_at, first.used_minutes, second.paused_at) == (None, 20, None)


def test_a_paused_ticket_may_be_cancelled_and_its_pause_ends_with_it(
    session: Session, case: Ticket, desk: TicketOffice, office: Office
) -> None:
    step = case.run.steps[0]
    service.pause_step(
        session,
        case,
        step_run=step,
        version=step.version,
        waiting_for="requester",
        reason="Menunggu denah",
        office=desk,
        by=office.kabag,
        now=LATER,
    )
    service.cancel_ticket(
        session,
        case,
        reason="Dicabut",
        office=desk,
        by=office.kabag,
        role="head",
        now=LATER + timedelta(days=2),
    )
    assert (step.paused_at, step.clock_entries[-1].kind) == (None, "stop")
