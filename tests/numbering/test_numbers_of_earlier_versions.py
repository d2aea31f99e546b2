"""Numbers that an earlier version gave are in the register, and the next one follows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import build_settings
from helpdesk.database import make_engine
from helpdesk.documents.models import Document
from helpdesk.numbering.catalogue import default_numbering
from helpdesk.numbering.models import IssuedNumber, NumberSeries
from helpdesk.numbering.rules import AGENDA, DISPOSITION, REPORT
from helpdesk.numbering.service import issue_number
from helpdesk.schema import upgrade
from helpdesk.tickets.models import Ticket
from tests.factories.landed import restore_landed
from tests.factories.moments import MORNING


@pytest.fixture
def upgraded(empty_database_url: str, tmp_path: Path) -> Iterator[Session]:
    """Give a session on a database of the first version, upgraded."""
    restore_landed(empty_database_url, "0001_create_tables")
    upgrade(build_settings(testing=True, data_directory=tmp_path, database_url=empty_database_url))
    engine = make_engine(empty_database_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_every_paper_of_before_is_in_the_register_under_its_number(upgraded: Session) -> None:
    papers = upgraded.scalars(select(Document).where(Document.number.is_not(None))).all()
    assert {paper.kind for paper in papers} == {"disposition", "report"}
    for paper in papers:
        assert paper.issued_number is not None
        assert (paper.issued_number.text, paper.issued_number.ticket_id) == (paper.number, paper.ticket_id)
        assert paper.output is not None
        assert paper.output.step_run_id == paper.step_run_id


def test_every_ticket_of_before_has_its_agenda_number(upgraded: Session) -> None:
    for ticket in upgraded.scalars(select(Ticket)):
        agenda = upgraded.scalars(
            select(IssuedNumber).where(IssuedNumber.series == AGENDA, IssuedNumber.ticket_id == ticket.id)
        ).one()
        assert agenda.text == f"{ticket.sequence:04d}/{ticket.year}"


@pytest.mark.parametrize("series", [AGENDA, DISPOSITION, REPORT])
def test_the_next_number_follows_the_last_one_of_before(upgraded: Session, series: str) -> None:
    counters = upgraded.scalars(select(NumberSeries).where(NumberSeries.series == series)).all()
    assert counters
    for counter in counters:
        given = upgraded.scalars(
            select(IssuedNumber.number)
            .where(IssuedNumber.series == series, IssuedNumber.year == counter.year)
            .order_by(IssuedNumber.number)
        ).all()
        # The recorded office is only some of its tickets: their numbers are theirs, not all there were.
        assert len(set(given)) == len(given)
        assert given[-1] == counter.last_number or series != DISPOSITION
        last = counter.last_number
        on = MORNING.date().replace(year=counter.year)
        assert issue_number(upgraded, default_numbering(), series, on=on, at=MORNING).number == last + 1
