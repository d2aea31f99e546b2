"""Use cases of numbers: issued without gaps, voided with a reason."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.errors import Forbidden
from helpdesk.events import record
from helpdesk.numbering.errors import NumberAlreadyVoid, NumberStays, ReasonMissing
from helpdesk.numbering.models import IssuedNumber, NumberSeries
from helpdesk.numbering.rules import AGENDA, LONGEST_NUMBER, NO_TICKET, Numbering, Paper


def issue_number(
    session: Session,
    numbering: Numbering,
    series: str,
    *,
    on: date,
    at: datetime,
    by: Person | None = None,
    ticket_id: int | None = None,
    paper: Paper = NO_TICKET,
) -> IssuedNumber:
    """Take the next number of the series in the year of the day, and enter it in the register.

    The counter's row is locked until the transaction ends, and a rollback gives the number back: whatever
    happens, the register has neither a gap nor a double.
    """
    counter = numbering.counter_of(series)
    number = _take_next(session, counter, on.year, first=numbering.series_of(series).first_in(on.year))
    issued = IssuedNumber(
        series=counter,
        year=on.year,
        number=number,
        text=_unused(session, counter, numbering.write(series, number, on, paper)),
        ticket_id=ticket_id,
        issued_at=at,
        issued_by_id=by.id if by else None,
    )
    session.add(issued)
    session.flush()
    return issued


def void_number(
    session: Session,
    issued: IssuedNumber,
    *,
    reason: str,
    is_head: bool,
    by: Person,
    in_role: str = "",
    now: datetime,
) -> None:
    """Void the number for the reason; it stays in the register and is never given again."""
    if not is_head:
        raise Forbidden
    if issued.series == AGENDA:
        raise NumberStays(number=issued.text)
    # Of two heads at once the second reads what the first wrote.
    session.refresh(issued, with_for_update={"key_share": True})
    if issued.is_void:
        raise NumberAlreadyVoid(number=issued.text)
    if not reason.strip():
        raise ReasonMissing
    issued.voided_at, issued.voided_by_id, issued.void_reason = now, by.id, reason.strip()[:2000]
    record(
        session,
        "number_voided",
        at=now,
        ticket_id=issued.ticket_id,
        by=by,
        in_role=in_role,
        number_id=issued.id,
        series=issued.series,
        number=issued.text,
        reason=issued.void_reason,
    )


def _take_next(session: Session, series: str, year: int, *, first: int) -> int:
    dialect = session.get_bind().dialect.name
    insert = insert_postgresql if dialect == "postgresql" else insert_sqlite
    session.execute(
        insert(NumberSeries).values(series=series, year=year, last_number=first - 1).on_conflict_do_nothing()
    )
    number = session.execute(
        update(NumberSeries)
        .where(NumberSeries.series == series, NumberSeries.year == year)
        .values(last_number=NumberSeries.last_number + 1)
        .returning(NumberSeries.last_number)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    return int(number)


def _unused(session: Session, series: str, text: str) -> str:
    """Return the text, with a letter behind it where a pattern without a counter gave it before."""
    tried, letter = text, "b"
    while session.scalar(select(exists().where(IssuedNumber.series == series, IssuedNumber.text == tried))):
        tried, letter = f"{text[: LONGEST_NUMBER - 1]}{letter}", chr(ord(letter) + 1)
    return tried
