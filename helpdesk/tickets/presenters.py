"""What the ticket pages show, made from rows and rules: no template computes or queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from helpdesk.events import Event
from helpdesk.evidence import queries as evidence_queries
from helpdesk.evidence.models import Snapshot
from helpdesk.evidence.presentation import REASONS, present_changes, present_failures
from helpdesk.sop import queries as sop_queries
from helpdesk.sop import rules as sop_rules
from helpdesk.sop.clocks import queries as clock_queries
from helpdesk.sop.models import StepRun
from helpdesk.tickets.incidents.presentation import set_view
from helpdesk.tickets.incidents.queries import is_set
from helpdesk.tickets.models import Attachment, EvidenceItem, Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import Clock, ClockState, TicketStatus, clock_of
from helpdesk.web.jinja import moment_text, official_title

KIND_LABELS = {
    "technical_cooperation": _l("Technical cooperation on maintenance"),
    "operation_consultation": _l("Consultation on operation"),
    "coordination": _l("Coordination"),
}
CHANNEL_LABELS = {
    "web": _l("Web form"),
    "phone": _l("Telephone"),
    "letter": _l("Letter"),
    "fax": _l("Fax"),
    "visit": _l("In person"),
    "monitoring": _l("Network monitoring"),
}


@dataclass(frozen=True)
class LaneStep:
    """A step as the lane draws it."""

    number: int
    title: str
    role_title: str
    state: str
    official: str | None
    due_at: datetime | None
    finished_at: datetime | None
    attempt: int


def lane_of(ticket: Ticket, office: Office, *, now: datetime, with_names: bool = True) -> list[LaneStep]:
    """Return the steps of the ticket's procedure as they stand; the requester's view has no names."""
    procedure = office.procedure_of(ticket.run)
    language = str(get_locale())
    latest = {step.step_id: step for step in ticket.run.steps}
    return [
        LaneStep(
            number=position.number,
            title=position.title.in_language(language),
            role_title=position.role_title.in_language(language),
            state=_lane_state(position, latest.get(position.step_id), office, now),
            official=_official(latest.get(position.step_id)) if with_names else None,
            due_at=position.due_at,
            finished_at=position.finished_at,
            attempt=position.attempt,
        )
        for position in sop_rules.lane(procedure, _state_for_lane(ticket), now)
    ]


def _lane_state(position: sop_rules.LanePosition, step: StepRun | None, office: Office, now: datetime) -> str:
    """Say what the clock says: a step presses before it is late."""
    if step is None or position.state not in (sop_rules.LaneState.CURRENT, sop_rules.LaneState.LATE):
        return position.state.value
    state = clock_of_step(step, office, now=now).state
    return state.value if state in (ClockState.NEAR, ClockState.PAUSED) else position.state.value


def _state_for_lane(ticket: Ticket) -> sop_rules.RunState:
    """A cancelled ticket stands where it stood, with nothing open."""
    return sop_queries.run_state(ticket.run)


def _official(step: StepRun | None) -> str | None:
    if step is None:
        return None
    person = step.finished_by or step.assignee
    return person.name if person else None


def clock_of_step(step: StepRun, office: Office, *, now: datetime) -> Clock:
    """Return how the clock of a step stands."""
    return clock_of(clock_queries.clock_of(step, office.calendar, now))


@dataclass(frozen=True)
class DeskRow:
    """One thing that waits on a desk."""

    ticket: Ticket
    step: StepRun
    title: str
    clock: Clock
    is_mine: bool
    is_escalated: bool = False
    # Who may do it now, where it is not the person's.
    hands: str = ""


def step_title(ticket: Ticket, step: StepRun, office: Office) -> str:
    """Return the short title of a step in the page's language."""
    found = office.procedure_of(ticket.run).find_step(step.step_id)
    return found.title.in_language(str(get_locale())) if found else step.step_id


def where_it_stands(ticket: Ticket, office: Office, *, now: datetime) -> dict[str, Any]:
    """Return the open step of a ticket for a list: title, role, clock; empty after the end."""
    current = sop_queries.list_current(ticket.run)
    if not current or ticket.status != TicketStatus.OPEN.value:
        return {}
    # The most pressing one is shown; what is open beside it is named.
    first = min(current, key=lambda step: (step.due_at, step.step_number))
    return {
        "number": first.step_number,
        "title": step_title(ticket, first, office),
        "role": first.role,
        "holder": first.assignee.name if first.assignee else None,
        "clock": clock_of_step(first, office, now=now),
        "beside": [
            {"number": step.step_number, "title": step_title(ticket, step, office), "role": step.role}
            for step in current
            if step is not first
        ],
    }


def snapshot_view(session: Session, snapshot: Snapshot) -> dict[str, Any]:
    """Return what the card of a snapshot shows."""
    return {
        "snapshot": snapshot,
        "reason": REASONS[snapshot.reason],
        "figures": [(str(label), value, tone) for label, value, tone in _figures(snapshot.summary)],
        "changes": present_changes(evidence_queries.changes_since_previous(session, snapshot)),
        "failures": present_failures(snapshot),
        "url": url_for("evidence.show_snapshot", snapshot_id=snapshot.id),
    }


def _figures(summary: dict[str, Any]) -> list[tuple[Any, str, str]]:
    figures: list[tuple[Any, str, str]] = []
    up, total = summary.get("interfaces_up"), summary.get("interfaces")
    if total:
        figures.append((_l("Ports up"), f"{up}/{total}", "neutral"))
    cpu = summary.get("processor_percent")
    if cpu is not None:
        figures.append((_l("Processor"), f"{cpu:.0f} %", "late" if cpu >= 90 else "neutral"))
    memory = summary.get("memory_percent")
    if memory is not None:
        figures.append((_l("Memory"), f"{memory:.0f} %", "late" if memory >= 90 else "neutral"))
    warmest = summary.get("temperature_celsius")
    if warmest is not None:
        figures.append((_l("Warmest sensor"), f"{warmest:.0f} °C", "late" if warmest >= 70 else "neutral"))
    return figures


def evidence_view(session: Session, item: EvidenceItem) -> dict[str, Any]:
    """Return what the card of a piece of evidence shows."""
    view: dict[str, Any] = {"item": item, "kind": item.kind, "set": None}
    if item.snapshot is not None:
        view |= snapshot_view(session, item.snapshot) | {"compare": _comparisons(item)}
        if (item.details or {}).get("commands"):
            view["url"] = f"{view['url']}#commands"
    if item.attachment is not None:
        view["file"] = file_view(item.attachment)
        view["set"] = set_view(item) if is_set(item) else None
    return view


def _comparisons(item: EvidenceItem) -> list[tuple[str, str]]:
    """Return with what the snapshot can be compared: what a link says, and where it leads."""
    snapshot = item.snapshot
    if snapshot is None or not snapshot.reachable:
        return []
    shown = [each.snapshot for each in item.ticket.evidence if each.snapshot is not None]
    earlier = [
        each
        for each in shown
        if each.device_id == snapshot.device_id
        and each.reachable
        and (each.taken_at, each.id) < (snapshot.taken_at, snapshot.id)
    ]
    address = partial(url_for, "evidence.compare_snapshots", device_id=snapshot.device_id, after=snapshot.id)
    links = [(_("Compare with another snapshot …"), address())]
    if earlier:
        # What the office looks for: the state before the work, and after it.
        before = max(earlier, key=lambda each: (each.taken_at, each.id))
        words = _("Compare with the evidence of %(moment)s", moment=moment_text(before.taken_at))
        links.insert(0, (words, address(before=before.id)))
    elif snapshot.previous_id is not None:
        links.insert(0, (_("Compare with the one before"), address(before=snapshot.previous_id)))
    return links


def file_view(attachment: Attachment) -> dict[str, Any]:
    """Return what the list of files shows of an attachment."""
    return {
        "name": attachment.name,
        "url": url_for(
            "tickets.download_attachment", ticket_id=attachment.ticket_id, attachment_id=attachment.id
        ),
        "size_bytes": attachment.file.size_bytes,
        "content_type": attachment.file.content_type,
        "sha256": attachment.file.sha256,
        "added_at": attachment.added_at,
        "added_by": attachment.added_by.name if attachment.added_by else "",
        "message_id": attachment.message_id,
    }


# Papers are made by a higher subject, which adds here how to list them for a ticket's page.
PaperSource = Callable[[Session, Ticket], list[dict[str, Any]]]
PAPER_SOURCES: list[PaperSource] = []


def papers_of(session: Session, ticket: Ticket) -> list[dict[str, Any]]:
    """Return the papers of the ticket, each with title, number, url, size, digest and moment."""
    return [paper for source in PAPER_SOURCES for paper in source(session, ticket)]


# What happened, in words: event kind → (sentence with the event's data, picture of the timeline).
SENTENCES: dict[str, tuple[Any, str]] = {
    "ticket_opened": (_l("Request received"), "received"),
    "step_completed": (_l("Step %(step_number)s completed"), "done"),
    "step_returned": (_l("Step %(step_number)s returned to step %(to_step)s"), "returned"),
    "clock_paused": (_l("Clock of step %(step_number)s paused"), "paused"),
    "clock_resumed": (_l("Clock of step %(step_number)s runs again"), "resumed"),
    "step_reminded": (_l("Reminder of step %(step_number)s sent"), "reminder"),
    "deadline_moved": (_l("Deadline of step %(step_number)s moved: the calendar changed"), "reminder"),
    "step_taken_over": (_l("Step %(step_number)s taken over"), "assigned"),
    "ticket_closed": (_l("Ticket closed"), "closed"),
    "ticket_cancelled": (_l("Ticket cancelled"), "cancelled"),
    "assignee_unqualified": (_l("Given to %(assignee)s without every qualification"), "note"),
    "deviation_explained": (_l("Reason given for a deviation of step %(step_number)s"), "note"),
    "device_named": (_l("Device %(device)s added"), "evidence"),
    "command_picked": (_l("Command %(command)s picked for %(name)s"), "evidence"),
    "evidence_added": (_l("Evidence added: %(title)s"), "evidence"),
    "public_reply": (_l("Reply to the requester"), "message"),
    "internal_note": (_l("Internal note"), "message"),
    "requester_message": (_l("Message from the requester"), "message"),
    "document_made": (_l("Document made: %(title)s"), "document"),
    "number_voided": (_l("Number %(number)s voided"), "document"),
    "link_withdrawn": (_l("The requester's link was withdrawn"), "note"),
    "link_renewed": (_l("A new link was made for the requester"), "note"),
    "archive_handed_out": (_l("The archive was handed out"), "document"),
    "retention_classed": (_l("The case got its retention class"), "note"),
    "hold_placed": (_l("Legal hold placed"), "note"),
    "hold_lifted": (_l("Legal hold lifted"), "note"),
    "requester_erased": (_l("The requester's personal data was erased"), "note"),
}


@dataclass(frozen=True)
class TimelineEntry:
    """One line of the timeline."""

    title: str
    at: datetime
    actor: str
    detail: str
    kind: str


class _Words(dict[str, Any]):
    """Data of an event: what an older event did not record shows as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def actor_of(event: Event) -> str:
    """Return who acted, with the office where it was another's: `N.N., Plh. Kabag Data dan Informasi`."""
    return official_title(event.actor_name, event.actor_role, str((event.acting or {}).get("kind", "")))


def officials_of(events: Iterable[Event]) -> dict[int, str]:
    """Return who did each pass through a step, with the office where it was another's."""
    return {
        event.data["step_run_id"]: actor_of(event)
        for event in events
        if event.kind in ("step_completed", "step_returned") and "step_run_id" in event.data
    }


def timeline_of(events: list[Event]) -> list[TimelineEntry]:
    """Return the timeline, the newest first."""
    entries = []
    for event in reversed(events):
        if event.kind not in SENTENCES:
            # What another act's line says already (a step that opens when one is completed).
            continue
        sentence, kind = SENTENCES[event.kind]
        if event.kind == "step_completed" and event.data.get("leads_back"):
            sentence, kind = _l("Step %(step_number)s decided: work goes back"), "returned"
        if event.kind == "step_completed" and event.data.get("late"):
            kind = "late"
        entries.append(
            TimelineEntry(
                title=str(sentence) % _Words(event.data),
                at=event.at,
                actor=actor_of(event),
                detail=str(event.data.get("reason", "")),
                kind=kind,
            )
        )
    return entries
