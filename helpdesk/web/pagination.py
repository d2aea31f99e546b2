"""Lists in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")
PAGE_SIZE = 25


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list."""

    items: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def has_previous(self) -> bool:
        """Whether a page stands before this one."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Whether a page follows."""
        return self.number < self.pages

    @property
    def first_item(self) -> int:
        """The number of the first item shown; 0 on an empty list."""
        return 0 if not self.total else (self.number - 1) * self.size + 1

    @property
    def last_item(self) -> int:
        """The number of the last item shown."""
        return min(self.number * self.size, self.total)


def paginate(session: Session, statement: Select[Any], number: int, size: int = PAGE_SIZE) -> Page[Any]:
    """Return one page of the statement's rows; a number past the end gives the last page."""
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    number = min(max(number, 1), max(1, -(-total // size)))
    items = session.scalars(statement.limit(size).offset((number - 1) * size)).unique().all()
    return Page(items, number, size, total)
