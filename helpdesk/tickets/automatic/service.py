"""A finding opens a ticket, and what follows is noted on it: in the transaction of the snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from helpdesk.devices import reading
from helpdesk.devices.models import Device
from helpdesk.events import Event, listen
from helpdesk.evidence.models import Snapshot
from helpdesk.findings.models import FindingRecord
from helpdesk.findings.observing import changed_configuration
from helpdesk.findings.rules import Turn
from helpdesk.findings.scoping import rules_of_device
from helpdesk.findings.service import UNREACHABLE
from helpdesk.findings.wording import sentence_in
from helpdesk.sop.catalogue import Catalogue
from helpdesk.sop.errors import ProcedureUnknown
from helpdesk.sop.schema import Procedure
from helpdesk.tickets.automatic import queries, wording
from helpdesk.tickets.automatic.errors import RuleOpensNothing
from helpdesk.tickets.automatic.models import FindingTicket
from helpdesk.tickets.incidents.service import ask_for_set
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import Channel, NewRequest, RequestKind
from helpdesk.tickets.service.conversation import note_by_itself
from helpdesk.tickets.service.evidence import attach_difference, attach_snapshot, bring_device
from helpdesk.tickets.service.opening import open_ticket

LANGUAGE = "id"


class _Letterhead(Protocol):
    @property
    def agency(self) -> str: ...
    @property
    def unit(self) -> str: ...


class MonitoringSettings(Protocol):
    """What of the settings automatic tickets need."""

    @property
    def automatic_tickets(self) -> bool: ...
    @property
    def procedure_number(self) -> str: ...
    @property
    def ticket_prefix(self) -> str: ...
    @property
    def letterhead(self) -> _Letterhead: ...


@dataclass
class _Desk:
    """What is in force: listeners are plain functions, so a second application adds none twice."""

    rules: reading.RuleBook | None = None
    settings: MonitoringSettings | None = None
    make_office: Callable[[Session], Office] | None = None


_desk = _Desk()


def listen_to_findings(
    rules: reading.RuleBook, settings: MonitoringSettings, make_office: Callable[[Session], Office]
) -> None:
    """Have findings noted on their tickets, and opened where the office wants it; a ticket's end is heard."""
    _desk.rules, _desk.settings, _desk.make_office = rules, settings, make_office
    for turn in (Turn.OPENED, Turn.WORSENED, Turn.FLAPPING):
        listen(f"finding_{turn.value}", _note_bad)
    listen("finding_recovered", _note_recovery)
    for kind in ("ticket_closed", "ticket_cancelled"):
        listen(kind, _end_link)


def ensure_rules_open(rules: reading.RuleBook, settings: MonitoringSettings, catalogue: Catalogue) -> None:
    """Raise where a rule that opens tickets names a procedure, or a kind of request, that is not there."""
    for rule in rules.values():
        if rule.opens_ticket:
            number = rule.procedure or settings.procedure_number
            try:
                procedure = catalogue.get_procedure(number)
            except ProcedureUnknown:
                raise RuleOpensNothing(rule=rule.code, what=number) from None
            if rule.kind and procedure.find_request(rule.kind) is None:
                raise RuleOpensNothing(rule=rule.code, what=rule.kind)


def _note_bad(session: Session, event: Event) -> None:
    """Note that it happened again, or open the ticket of a first time."""
    assert _desk.rules is not None, "listen_to_findings was not called"
    assert _desk.settings is not None
    finding = session.get_one(FindingRecord, event.data["finding_id"])
    link = queries.find_open_link(session, finding)
    if link is not None:
        link.finding_id = finding.id
        _note(session, link.ticket, finding, event)
        return
    rule = rules_of_device(session, finding.device_id, _desk.rules).get(finding.rule)
    if rule is None or not rule.opens_ticket or not _desk.settings.automatic_tickets:
        return
    parent_id = event.data.get("parent_device_id")
    if parent_id is None:
        _open(session, finding, rule, event)
        return
    # One ticket stands on the device in between, and lists what lies behind it.
    above = queries.find_open_link_of_device(session, parent_id, UNREACHABLE)
    if above is not None:
        _note_child(session, above.ticket, finding, session.get_one(Device, parent_id), event)


def _note_recovery(session: Session, event: Event) -> None:
    finding = session.get_one(FindingRecord, event.data["finding_id"])
    link = queries.find_open_link(session, finding)
    if link is not None:
        _note(session, link.ticket, finding, event)


def _end_link(session: Session, event: Event) -> None:
    """From now on a new turn for the worse is a ticket of its own."""
    link = queries.find_link_of_ticket(session, event.ticket_id) if event.ticket_id else None
    if link is not None and link.ended_at is None:
        link.ended_at = event.at


def _open(session: Session, finding: FindingRecord, rule: reading.HealthRule, event: Event) -> None:
    office, settings = _office(session), _desk.settings
    assert settings is not None
    procedure = office.catalogue.get_procedure(
        rule.procedure or settings.procedure_number, on=office.day_of(event.at)
    )
    snapshot, sentence = _snapshot(session, event), _sentence(finding)
    request = NewRequest(
        submission_key=f"finding-{finding.id}-{event.id}",
        channel=Channel.MONITORING.value,
        kind=rule.kind or _first_kind(procedure),
        subject=wording.subject_of(finding, rule.title.in_language(LANGUAGE)),
        description=wording.description_of(finding, sentence, snapshot, office.zone),
        requester_name=wording.REQUESTER,
        requester_agency=settings.letterhead.agency[:200],
        requester_unit=settings.letterhead.unit[:200],
        requester_email="",
        requester_phone="",
        affected=finding.device.site.name,
    )
    ticket = open_ticket(
        session, request, procedure=procedure, office=office, prefix=settings.ticket_prefix, now=event.at
    )
    session.add(
        FindingTicket(
            device_id=finding.device_id,
            rule=finding.rule,
            object_key=finding.object_key,
            finding_id=finding.id,
            ticket_id=ticket.id,
            opened_at=event.at,
        )
    )
    session.flush()
    fresh_look = bring_device(session, ticket, finding.device, snapshot, now=event.at)
    _attach_difference(session, ticket, finding, event)
    ask_for_set(session, ticket, finding, snapshot, fresh_look, now=event.at)


def _attach_difference(session: Session, ticket: Ticket, finding: FindingRecord, event: Event) -> None:
    """Of a configuration that changed, the difference is what shows it."""
    changed = changed_configuration(session, finding.values)
    if changed is not None:
        attach_difference(session, ticket, changed, now=event.at)


def _first_kind(procedure: Procedure) -> str:
    if procedure.requests:
        return procedure.requests[0].code
    return RequestKind.TECHNICAL_COOPERATION.value


def _note(session: Session, ticket: Ticket, finding: FindingRecord, event: Event) -> None:
    """Write what happened on the ticket, with the snapshot that shows it."""
    snapshot = _snapshot(session, event)
    turn = Turn(event.kind.removeprefix("finding_"))
    attach_snapshot(session, ticket, snapshot, now=event.at)
    _attach_difference(session, ticket, finding, event)
    words = wording.note_of(turn, _sentence(finding), snapshot, _office(session).zone)
    note_by_itself(session, ticket, words, now=event.at)


def _note_child(
    session: Session, ticket: Ticket, finding: FindingRecord, parent: Device, event: Event
) -> None:
    snapshot = _snapshot(session, event)
    attach_snapshot(session, ticket, snapshot, now=event.at)
    words = wording.note_of_child(finding, parent.name, snapshot, _office(session).zone)
    note_by_itself(session, ticket, words, now=event.at)


def _office(session: Session) -> Office:
    assert _desk.make_office is not None, "listen_to_findings was not called"
    return _desk.make_office(session)


def _snapshot(session: Session, event: Event) -> Snapshot:
    return session.get_one(Snapshot, event.data["snapshot_id"])


def _sentence(finding: FindingRecord) -> str:
    assert _desk.rules is not None, "listen_to_findings was not called"
    return sentence_in(finding, _desk.rules, LANGUAGE)
