"""Refusals of tickets."""

from __future__ import annotations

from helpdesk.errors import DomainError


class TicketClosed(DomainError):
    """A finished ticket takes no more work."""

    code = "ticket_closed"
    message = "The ticket %(number)s is finished; nothing can be added to it."


class NotYourStep(DomainError):
    """The open step belongs to another office or another person."""

    code = "not_your_step"
    status = 403
    message = "This step waits for %(holder)s. Ask them, or take it over where your office allows it."


class StepOfAnotherOffice(NotYourStep):
    """The open step waits for an office that the person does not hold, or for nobody else."""

    code = "step_of_another_office"
    message = "This step does not wait for your office. The page of the ticket says for whom it waits."


class OwnWork(NotYourStep):
    """The step judges what the person did themself."""

    code = "own_work"
    message = (
        "Nobody verifies their own work: you did what this step judges. "
        "The page of the ticket says who may do it instead."
    )


class WorkProgrammeMissing(DomainError):
    """The item of the work programme does not exist or is not in force."""

    code = "work_programme_missing"
    status = 422
    message = "Choose an item of this year's work programme. The admin keeps the list."


class WorkProgrammeExists(DomainError):
    """The code is already in the year's list."""

    code = "work_programme_exists"
    message = "The work programme of %(year)s already has an item with the code %(item)s."


class DeviceAlreadyNamed(DomainError):
    """The ticket already names the device."""

    code = "device_already_named"
    message = "The ticket already names the device %(device)s."


class SecrecyKept(DomainError):
    """What a head made secret stays secret for the offices below."""

    code = "secrecy_kept"
    status = 422
    message = "Only the head of the office can lift the classification “Secret”. Choose it here too."


class WorkRejected(DomainError):
    """A step that rejects something cannot be completed."""

    code = "work_rejected"
    message = "Something was rejected: the work goes back with the reason, it does not go on."


class AssigneeUnfit(DomainError):
    """The chosen person does not hold the office."""

    code = "assignee_unfit"
    status = 422
    message = "Choose somebody who holds the office the step hands over to."
