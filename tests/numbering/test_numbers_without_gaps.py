"""Numbers are issued without gap or double, whoever else writes; a void one stays with its reason."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.database import make_engine, transaction
from helpdesk.errors import Forbidden
from helpdesk.events import Event
from helpdesk.numbering import queries, service
from helpdesk.numbering.catalogue import default_numbering
from helpdesk.numbering.errors import NumberAlreadyVoid, NumberStays, NumberUnknown, ReasonMissing
from helpdesk.numbering.models import IssuedNumber
from helpdesk.numbering.rules import AGENDA, DISPOSITION, NO_TICKET, REPORT, Paper
from tests.factories.moments import MORNING
from tests.factories.people import Office
from tests.factories.waiting import beside

DAY = date(2026, 11, 23)
WRITERS = 50


class Upset(Exception):
    """Something that went wrong after the number was taken."""


def issue(
    session: Session, series: str = REPORT, *, on: date = DAY, paper: Paper = NO_TICKET
) -> IssuedNumber:
    return service.issue_number(session, default_numbering(), series, on=on, at=MORNING, paper=paper)


def numbers(session: Session, series: str = REPORT, year: int = 2026) -> list[int]:
    return [one.number for one in session.scalars(queries.select_numbers(year=year, series=series))]


def test_fifty_writers_at_once_leave_neither_gap_nor_double(database_url: str) -> None:
    engine = make_engine(database_url)

    def write(writer: int) -> None:
        chance = random.Random(writer)  # which writer fails, not a secret
        for _ in range(4):
            try:
                with Session(engine) as own, transaction(own) as session:
                    issue(session)
                    if chance.random() < 0.3:
                        raise Upset
            except Upset:
                continue

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    with Session(engine) as session:
        given = numbers(session)
        texts = set(session.scalars(select(IssuedNumber.text)))
    engine.dispose()
    assert given == list(range(1, len(given) + 1))
    assert len(texts) == len(given) > WRITERS


def test_a_transaction_that_fails_gives_its_number_back(engine: Engine) -> None:
    with Session(engine) as own, transaction(own) as session:
        issue(session)
    with Session(engine) as session:
        assert issue(session).number == 2
        session.rollback()
    with Session(engine) as own, transaction(own) as session:
        assert issue(session).number == 2


def test_each_series_and_each_year_counts_for_itself(session: Session) -> None:
    issue(session)
    assert issue(session).text == "LAP-0002/2026"
    assert issue(session, AGENDA).text == "0001/2026"
    assert issue(session, on=date(2027, 1, 1)).text == "LAP-0001/2027"
    assert queries.list_years(session) == [2027, 2026]


def test_an_office_goes_on_where_its_book_ended(session: Session) -> None:
    shipped = default_numbering()
    report = replace(shipped.series[REPORT], starts={2026: 118})
    office = replace(shipped, series={**shipped.series, REPORT: report})
    given = [service.issue_number(session, office, REPORT, on=DAY, at=MORNING).text for _ in range(2)]
    assert given == ["LAP-0118/2026", "LAP-0119/2026"]


def test_a_later_start_value_makes_no_gap(session: Session) -> None:
    issue(session)
    shipped = default_numbering()
    report = replace(shipped.series[REPORT], starts={2026: 118})
    office = replace(shipped, series={**shipped.series, REPORT: report})
    assert service.issue_number(session, office, REPORT, on=DAY, at=MORNING).number == 2


def test_two_dispositions_of_one_pass_have_two_numbers(session: Session) -> None:
    paper = Paper("0042/2026", 1)
    given = [issue(session, DISPOSITION, paper=paper).text for _ in range(3)]
    assert given == ["0042/2026/D1", "0042/2026/D1b", "0042/2026/D1c"]


def test_a_void_number_keeps_its_reason_and_is_never_given_again(session: Session, office: Office) -> None:
    issued = issue(session)
    service.void_number(
        session, issued, reason=" Salah cetak ", is_head=True, by=office.kabag, in_role="head", now=MORNING
    )
    session.commit()
    session.expire_all()
    kept = queries.get_number_by_text(session, REPORT, "LAP-0001/2026")
    assert kept.is_void
    assert (kept.void_reason, kept.voided_by, kept.voided_at) == ("Salah cetak", office.kabag, MORNING)
    assert issue(session).text == "LAP-0002/2026"
    assert session.scalars(queries.select_numbers(year=2026, only_void=True)).all() == [kept]
    event = session.scalars(select(Event).where(Event.kind == "number_voided")).one()
    assert (event.data["number"], event.actor_role) == ("LAP-0001/2026", "head")


def test_a_number_is_voided_once_by_a_head_for_a_reason(session: Session, office: Office) -> None:
    issued, agenda = issue(session), issue(session, AGENDA)

    def void(number: IssuedNumber, reason: str = "Salah cetak", *, is_head: bool = True) -> None:
        service.void_number(session, number, reason=reason, is_head=is_head, by=office.kabag, now=MORNING)

    with pytest.raises(Forbidden):
        void(issued, is_head=False)
    with pytest.raises(ReasonMissing):
        void(issued, "  ")
    with pytest.raises(NumberStays):
        void(agenda)
    void(issued)
    with pytest.raises(NumberAlreadyVoid):
        void(issued, "Lain")
    assert issued.void_reason == "Salah cetak"


def test_of_two_heads_who_void_one_number_at_once_the_first_said_why(
    engine: Engine, session: Session, office: Office
) -> None:
    issued, head = issue(session), office.kabag
    issued_id, head_id = issued.id, head.id
    session.commit()

    def void(own: Session) -> None:
        mine, by = own.get_one(IssuedNumber, issued_id), own.get_one(Person, head_id)
        service.void_number(own, mine, reason="Dobel", is_head=True, by=by, now=MORNING)

    with beside(engine, session, void) as start:
        service.void_number(session, issued, reason="Salah ketik", is_head=True, by=head, now=MORNING)
        session.flush()
        voiding = start()
        session.commit()
    with pytest.raises(NumberAlreadyVoid):
        voiding.result()
    session.expire_all()
    assert issued.void_reason == "Salah ketik"


def test_a_number_that_was_never_issued_is_said_so(session: Session) -> None:
    with pytest.raises(NumberUnknown, match="LAP-0009/2026"):
        queries.get_number_by_text(session, REPORT, "LAP-0009/2026")
    assert queries.find_number(session, REPORT, 2026, 9) is None
