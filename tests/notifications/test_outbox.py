"""Who is told what, in the transaction of the act; on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from helpdesk.notifications import service as notifications
from helpdesk.notifications.models import OutboxMessage
from helpdesk.tickets import service
from tests.factories.people import KABAG, KASUBBAG, make_person
from tests.factories.tickets import make_ticket, make_ticket_office

pytestmark = pytest.mark.usefixtures("telling")


def letters(session, kind):
    return session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.recipient)
    ).all()


def test_the_requester_is_told_at_reception(session, settings, now):
    ticket = make_ticket(session)
    (letter,) = letters(session, "received")
    assert letter.recipient == ticket.requester_email
    assert ticket.number in letter.subject
    assert f"{settings.base_url}/ikuti/" in letter.body
    assert "WIB" in letter.body
    assert letter.next_try_at == now


def test_an_act_that_is_rolled_back_tells_nobody(session):
    make_ticket(session)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_who_has_no_address_is_told_nothing(session):
    make_ticket(session, requester_email="")
    assert letters(session, "received") == []


def test_the_requester_reads_their_own_language(session):
    make_ticket(session, requester_language="en")
    make_ticket(session, requester_language="id")
    bodies = [letter.body for letter in letters(session, "received")]
    assert sorted(body.split()[0] for body in bodies) == ["Dear", "Yth."]


def test_a_public_reply_is_sent_without_the_name_of_the_official(session, office, now):
    ticket = make_ticket(session)
    service.write_message(
        session,
        ticket,
        "Kami datang besok.",
        is_public=True,
        office=make_ticket_office(),
        by=office.kabag,
        role=KABAG,
        now=now,
    )
    (letter,) = letters(session, "reply")
    assert "Kami datang besok." in letter.body
    assert office.kabag.name not in letter.body


def test_an_internal_note_is_sent_to_nobody(session, office, now):
    ticket = make_ticket(session)
    before = session.scalar(select(func.count()).select_from(OutboxMessage))
    service.write_message(
        session,
        ticket,
        "Catatan.",
        is_public=False,
        office=make_ticket_office(),
        by=office.kabag,
        role=KABAG,
        now=now,
    )
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == before


def test_the_requester_is_told_when_the_request_is_not_continued(session, office, now):
    ticket = make_ticket(session)
    service.cancel_ticket(
        session, ticket, reason="Ganda.", office=make_ticket_office(), by=office.kabag, role=KABAG, now=now
    )
    assert "Ganda." in letters(session, "cancelled")[0].body


def test_a_new_link_is_sent_and_the_old_one_is_not_in_it(session, office, settings, now):
    ticket = make_ticket(session)
    secret = settings.secret_key.get_secret_value()
    old = service.follow_token(ticket, secret)
    service.renew_follow_link(session, ticket, office=make_ticket_office(), by=office.kabag, now=now)
    (letter,) = letters(session, "new_link")
    assert service.follow_token(ticket, secret) in letter.body
    assert old not in letter.body


def test_whoever_holds_the_open_step_is_told_in_their_language(session):
    make_person(session, KABAG, email="satu@kantor.go.id", language="id")
    make_person(session, KABAG, email="dua@kantor.go.id", language="en")
    make_person(session, KABAG, email=None)
    make_person(session, KABAG, email="pergi@kantor.go.id", is_active=False)
    make_person(session, KASUBBAG, email="lain@kantor.go.id")
    make_ticket(session)
    waiting = letters(session, "step_waiting")
    assert [letter.recipient for letter in waiting] == ["dua@kantor.go.id", "satu@kantor.go.id"]
    assert "waits for you at step 1" in waiting[0].body
    assert "menunggu tindak lanjut pada langkah 1" in waiting[1].body


def test_a_message_of_the_requester_reaches_the_office_that_works_on_it(session, now):
    make_person(session, KABAG, email="kabag@kantor.go.id")
    ticket = make_ticket(session)
    service.write_as_requester(session, ticket, "Masih putus.", now=now)
    (letter,) = letters(session, "requester_wrote")
    assert letter.recipient == "kabag@kantor.go.id"


def test_a_second_application_tells_nobody_twice(session, settings):
    notifications.listen_to_events(settings)
    make_ticket(session)
    assert len(letters(session, "received")) == 1


def test_the_address_in_the_letter_for_officials_is_the_tickets_page(app, session, settings):
    make_person(session, KABAG, email="kabag@kantor.go.id")
    ticket = make_ticket(session)
    with app.test_request_context():
        path = app.url_for("tickets.show_ticket", ticket_id=ticket.id)
    assert f"{settings.base_url}{path}" in letters(session, "step_waiting")[0].body
