"""What the calendars refuse."""

from __future__ import annotations

from collections.abc import Sequence

from helpdesk.datafiles import Problem
from helpdesk.errors import DomainError


class HoursInvalid(DomainError):
    """Working hours that no clock can follow."""

    code = "hours_invalid"
    status = 422
    message = "The working hours %(hours)s cannot be used. %(reason)s"


class MomentNaive(DomainError):
    """A moment without a time zone says nothing about when it is."""

    code = "moment_naive"
    status = 422
    message = "The moment %(moment)s has no time zone. Write it with one, for instance 2026-11-23T02:30:00Z."


class MomentOutOfRange(DomainError):
    """A moment so far away that no calendar speaks about it."""

    code = "moment_out_of_range"
    status = 422
    message = "The year %(year)s is outside what a calendar can answer (%(first)s to %(last)s)."


class BudgetNegative(DomainError):
    """A number of working minutes below zero."""

    code = "budget_negative"
    status = 422
    message = "The number of working minutes cannot be negative (%(minutes)s)."


class WorkingTimeMissing(DomainError):
    """The calendar does not open often enough to reach the end of the budget."""

    code = "working_time_missing"
    status = 422
    message = "The calendar holds too little working time: no end within %(years)s years."


class CalendarFileInvalid(DomainError):
    """A calendar file cannot be used; `problems` holds every reason with its line."""

    code = "calendar_file_invalid"
    status = 422
    message = "The calendar file cannot be used:\n%(problems)s"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(problems="\n".join(str(problem) for problem in problems))
