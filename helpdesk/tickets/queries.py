"""Reading tickets; whoever looks sees only what their office may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from helpdesk.accounts.models import ActingAppointment, Appointment, Person
from helpdesk.accounts.rules import OfficeHeld
from helpdesk.errors import NotFound
from helpdesk.events import Event
from helpdesk.sop.models import ProcedureRun, StepRun
from helpdesk.sop.rules import PassState
from helpdesk.tickets.models import (
    Attachment,
    EvidenceItem,
    FollowLink,
    Message,
    Ticket,
    TicketDevice,
    WorkProgrammeItem,
)
from helpdesk.tickets.rules import Sensitivity, TicketStatus, Viewer

FOLLOW_SALT = "follow-a-ticket"


def _visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The tickets a person may see.

    A head and an auditor see all. Another office sees a ticket once a step of the office was opened; a
    secret one only once the person themself was given a step or finished one, or while a step waits for
    whoever holds the office because nobody who stands in it was chosen. An acting officer sees what the
    office sees, as far as the decree goes, and of secret ones what waits for the absent official.
    """
    if viewer.sees_all:
        return Ticket.id.is_not(None)
    # The statement around it may select steps itself; these are all steps of the ticket all the same.
    steps = aliased(StepRun)
    of_ticket = steps.run_id == Ticket.run_id
    waits = steps.state == PassState.CURRENT
    reached = exists().where(of_ticket, _of_offices(steps, viewer))
    mine = exists().where(
        of_ticket,
        or_(
            steps.assignee_id == viewer.person_id,
            steps.finished_by_id == viewer.person_id,
            and_(waits, steps.role.in_(viewer.roles or {""}), _is_free(steps, viewer)),
            *(
                and_(waits, _of_acting(steps, office), _in_place_of(steps, office, viewer))
                for office in viewer.acting
                if office.scope.includes_secret
            ),
        ),
    )
    recorded = Ticket.recorded_by_id == viewer.person_id
    secret = Ticket.sensitivity == Sensitivity.SECRET.value
    return or_(mine, and_(~secret, or_(reached, recorded)))


def _of_offices(steps: Any, viewer: Viewer) -> ColumnElement[bool]:
    """The steps of the offices in which the person stands, each as far as it goes.

    Those that the procedure escalates to the office count from the beginning: who may take a step over one
    day can read by then what it is about.
    """
    limited = (_of_acting(steps, office) for office in viewer.limited)
    roles = viewer.roles or {""}
    own = (steps.role.in_(roles), steps.taken_over_as.in_(roles), steps.escalates_to.in_(roles))
    return or_(*own, *limited)


def _of_acting(steps: Any, office: OfficeHeld) -> ColumnElement[bool]:
    """The steps that an acting appointment covers; what is secret is decided beside it."""
    scope = office.scope
    if not scope.procedures and not scope.steps:
        return and_(steps.role == office.role)
    run = aliased(ProcedureRun)
    chosen: list[ColumnElement[bool]] = [run.procedure_number.in_(scope.procedures or {""})]
    for step in sorted(scope.steps):
        number, _, step_id = step.partition("#")
        chosen.append(and_(run.procedure_number == number, steps.step_id == step_id))
    return and_(steps.role == office.role, exists().where(run.id == steps.run_id, or_(*chosen)))


def _is_free(steps: Any, viewer: Viewer) -> ColumnElement[bool]:
    """The steps given to nobody, or to somebody who stands in the office no longer."""
    unassigned: ColumnElement[bool] = steps.assignee_id.is_(None)
    if viewer.day is None:
        return unassigned
    holds = exists().where(
        Appointment.person_id == steps.assignee_id,
        Appointment.role == steps.role,
        Appointment.starts_on <= viewer.day,
        or_(Appointment.ends_on.is_(None), Appointment.ends_on >= viewer.day),
        Person.id == Appointment.person_id,
        Person.is_active,
    )
    acts = exists().where(
        ActingAppointment.person_id == steps.assignee_id,
        ActingAppointment.role == steps.role,
        ActingAppointment.withdrawn_at.is_(None),
        ActingAppointment.starts_on <= viewer.day,
        ActingAppointment.ends_on >= viewer.day,
        # Whoever acts in the person's own place holds nothing back from them.
        ActingAppointment.for_person_id != viewer.person_id,
    )
    return or_(unassigned, and_(~holds, ~acts))


def _in_place_of(steps: Any, office: OfficeHeld, viewer: Viewer) -> ColumnElement[bool]:
    """The steps that wait for the official in whose place the person acts, or for nobody."""
    if office.for_person_id is None:
        return and_(steps.id.is_not(None))
    return or_(_is_free(steps, viewer), steps.assignee_id == office.for_person_id)


def get_ticket(session: Session, ticket_id: int, viewer: Viewer) -> Ticket:
    """Return the ticket if the person may see it; otherwise it does not exist for them."""
    found = session.scalar(select(Ticket).where(Ticket.id == ticket_id, _visible_to(viewer)))
    if found is None:
        raise NotFound
    return found


def select_tickets(
    viewer: Viewer, *, status: str = "", words: str = "", sort: str = "-number"
) -> Select[Any]:
    """Return the statement that lists tickets, filtered and sorted."""
    statement = (
        select(Ticket)
        .where(_visible_to(viewer))
        .options(selectinload(Ticket.run).selectinload(ProcedureRun.steps))
    )
    if status == "late":
        late = exists().where(
            StepRun.run_id == Ticket.run_id,
            StepRun.state == PassState.CURRENT,
            StepRun.due_at < func.coalesce(StepRun.paused_at, func.now()),
        )
        statement = statement.where(Ticket.status == TicketStatus.OPEN.value, late)
    elif status:
        statement = statement.where(Ticket.status == status)
    for word in words.split()[:6]:
        pattern = "%" + word.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        columns = (
            Ticket.number,
            Ticket.subject,
            Ticket.requester_name,
            Ticket.requester_agency,
            Ticket.affected,
        )
        statement = statement.where(or_(*(func.lower(one).like(pattern, escape="\\") for one in columns)))
    return statement.order_by(*_order(sort))


def _order(sort: str) -> tuple[Any, ...]:
    columns: dict[str, tuple[Any, ...]] = {
        "number": (Ticket.year, Ticket.sequence),
        "received": (Ticket.received_at,),
        "subject": (func.lower(Ticket.subject),),
        "agency": (func.lower(Ticket.requester_agency),),
        "promised": (Ticket.promised_at,),
        "status": (case((Ticket.status == TicketStatus.OPEN.value, 0), else_=1), Ticket.id),
    }
    key, down = sort.removeprefix("-"), sort.startswith("-")
    chosen = columns.get(key, columns["number"])
    return tuple(column.desc() if down else column.asc() for column in (*chosen, Ticket.id))


def list_waiting(session: Session, viewer: Viewer) -> Sequence[tuple[Ticket, StepRun]]:
    """Return what waits for the person's offices, the most pressing first."""
    rows = session.execute(
        select(Ticket, StepRun)
        .join(StepRun, StepRun.run_id == Ticket.run_id)
        .where(
            Ticket.status == TicketStatus.OPEN.value,
            StepRun.state == PassState.CURRENT,
            _of_offices(StepRun, viewer),
            _visible_to(viewer),
        )
        .options(selectinload(StepRun.assignee))
        .order_by(StepRun.paused_at.is_not(None), StepRun.due_at, StepRun.id)
    ).all()
    return [(ticket, step) for ticket, step in rows]


def list_open_steps(session: Session) -> Sequence[tuple[int, StepRun]]:
    """Return the open steps of all tickets, each with its ticket's id."""
    rows = session.execute(
        select(Ticket.id, StepRun)
        .join(StepRun, StepRun.run_id == Ticket.run_id)
        .where(Ticket.status == TicketStatus.OPEN.value, StepRun.state == PassState.CURRENT)
        .order_by(StepRun.id)
    ).all()
    return [(ticket_id, step) for ticket_id, step in rows]


def list_recently_done(session: Session, viewer: Viewer, limit: int = 8) -> Sequence[tuple[Ticket, StepRun]]:
    """Return the steps the person finished last."""
    rows = session.execute(
        select(Ticket, StepRun)
        .join(StepRun, StepRun.run_id == Ticket.run_id)
        .where(StepRun.finished_by_id == viewer.person_id, _visible_to(viewer))
        .order_by(StepRun.finished_at.desc())
        .limit(limit)
    ).all()
    return [(ticket, step) for ticket, step in rows]


def find_ticket_by_submission_key(session: Session, key: str) -> Ticket | None:
    """Return the ticket that the form with this key made."""
    return session.scalar(select(Ticket).where(Ticket.submission_key == key))


def find_ticket_by_follow_token(session: Session, token: str, secret: str) -> Ticket | None:
    """Return the ticket of a follow link, or None where it was made up or withdrawn."""
    try:
        nonce = URLSafeSerializer(secret, salt=FOLLOW_SALT).loads(token)
    except BadSignature:
        return None
    return session.scalar(
        select(Ticket)
        .join(FollowLink)
        .where(FollowLink.nonce == str(nonce), FollowLink.withdrawn_at.is_(None))
    )


def find_open_link(ticket: Ticket) -> FollowLink | None:
    """Return the link that is in force."""
    return next((link for link in reversed(ticket.follow_links) if link.withdrawn_at is None), None)


def list_events(session: Session, ticket_id: int) -> Sequence[Event]:
    """Return what happened to the ticket, the oldest first."""
    return session.scalars(select(Event).where(Event.ticket_id == ticket_id).order_by(Event.id)).all()


def list_work_programme(
    session: Session, year: int | None = None, *, only_active: bool = False
) -> Sequence[WorkProgrammeItem]:
    """Return the items of the work programme, by year and code."""
    statement = select(WorkProgrammeItem).order_by(WorkProgrammeItem.year.desc(), WorkProgrammeItem.code)
    if year is not None:
        statement = statement.where(WorkProgrammeItem.year == year)
    if only_active:
        statement = statement.where(WorkProgrammeItem.is_active)
    return session.scalars(statement).all()


def get_attachment(session: Session, ticket: Ticket, attachment_id: int) -> Attachment:
    """Return an attachment of the ticket, or raise NotFound."""
    found = session.get(Attachment, attachment_id)
    if found is None or found.ticket_id != ticket.id:
        raise NotFound
    return found


def get_message(session: Session, message_id: int) -> Message:
    """Return the message, or raise NotFound."""
    found = session.get(Message, message_id)
    if found is None:
        raise NotFound
    return found


def list_evidence(session: Session, ticket: Ticket) -> Sequence[EvidenceItem]:
    """Return the bahan of the ticket, the oldest first."""
    return session.scalars(
        select(EvidenceItem).where(EvidenceItem.ticket_id == ticket.id).order_by(EvidenceItem.id)
    ).all()


def is_device_named(session: Session, ticket_id: int, device_id: int) -> bool:
    """Whether the ticket names the device."""
    return (
        session.scalar(
            select(TicketDevice.id).where(
                TicketDevice.ticket_id == ticket_id, TicketDevice.device_id == device_id
            )
        )
        is not None
    )


def select_register(viewer: Viewer, year: int) -> Select[Any]:
    """Return the statement of the register book of a year: the tickets in the order of their numbers."""
    return (
        select(Ticket)
        .where(Ticket.year == year, _visible_to(viewer))
        .options(selectinload(Ticket.run).selectinload(ProcedureRun.steps))
        .order_by(Ticket.sequence)
    )


def list_years(session: Session) -> list[int]:
    """Return the years that have tickets, the newest first."""
    return list(session.scalars(select(Ticket.year).distinct().order_by(Ticket.year.desc())))
