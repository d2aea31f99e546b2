"""No update is lost, and moments come back as they went in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Appointment
from helpdesk.database import make_engine, transaction
from helpdesk.devices.models import Site
from helpdesk.numbering.models import NumberSeries
from tests.factories.moments import LONG_AGO, MORNING

THREADS = 8
CHANGES = 100


def test_eight_threads_of_a_hundred_changes_to_one_row_lose_none(database_url: str) -> None:
    engine = make_engine(database_url)
    with transaction(Session(engine)) as session:
        session.add(NumberSeries(series="test", year=2026, last_number=0))

    def change_often(_thread: int) -> None:
        for _ in range(CHANGES):
            with Session(engine) as own, transaction(own) as session:
                # PostgreSQL must be asked for a lock; on SQLite BEGIN IMMEDIATE holds it from the beginning.
                statement = select(NumberSeries).where(NumberSeries.series == "test").with_for_update()
                row = session.scalars(statement).one()
                row.last_number = row.last_number + 1

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(change_often, range(THREADS)))

    with Session(engine) as session:
        assert session.scalars(select(NumberSeries.last_number)).one() == THREADS * CHANGES
    engine.dispose()


def test_a_transaction_that_fails_leaves_nothing_behind(engine: Engine) -> None:
    def write_and_fail() -> None:
        with Session(engine) as own, transaction(own) as session:
            session.add(NumberSeries(series="half", year=2026, last_number=1))
            session.flush()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_and_fail()
    with Session(engine) as session:
        assert session.scalars(select(NumberSeries)).all() == []


def test_a_moment_comes_back_in_utc_whatever_zone_it_went_in_with(engine: Engine) -> None:
    jayapura = timezone(timedelta(hours=9))
    with Session(engine) as own, transaction(own) as session:
        session.add(Site(code="a", name="A", created_at=datetime(2026, 11, 23, 11, 30, 15, 123456, jayapura)))
    with Session(engine) as session:
        stored = session.scalars(select(Site.created_at)).one()
    assert stored == datetime(2026, 11, 23, 2, 30, 15, 123456, UTC)
    assert stored.tzinfo is UTC


def test_a_naive_moment_is_refused(session: Session) -> None:
    session.add(Site(code="a", name="A", created_at=MORNING.replace(tzinfo=None)))
    with pytest.raises(StatementError, match="naive"):
        session.flush()


def test_a_row_cannot_point_to_nothing(session: Session) -> None:
    session.add(Appointment(person_id=4711, role="head", starts_on=LONG_AGO, ends_on=None))
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_reader_goes_on_beside_a_writer(engine: Engine) -> None:
    with Session(engine) as writer:
        writer.add(NumberSeries(series="open", year=2026, last_number=1))
        writer.flush()
        with Session(engine) as reader:
            reader.connection(execution_options={"reads_only": True})
            assert reader.scalars(select(NumberSeries)).all() == []
        writer.rollback()
