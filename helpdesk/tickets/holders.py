"""Who may do an open step now: the holders of its office, acting officers, the office it is escalated to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from helpdesk.accounts import standing
from helpdesk.accounts.models import Person
from helpdesk.accounts.standing import Official
from helpdesk.sop.clocks.queries import clock_of
from helpdesk.sop.models import StepRun
from helpdesk.sop.rules import get_step
from helpdesk.sop.schema import Step
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.own_work import is_signing, judged_people
from helpdesk.tickets.rules import OpenStep, Sensitivity, Viewer, may_act


@dataclass(frozen=True)
class Hands:
    """In whose hands an open step is: who may do it now, and who would have to verify their own work."""

    step: OpenStep
    may_act: tuple[Official, ...]
    barred: tuple[Official, ...]

    @property
    def is_held(self) -> bool:
        """Whether somebody stands in the office at all."""
        return bool(self.may_act or self.barred)


def open_step(session: Session, ticket: Ticket, step_run: StepRun, office: Office, now: datetime) -> OpenStep:
    """Return the step as the question who may do it sees it."""
    officials = standing.list_officials(session, step_run.taken_over_as or step_run.role, now, office.zone)
    return _open_step(ticket, step_run, office, officials, now)


def viewer_of_person(session: Session, person: Person, office: Office, now: datetime) -> Viewer:
    """Return the person as the rules see them at the moment, wherever they come from: page, API, command."""
    held = standing.offices_of(session, person, now, office.zone)
    whole = frozenset(one.role for one in held if one.scope.is_whole)
    acting = tuple(one for one in held if one.is_acting)
    return Viewer(person.id, whole, sees_all=False, acting=acting, day=office.day_of(now))


def hands_of(session: Session, ticket: Ticket, step_run: StepRun, office: Office, now: datetime) -> Hands:
    """Return who may do the step at the moment."""
    officials = standing.list_officials(session, step_run.taken_over_as or step_run.role, now, office.zone)
    step = _open_step(ticket, step_run, office, officials, now)
    free = OpenStep(step.role, None, step.procedure, step.step_id, step.is_secret)
    allowed = [one for one in officials if may_act(step, viewer_of(one))]
    return Hands(
        step=step,
        may_act=tuple(allowed),
        barred=tuple(
            one
            for one in officials
            if one not in allowed and one.person.id in step.judged and may_act(free, viewer_of(one))
        ),
    )


def addressees(
    session: Session, ticket: Ticket, step_run: StepRun, zone: ZoneInfo, at: datetime
) -> list[Official]:
    """Return who is told that the step waits: whose it is, and who acts in their place."""
    role = step_run.taken_over_as or step_run.role
    officials = standing.list_officials(session, role, at, zone)
    given = next((one for one in officials if one.person.id == step_run.assignee_id), None)
    step = OpenStep(
        role=role,
        assignee_id=given.person.id if given else None,
        is_lent=given is not None and given.office.is_acting,
        lent_by=given.office.for_person_id if given else None,
        procedure=ticket.run.procedure_number,
        step_id=step_run.step_id,
        is_secret=ticket.sensitivity == Sensitivity.SECRET.value,
    )
    return [one for one in officials if may_act(step, viewer_of(one))]


def viewer_of(official: Official) -> Viewer:
    """Return the official as who may act is asked of them: in this one office."""
    held = official.office
    is_whole = held.scope.is_whole
    return Viewer(
        official.person.id,
        frozenset({held.role}) if is_whole else frozenset(),
        sees_all=False,
        acting=(held,) if held.is_acting else (),
    )


def _open_step(
    ticket: Ticket, step_run: StepRun, office: Office, officials: list[Official], now: datetime
) -> OpenStep:
    procedure = office.procedure_of(ticket.run)
    step = get_step(procedure, step_run.step_id)
    # A colleague who is away keeps the step for whoever acts in their place; one who left gives it free.
    given = next((one for one in officials if one.person.id == step_run.assignee_id), None)
    return OpenStep(
        role=step_run.taken_over_as or step_run.role,
        assignee_id=given.person.id if given else None,
        is_lent=given is not None and given.office.is_acting,
        lent_by=given.office.for_person_id if given else None,
        procedure=procedure.number,
        step_id=step.id,
        is_secret=ticket.sensitivity == Sensitivity.SECRET.value,
        judged=judged_people(procedure, step, ticket.run.steps),
        is_signing=is_signing(step),
        escalated_to=_escalated_to(step, step_run, office, now),
    )


def _escalated_to(step: Step, step_run: StepRun, office: Office, now: datetime) -> str:
    """Return the office that may take the step over by now: so much of its time is used."""
    if step.escalation is None or step_run.taken_over_as is not None:
        return ""
    reckoned = clock_of(step_run, office.calendar, now)
    is_up = reckoned.used * 100 >= reckoned.allowed * step.escalation.at_percent
    return step.escalation.to if is_up else ""
