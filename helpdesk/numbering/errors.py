"""What the numbering refuses."""

from __future__ import annotations

from collections.abc import Sequence

from helpdesk.datafiles import Problem
from helpdesk.errors import DomainError


class NumberingFileInvalid(DomainError):
    """A numbering file cannot be used; `problems` holds every reason with its line."""

    code = "numbering_file_invalid"
    status = 422
    message = "The numbering file cannot be used:\n%(problems)s"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(problems="\n".join(str(problem) for problem in problems))


class NumberUnknown(DomainError):
    """No such number was issued."""

    code = "number_unknown"
    status = 404
    message = "The number %(number)s was never issued."


class NumberAlreadyVoid(DomainError):
    """A void number stays void, with the reason it has."""

    code = "number_already_void"
    message = "The number %(number)s is void already."


class NumberStays(DomainError):
    """The number of a ticket is no paper's number."""

    code = "number_stays"
    message = "The agenda number %(number)s belongs to a ticket. Cancel the ticket instead."


class ReasonMissing(DomainError):
    """A number is voided for a reason, which stands in the register."""

    code = "reason_missing"
    status = 422
    message = "Write why the number is void. The reason stands in the register."
