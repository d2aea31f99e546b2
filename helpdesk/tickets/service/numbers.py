"""Numbers without gaps: the series' row is locked until the transaction ends."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from helpdesk.tickets.models import NumberSeries


def take_number(session: Session, series: str, year: int) -> int:
    """Return the next number of the series in the year; a rollback gives it back."""
    dialect = session.get_bind().dialect.name
    insert = insert_postgresql if dialect == "postgresql" else insert_sqlite
    session.execute(
        insert(NumberSeries).values(series=series, year=year, last_number=0).on_conflict_do_nothing()
    )
    number = session.execute(
        update(NumberSeries)
        .where(NumberSeries.series == series, NumberSeries.year == year)
        .values(last_number=NumberSeries.last_number + 1)
        .returning(NumberSeries.last_number)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    return int(number)
