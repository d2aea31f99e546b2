"""What the clocks refuse."""

from __future__ import annotations

from helpdesk.errors import DomainError


class ClockPaused(DomainError):
    """The clock of the step stands still already."""

    code = "clock_paused"
    status = 409
    message = "The clock of this step is paused already."


class ClockRuns(DomainError):
    """The clock of the step runs: there is nothing to resume."""

    code = "clock_runs"
    status = 409
    message = "The clock of this step runs: there is no pause to end."


class ClockEnded(DomainError):
    """The step is finished, and so is its clock."""

    code = "clock_ended"
    status = 409
    message = "The step is finished, and its clock has stopped."
