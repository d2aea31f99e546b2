"""Retention, legal holds, and the erasure of a requester's personal data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.archive import queries, service
from helpdesk.archive.catalogue import load_schedule
from helpdesk.archive.errors import (
    CaseStillOpen,
    ErasedAlready,
    HeldByLaw,
    RetentionFileInvalid,
    StillKept,
)
from helpdesk.archive.models import Retention
from helpdesk.archive.rules import keep_until
from helpdesk.audit.models import SealedFacts
from helpdesk.audit.queries import verify_chain
from helpdesk.database import Base, transaction
from helpdesk.errors import EditConflict, Forbidden
from helpdesk.events import Event, record
from helpdesk.tickets import service as ticket_service
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import NewFile
from tests.factories.moments import MORNING
from tests.factories.people import Office
from tests.factories.tickets import make_ticket, make_ticket_office
from tests.factories.waiting import beside

HERE = make_ticket_office()
ZONE = ZoneInfo("Asia/Jakarta")
SCHEDULE = load_schedule()
TODAY = MORNING.astimezone(ZONE).date()
# Six years on: the days of keeping are over.
AFTER = MORNING + timedelta(days=6 * 366)
LATER = MORNING + timedelta(minutes=3)


@pytest.fixture
def ended(session: Session, office: Office) -> Ticket:
    """A ticket that was cancelled, with words and a file of its requester."""
    with transaction(session):
        ticket = make_ticket(
            session, requester_name="Sri Wahyuni", attachments=(NewFile("ktp.png", b"\x89PNG", "image/png"),)
        )
        ticket_service.write_as_requester(session, ticket, "Hubungi saya di rumah.", now=LATER)
        ticket_service.cancel_ticket(
            session,
            ticket,
            reason="Bukan kewenangan kami.",
            office=HERE,
            by=office.kabag,
            role="head",
            now=LATER,
        )
    return ticket


def test_years_count_from_the_end_of_the_year_of_closing() -> None:
    assert keep_until(date(2026, 1, 2), 5) == date(2031, 12, 31)
    assert keep_until(date(2026, 12, 31), 5) == date(2031, 12, 31)
    assert keep_until(date(2026, 1, 2), None) is None


def test_a_ticket_that_ended_gets_the_class_meant_for_it(session: Session, ended: Ticket) -> None:
    with transaction(session):
        assert service.class_ended_tickets(session, SCHEDULE, ZONE, now=LATER) == 1
        assert service.class_ended_tickets(session, SCHEDULE, ZONE, now=LATER) == 0
    kept = queries.find_kept(session, ended)
    assert kept.retention is not None
    assert (kept.retention.class_code, kept.retention.keep_until) == ("umum", date(TODAY.year + 5, 12, 31))


def test_an_open_ticket_is_not_classed(session: Session, office: Office) -> None:
    with transaction(session):
        ticket = make_ticket(session)
        assert service.class_ended_tickets(session, SCHEDULE, ZONE, now=LATER) == 0
        with pytest.raises(CaseStillOpen):
            service.choose_class(session, ticket, SCHEDULE, "permanen", HERE, by=office.kabag, now=LATER)


def test_a_case_is_due_the_day_after_its_last_day(session: Session, ended: Ticket) -> None:
    with transaction(session):
        service.class_ended_tickets(session, SCHEDULE, ZONE, now=LATER)
    last = date(TODAY.year + 5, 12, 31)
    assert queries.list_due(session, last) == []
    assert [each.ticket_id for each in queries.list_due(session, last + timedelta(days=1))] == [ended.id]


def test_a_case_that_is_being_held_is_not_erased_in_the_same_moment(
    engine: Engine, session: Session, ended: Ticket, office: Office
) -> None:
    ended_id, head_id = ended.id, office.kabag.id
    session.commit()

    def erase(own: Session) -> object:
        ticket, by = own.get_one(Ticket, ended_id), own.get_one(Person, head_id)
        return service.erase_requester(
            own, ticket, "Diminta", HERE, asked_by_requester=True, by=by, now=LATER
        )

    with beside(engine, session, erase) as start:
        service.place_hold(session, ended, "Perkara 12/2026", HERE, by=office.kabag, now=LATER)
        erasing = start()
        session.commit()
    with pytest.raises(HeldByLaw):
        erasing.result()
    session.expire_all()
    assert ended.requester_name == "Sri Wahyuni"


def test_a_held_case_is_not_due(session: Session, ended: Ticket, office: Office) -> None:
    with transaction(session):
        service.class_ended_tickets(session, SCHEDULE, ZONE, now=LATER)
        service.place_hold(session, ended, "Perkara 12/2026", HERE, by=office.kabag, now=LATER)
    assert queries.list_due(session, date(2099, 1, 1)) == []
    assert [hold.reason for hold, _ in queries.list_held(session)] == ["Perkara 12/2026"]


def _personal(session: Session) -> list[str]:
    """Return the tables in which the requester's name, address or words still stand."""
    found = []
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            values = " ".join(str(value) for value in row)
            if any(word in values for word in ("Sri Wahyuni", "rina@badan.example", "di rumah", "ktp.png")):
                found.append(table.name)
    return found


def test_erasing_leaves_no_word_of_the_requester_and_the_chain_whole(
    session: Session, ended: Ticket, office: Office
) -> None:
    assert _personal(session)
    with transaction(session):
        erasure = service.erase_requester(
            session,
            ended,
            "Permintaan pemohon",
            HERE,
            asked_by_requester=True,
            by=office.kabag,
            now=LATER,
        )
    assert _personal(session) == []
    assert erasure.counts["messages"] == 1
    assert erasure.counts["files"] == 1
    assert verify_chain(session).broken is None
    assert session.scalars(select(SealedFacts)).all() == []
    assert all(link.withdrawn_at for link in ended.follow_links)
    said = session.scalars(select(Event).where(Event.kind == "requester_erased")).one()
    assert "Sri" not in str(said.data)


def test_nothing_is_erased_under_a_hold(session: Session, ended: Ticket, office: Office) -> None:
    with transaction(session):
        hold = service.place_hold(session, ended, "Perkara", HERE, by=office.kabag, now=LATER)
    with pytest.raises(HeldByLaw), transaction(session):
        service.erase_requester(
            session, ended, "Permintaan", HERE, asked_by_requester=True, by=office.kabag, now=LATER
        )
    with transaction(session):
        service.lift_hold(session, ended, hold, "Putusan tetap", HERE, by=office.kabag, now=LATER)
    with transaction(session):
        service.erase_requester(
            session, ended, "Permintaan", HERE, asked_by_requester=True, by=office.kabag, now=LATER
        )
    with pytest.raises(ErasedAlready), transaction(session):
        service.erase_requester(
            session, ended, "Lagi", HERE, asked_by_requester=True, by=office.kabag, now=LATER
        )


def test_before_the_last_day_only_the_requester_may_ask(
    session: Session, ended: Ticket, office: Office
) -> None:
    with transaction(session):
        service.class_ended_tickets(session, SCHEDULE, ZONE, now=LATER)
    with pytest.raises(StillKept), transaction(session):
        service.erase_requester(
            session, ended, "Bersih-bersih", HERE, asked_by_requester=False, by=office.kabag, now=LATER
        )
    with transaction(session):
        service.erase_requester(
            session,
            ended,
            "Masa simpan habis",
            HERE,
            asked_by_requester=False,
            by=office.kabag,
            now=AFTER,
        )


def test_an_open_ticket_is_never_erased(session: Session, office: Office) -> None:
    with transaction(session):
        ticket = make_ticket(session)
    with pytest.raises(CaseStillOpen), transaction(session):
        service.erase_requester(
            session, ticket, "Permintaan", HERE, asked_by_requester=True, by=office.kabag, now=LATER
        )


def test_a_second_hold_waits_for_the_first_to_end(session: Session, ended: Ticket, office: Office) -> None:
    with transaction(session):
        service.place_hold(session, ended, "Perkara", HERE, by=office.kabag, now=LATER)
    with pytest.raises(EditConflict), transaction(session):
        service.place_hold(session, ended, "Perkara lain", HERE, by=office.kabag, now=LATER)


def test_an_erased_ticket_is_still_shown_and_packed(
    client: FlaskClient,
    session: Session,
    ended: Ticket,
    office: Office,
    sign_in: Callable[[FlaskClient, Person], None],
) -> None:
    sign_in(client, office.kabag)
    sent = {"erase_reason": "Permintaan pemohon", "asked_by_requester": "1", "is_sure": "1"}
    answer = client.post(f"/tickets/{ended.id}/keeping/erase", data=sent, follow_redirects=True)
    assert "is erased" in answer.text
    page = client.get(f"/tickets/{ended.id}").text
    assert "Sri Wahyuni" not in page
    assert "Personal data erased" in page
    assert client.post(f"/tickets/{ended.id}/archive").status_code == 200
    assert client.get("/register").status_code == 200


def test_only_a_head_decides_on_keeping(
    client: FlaskClient,
    session: Session,
    ended: Ticket,
    office: Office,
    sign_in: Callable[[FlaskClient, Person], None],
) -> None:
    sign_in(client, office.auditor)
    assert client.post(f"/tickets/{ended.id}/keeping/hold", data={"hold_reason": "x"}).status_code == 403
    sign_in(client, office.kasubbag)
    refused = client.post(f"/tickets/{ended.id}/keeping/hold", data={"hold_reason": "x"}).status_code
    assert refused in (403, 404)
    assert queries.find_kept(session, ended).holds == []


def test_an_act_of_keeping_without_a_reason_shows_the_form_again(
    client: FlaskClient,
    session: Session,
    ended: Ticket,
    office: Office,
    sign_in: Callable[[FlaskClient, Person], None],
) -> None:
    sign_in(client, office.kabag)
    answer = client.post(f"/tickets/{ended.id}/keeping/erase", data={"erase_reason": "Permintaan pemohon"})
    assert answer.status_code == 422
    assert "cannot be undone" in answer.text
    assert "Permintaan pemohon" in answer.text


def test_the_record_and_the_retention_list_are_for_auditor_and_head(
    client: FlaskClient,
    session: Session,
    ended: Ticket,
    office: Office,
    sign_in: Callable[[FlaskClient, Person], None],
) -> None:
    sign_in(client, office.auditor)
    page = client.get("/record?check=1")
    assert page.status_code == 200
    assert "The chain is whole" in page.text
    assert "ticket_cancelled" in page.text
    assert (
        "ticket_opened"
        not in client.get("/record?kind=ticket_cancelled&since=2020-01-01").text.split("<tbody", 1)[1]
    )
    assert client.get("/retention").status_code == 200
    sign_in(client, office.pelaksana)
    assert client.get("/record").status_code == 403
    assert client.get("/retention").status_code == 404
    sign_in(client, office.kabag)
    assert client.get("/retention").status_code == 200


def test_the_record_shows_what_was_sealed_of_an_official_and_nothing_of_a_requester(
    client: FlaskClient,
    session: Session,
    ended: Ticket,
    office: Office,
    sign_in: Callable[[FlaskClient, Person], None],
) -> None:
    with transaction(session):
        record(session, "person_changed", at=LATER, by=office.admin, sealed={"nip": ["1975", "1976"]})
    sign_in(client, office.auditor)
    page = client.get("/record").text
    assert "1975" in page
    assert "ticket_opened" in page
    assert "Sri Wahyuni" not in page.split("<tbody", 1)[1]


def test_a_bad_schedule_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "jra.yaml"
    file.write_text("classes:\n  - code: umum\n    title: {id: Umum, en: General}\n    years: 0\n")
    with pytest.raises(RetentionFileInvalid) as refusal:
        load_schedule(file)
    assert "jra.yaml:4" in str(refusal.value)


def test_a_change_of_class_records_before_and_after(session: Session, ended: Ticket, office: Office) -> None:
    with transaction(session):
        service.class_ended_tickets(session, SCHEDULE, ZONE, now=LATER)
        service.choose_class(session, ended, SCHEDULE, "permanen", HERE, by=office.kabag, now=LATER)
    acts = session.scalars(select(Event).where(Event.kind == "retention_classed").order_by(Event.id)).all()
    assert acts[-1].data["before"]["class"] == "umum"
    assert acts[-1].data["after"] == {"class": "permanen", "keep_until": None}
    assert session.scalars(select(Retention)).one().keep_until is None


def test_below_the_pages_too_only_a_head_decides(session: Session, ended: Ticket, office: Office) -> None:
    for person in (office.kasubbag, office.pelaksana, office.admin, office.auditor):
        with pytest.raises(Forbidden), transaction(session):
            service.place_hold(session, ended, "Perkara", HERE, by=person, now=LATER)
        with pytest.raises(Forbidden), transaction(session):
            service.choose_class(session, ended, SCHEDULE, "permanen", HERE, by=person, now=LATER)
        with pytest.raises(Forbidden), transaction(session):
            service.erase_requester(
                session, ended, "Diminta", HERE, asked_by_requester=True, by=person, now=LATER
            )
