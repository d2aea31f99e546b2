"""Refusals of schedules."""

from helpdesk.errors import InputInvalid, NotFound


class ScheduleNotFound(NotFound):
    """There is no such schedule."""

    code = "schedule_not_found"
    message = "This schedule does not exist."


class ScheduleRefused(InputInvalid):
    """A schedule cannot be kept as given; `field` names the input, `reason` is a sentence."""

    code = "schedule_refused"
