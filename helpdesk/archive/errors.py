"""Refusals of keeping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from helpdesk.datafiles import Problem
from helpdesk.errors import DomainError


class CaseStillOpen(DomainError):
    """What is still worked on is neither classed nor erased."""

    code: ClassVar[str] = "case_still_open"
    status: ClassVar[int] = 409
    message: ClassVar[str] = "Ticket %(number)s is not closed yet. Close or cancel it first."


class HeldByLaw(DomainError):
    """A legal hold stands."""

    code: ClassVar[str] = "held_by_law"
    status: ClassVar[int] = 409
    message: ClassVar[str] = "Ticket %(number)s is under a legal hold: nothing of it may be erased."


class StillKept(DomainError):
    """The days of keeping are not over, and the requester has not asked for it."""

    code: ClassVar[str] = "still_kept"
    status: ClassVar[int] = 409
    message: ClassVar[str] = (
        "Ticket %(number)s is kept until %(until)s. Before, only the requester may ask for it."
    )


class ErasedAlready(DomainError):
    """There is nothing left to erase."""

    code: ClassVar[str] = "erased_already"
    status: ClassVar[int] = 409
    message: ClassVar[str] = "The personal data of ticket %(number)s is erased already."


class RetentionClassUnknown(DomainError):
    """No such class in the office's schedule."""

    code: ClassVar[str] = "retention_class_unknown"
    status: ClassVar[int] = 422
    message: ClassVar[str] = "The retention schedule has no class %(class_code)s. Choose one of the list."


class RetentionFileInvalid(DomainError):
    """The retention schedule cannot be used; every problem is named."""

    code: ClassVar[str] = "retention_file_invalid"
    status: ClassVar[int] = 500
    message: ClassVar[str] = "The retention schedule cannot be used. %(first)s"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(first=str(problems[0]))
