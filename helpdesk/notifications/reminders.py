"""Reminders of steps: each rung of the ladder goes out once, to whoever holds the step and, late, above them.

Two schedulers may look at the same moment, and one may be killed between any two of its lines: the row that
claims a rung, the event and the messages are written in one transaction, so a rung is told once or, where
nothing was written, again by the next round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.accounts import standing
from helpdesk.accounts.models import Person
from helpdesk.database import transaction
from helpdesk.events import Event, record
from helpdesk.notifications import letters, queries
from helpdesk.notifications.rules import LetterKind, ticket_url
from helpdesk.notifications.service import mail_settings, put_in_outbox
from helpdesk.sop.clocks import queries as clock_queries
from helpdesk.sop.clocks.ladder import SHARES, Rung, rungs_to_send
from helpdesk.sop.clocks.service import claim_rung
from helpdesk.sop.models import StepRun
from helpdesk.sop.rules import get_step
from helpdesk.sop.schema import Step
from helpdesk.tickets.holders import hands_of
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import Sensitivity

SessionFactory = Callable[[], Session]
OfficeOf = Callable[[Session], Office]


@dataclass(frozen=True)
class _Reminder:
    ticket: Ticket
    step_run: StepRun
    step: Step
    rung: Rung
    event: Event


def remind_due(sessions: SessionFactory, office_of: OfficeOf, now: datetime) -> int:
    """Send every reminder that is due, and return how many steps were reminded of."""
    with sessions() as session:
        session.connection(execution_options={"reads_only": True})
        office = office_of(session)
        due = [
            step_run.id
            for ticket, step_run in queries.list_running_steps(session)
            if _unclaimed(session, ticket, step_run, office, now)
        ]
    reminded = 0
    for step_run_id in due:
        with sessions() as session, transaction(session):
            reminded += remind_of_step(session, step_run_id, office_of(session), now=now)
    return reminded


def remind_of_step(session: Session, step_run_id: int, office: Office, *, now: datetime) -> bool:
    """Claim the rungs that the step has reached, and tell of the last; False where none is."""
    found = queries.find_running_step(session, step_run_id)
    if found is None:
        return False
    ticket, step_run = found
    claimed = [
        rung
        for rung in _unclaimed(session, ticket, step_run, office, now)
        if claim_rung(session, step_run_id, rung.name, now=now)
    ]
    if not claimed:
        return False
    rung = claimed[-1]
    clock = clock_queries.clock_of(step_run, office.calendar, now)
    event = record(
        session,
        "step_reminded",
        at=now,
        ticket_id=ticket.id,
        step_run_id=step_run.id,
        step_number=step_run.step_number,
        rung=rung.name,
        used_minutes=clock.used_minutes,
        allowed_minutes=step_run.allowed_minutes,
        due_at=clock.due_at.isoformat() if clock.due_at else None,
    )
    reminder = _Reminder(ticket, step_run, _step_of(ticket, step_run, office), rung, event)
    _tell(session, reminder, office, now=now)
    return True


def _unclaimed(
    session: Session, ticket: Ticket, step_run: StepRun, office: Office, now: datetime
) -> list[Rung]:
    step = _step_of(ticket, step_run, office)
    shares = {*SHARES, step.escalation.at_percent} if step.escalation else SHARES
    entries = clock_queries.entries_of(step_run)
    reached = rungs_to_send(entries, office.calendar, step_run.allowed_minutes, now, shares=shares)
    if not reached:
        return []
    claimed = clock_queries.list_rungs(session, step_run.id)
    return [rung for rung in reached if rung.name not in claimed]


def _step_of(ticket: Ticket, step_run: StepRun, office: Office) -> Step:
    return get_step(office.procedure_of(ticket.run), step_run.step_id)


def _tell(session: Session, reminder: _Reminder, office: Office, *, now: datetime) -> None:
    holders = [
        one.person for one in hands_of(session, reminder.ticket, reminder.step_run, office, now).may_act
    ]
    _write_to(session, reminder, office, holders, as_holder=True, holders=holders, now=now)
    above = []
    for role in _roles_above(reminder, office, has_holder=bool(holders)):
        above += [one.person for one in standing.list_officials(session, role, now, office.zone)]
    told = {person.email for person in holders}
    others = [person for person in above if person.email not in told]
    _write_to(session, reminder, office, others, as_holder=False, holders=holders, now=now)


def _roles_above(reminder: _Reminder, office: Office, *, has_holder: bool) -> list[str]:
    """The superior office once the time is used up or nobody holds the step; whom it is escalated to."""
    roles = []
    role = office.procedure_of(reminder.ticket.run).find_role(reminder.step_run.role)
    if role is not None and role.superior is not None and (reminder.rung.is_overdue or not has_holder):
        roles.append(role.superior)
    escalation, rung = reminder.step.escalation, reminder.rung
    if escalation is not None and (rung.on is not None or (rung.percent or 0) >= escalation.at_percent):
        roles.append(escalation.to)
    return roles


def _write_to(
    session: Session,
    reminder: _Reminder,
    office: Office,
    people: Iterable[Person],
    *,
    as_holder: bool,
    holders: Iterable[Person],
    now: datetime,
) -> None:
    settings = mail_settings()
    clock = clock_queries.clock_of(reminder.step_run, office.calendar, now)
    role = office.procedure_of(reminder.ticket.run).find_role(reminder.step_run.role)
    # An office may share one mailbox: it gets one message.
    by_address = {person.email: person for person in people if person.email and person.is_active}
    for address, person in by_address.items():
        language = person.language
        facts = {
            "ticket": reminder.ticket,
            "step_run": reminder.step_run,
            # A mailbox is no place for what is secret: then only the number stands in the message.
            "is_secret": reminder.ticket.sensitivity == Sensitivity.SECRET.value,
            "step_title": reminder.step.title.in_language(language),
            "role_title": role.title.in_language(language) if role else reminder.step_run.role,
            "holders": ", ".join(holder.name for holder in holders),
            "person": person,
            "as_holder": as_holder,
            "percent": reminder.rung.percent,
            "is_overdue": clock.is_late or reminder.rung.is_overdue,
            "used": letters.duration_text(clock.used_minutes, language),
            "allowed": letters.duration_text(reminder.step_run.allowed_minutes, language),
            "over": letters.duration_text(clock.over_minutes, language),
            "left": letters.duration_text(max(0, clock.remaining_minutes), language),
            "due": letters.moment_text(clock.due_at, settings.zone, language) if clock.due_at else "–",
            "ticket_url": ticket_url(settings.base_url, reminder.ticket.id),
        }
        put_in_outbox(session, reminder.event, LetterKind.REMINDER, address, language, facts)
