"""Reading the register of numbers."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from helpdesk.errors import NotFound
from helpdesk.numbering.errors import NumberUnknown
from helpdesk.numbering.models import IssuedNumber


def select_numbers(*, year: int, series: str = "", only_void: bool = False) -> Select[IssuedNumber]:
    """Return the statement that lists the numbers of a year, by series and in their order."""
    statement = select(IssuedNumber).where(IssuedNumber.year == year)
    if series:
        statement = statement.where(IssuedNumber.series == series)
    if only_void:
        statement = statement.where(IssuedNumber.voided_at.is_not(None))
    return statement.order_by(IssuedNumber.series, IssuedNumber.number)


def list_years(session: Session) -> list[int]:
    """Return the years in which numbers were issued, the newest first."""
    return list(session.scalars(select(IssuedNumber.year).distinct().order_by(IssuedNumber.year.desc())))


def get_number(session: Session, number_id: int) -> IssuedNumber:
    """Return the issued number, or raise NotFound."""
    found = session.get(IssuedNumber, number_id)
    if found is None:
        raise NotFound
    return found


def get_number_by_text(session: Session, series: str, text: str) -> IssuedNumber:
    """Return the number as it reads on the paper, or raise NumberUnknown."""
    found = session.scalar(
        select(IssuedNumber).where(IssuedNumber.series == series, IssuedNumber.text == text)
    )
    if found is None:
        raise NumberUnknown(number=text)
    return found


def find_number(session: Session, series: str, year: int, number: int) -> IssuedNumber | None:
    """Return the number by its place in the series, or None."""
    return session.scalar(
        select(IssuedNumber).where(
            IssuedNumber.series == series, IssuedNumber.year == year, IssuedNumber.number == number
        )
    )
