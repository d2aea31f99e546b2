"""What a paper is made of, gathered from the ticket, its run and its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.devices.reading import failure_sentence
from helpdesk.documents import wording
from helpdesk.documents.chosen import chosen_evidence
from helpdesk.documents.models import Document
from helpdesk.documents.rules import (
    CoordinationFacts,
    Deviation,
    DispositionFacts,
    EvidenceItem,
    Finding,
    ProcedureFacts,
    ReportFacts,
    RequestFacts,
    SnapshotAnnex,
    SnapshotChange,
    SnapshotFailure,
    StepFacts,
    VerifiedItem,
)
from helpdesk.documents.rules.formats import NOT_KNOWN, format_speed
from helpdesk.evidence import queries as evidence_queries
from helpdesk.evidence.models import Snapshot
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.models import StepOutput, StepRun
from helpdesk.sop.rules import get_step
from helpdesk.sop.schema import OutputKind, Procedure, Step
from helpdesk.tickets.deviations.queries import Signing, list_deviations
from helpdesk.tickets.deviations.wording import WordedDeviation, word_deviation
from helpdesk.tickets.incidents.queries import is_set
from helpdesk.tickets.models import EvidenceItem as TicketEvidence
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office


def procedure_facts(procedure: Procedure) -> ProcedureFacts:
    """Return the procedure as the report cites it."""
    return ProcedureFacts(
        number=procedure.number,
        title=procedure.title.id,
        version=procedure.version,
        effective_on=procedure.identity.effective_on,
        legal_basis=tuple(text.id for text in procedure.legal_basis),
    )


def kind_in_words(ticket: Ticket, procedure: Procedure) -> str:
    """Return what was asked for, in the words of the ticket's procedure."""
    found = procedure.find_request(ticket.kind)
    return found.title.id if found else wording.REQUEST_KINDS.get(ticket.kind, ticket.kind)


def request_facts(ticket: Ticket, procedure: Procedure) -> RequestFacts:
    """Return who asked for what."""
    first = _first_disposition(ticket)
    return RequestFacts(
        ticket_number=ticket.number,
        requester_name=ticket.requester_name,
        requester_agency=ticket.requester_agency,
        received_at=ticket.received_at,
        channel=wording.CHANNELS.get(ticket.channel, ticket.channel),
        kind=kind_in_words(ticket, procedure),
        subject=ticket.subject,
        description=ticket.description,
        affected=ticket.affected,
        letter_number=first.get("letter_number") or "",
        letter_date=_day(first.get("letter_date")),
    )


def step_facts(
    ticket: Ticket, procedure: Procedure, *, signing: tuple[Person, datetime, int] | None = None
) -> tuple[StepFacts, ...]:
    """Return every pass through every step; `signing` finishes the open one: who, when, minutes used."""
    return tuple(_step_facts(one, procedure, signing) for one in ticket.run.steps)


def _step_facts(
    one: StepRun, procedure: Procedure, signing: tuple[Person, datetime, int] | None
) -> StepFacts:
    step = get_step(procedure, one.step_id)
    official, finished_at, used = one.finished_by, one.finished_at, one.used_minutes
    if signing is not None and finished_at is None:
        official, finished_at, used = signing
    return StepFacts(
        number=step.number,
        activity=step.activity.id,
        office=procedure.role_of(step).title.id,
        official=official.name if official else (one.assignee.name if one.assignee else ""),
        started_at=one.opened_at,
        finished_at=finished_at,
        minutes_used=used,
        minutes_allowed=one.allowed_minutes,
        attempt=one.attempt,
    )


def deviations(
    session: Session,
    ticket: Ticket,
    office: Office,
    *,
    now: datetime,
    signing: tuple[Person, datetime, int] | None = None,
) -> tuple[Deviation, ...]:
    """Return what was not as the SOP says, as the page of the ticket lists it; `signing` as in step_facts."""
    procedure = office.procedure_of(ticket.run)
    current = sop_queries.find_current(ticket.run)
    is_signed = signing is not None and current is not None
    found = list_deviations(
        session,
        ticket,
        office,
        now=now,
        signing=Signing(current, signing[0], signing[1]) if is_signed and current and signing else None,
    )
    worded = (word_deviation(one, procedure, "id") for one in found)
    return tuple(
        Deviation(
            step_number=one.deviation.step_number,
            kind=one.title,
            description=" ".join(part for part in (one.sentence, _because(one)) if part),
            recorded_at=one.deviation.at or now,
        )
        for one in worded
    )


def _because(worded: WordedDeviation) -> str:
    """Return the reason; it needs no heading where it is all there is to say."""
    if not worded.reason or not worded.sentence:
        return worded.reason
    return f"Alasan: {worded.reason}"


def disposition_facts(session: Session, ticket: Ticket, procedure: Procedure) -> tuple[DispositionFacts, ...]:
    """Return the dispositions given on the way, each under the number of its sheet."""
    rows = session.execute(select(Document.output_id, Document.number).where(Document.ticket_id == ticket.id))
    numbers = {row.output_id: row.number or "" for row in rows}
    return tuple(
        _disposition(output, ticket, procedure, numbers.get(output.id, ""))
        for output in ticket.run.outputs
        if output.kind == OutputKind.DISPOSITION.value and output.is_valid
    )


def _disposition(output: StepOutput, ticket: Ticket, procedure: Procedure, number: str) -> DispositionFacts:
    run_step = next(step for step in ticket.run.steps if step.id == output.step_run_id)
    step: Step = get_step(procedure, run_step.step_id)
    target = procedure.find_role(output.data.get("to_role") or "")
    return DispositionFacts(
        sheet_number=number or NOT_KNOWN,
        step_number=step.number,
        from_office=procedure.role_of(step).full_title.id,
        to_office=target.full_title.id if target else "",
        to_name=output.data.get("assignee_name", ""),
        instruction=output.data.get("instruction", ""),
        given_at=output.created_at,
    )


def evidence_facts(ticket: Ticket) -> tuple[EvidenceItem, ...]:
    """Return the rows of the annex that lists the evidence: what the identification worked on."""
    return tuple(
        EvidenceItem(
            kind=_evidence_kind(item),
            title=item.title,
            taken_at=item.snapshot.taken_at if item.snapshot else item.added_at,
            sha256=item.sha256,
            size_bytes=item.snapshot.size_bytes
            if item.snapshot
            else (item.attachment.file.size_bytes if item.attachment else None),
        )
        for item in chosen_evidence(ticket)
    )


def _evidence_kind(item: TicketEvidence) -> str:
    """Return what the evidence is; of a snapshot also why it was taken."""
    if item.snapshot is not None:
        return wording.SNAPSHOT_REASONS.get(item.snapshot.reason, wording.EVIDENCE_KINDS["snapshot"])
    if is_set(item):
        return wording.EVIDENCE_SET
    return wording.EVIDENCE_KINDS.get(item.kind, item.kind)


def snapshot_annexes(session: Session, ticket: Ticket) -> tuple[SnapshotAnnex, ...]:
    """Return the latest chosen snapshot of every device, with what changed since the one before."""
    latest = {
        item.snapshot.device_id: item.snapshot
        for item in sorted(
            (one for one in chosen_evidence(ticket) if one.snapshot),
            key=lambda one: one.snapshot.taken_at if one.snapshot else one.added_at,
        )
        if item.snapshot is not None
    }
    return tuple(snapshot_annex(session, snapshot) for snapshot in latest.values())


def snapshot_annex(session: Session, snapshot: Snapshot) -> SnapshotAnnex:
    """Return one snapshot as its annex shows it, with what changed since the one before."""
    content = evidence_queries.load_content(snapshot)
    previous = evidence_queries.find_previous_snapshot(session, snapshot)
    changes = [
        wording.worded_change(dict(change), format_speed)
        for change in evidence_queries.changes_since_previous(session, snapshot)
    ]
    return SnapshotAnnex(
        device_name=snapshot.device.name,
        address=f"{snapshot.device.address}:{snapshot.device.snmp_port}",
        site=snapshot.device.site.name,
        taken_at=snapshot.taken_at,
        duration_seconds=snapshot.duration_ms / 1000,
        complete=snapshot.complete,
        sha256=snapshot.sha256,
        snapshot=content,
        failures=tuple(
            SnapshotFailure(part=str(failure.get("probe", "")), reason=failure_sentence(failure, "id"))
            for failure in snapshot.failures
        ),
        previous_taken_at=previous.taken_at if previous else None,
        changes=tuple(SnapshotChange(**change) for change in changes),
    )


def coordination_facts(ticket: Ticket) -> CoordinationFacts | None:
    """Return the record of the coordination, once there is one."""
    data = _data(ticket, OutputKind.COORDINATION)
    if not data:
        return None
    return CoordinationFacts(
        agency=data["agency"],
        persons=tuple(data["persons"]),
        held_on=_day(data["held_on"]) or ticket.received_at.date(),
        manner=wording.MANNERS.get(data.get("manner") or "", ""),
        result=data.get("result", ""),
        agreements=tuple(data.get("agreements", ())),
    )


def _findings(found: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return what was found: in the words of the technician, and what they accepted of the readings."""
    written = (
        Finding(
            device=one["device"],
            title=wording.CONDITIONS[one["condition"]],
            description=one["finding"],
            advice=one["advice"],
        )
        for one in found.get("findings", [])
        # A device in order of which nothing was written is no finding.
        if one["condition"] != "normal" or one["finding"] or one["advice"]
    )
    accepted = (
        Finding(
            device=one["device"],
            title="",
            description=f"{one['text'].rstrip('.')} (cuplikan SHA-256 {one['sha256'][:12]})",
        )
        for one in found.get("proposals", [])
        if one["decision"] != "rejected"
    )
    return (*written, *accepted)


def report_facts(session: Session, ticket: Ticket, office: Office, *, unit: str) -> ReportFacts:
    """Return all that the sections of the report are generated from."""
    procedure = office.procedure_of(ticket.run)
    steps = step_facts(ticket, procedure)
    found = _data(ticket, OutputKind.IDENTIFICATION)
    verified = _data(ticket, OutputKind.VERIFICATION)
    item = ticket.work_programme_item
    return ReportFacts(
        timezone=office.zone.key,
        office=procedure.role_of(procedure.last_step).full_title.id,
        unit=unit,
        request=request_facts(ticket, procedure),
        procedure=procedure_facts(procedure),
        work_programme=f"{item.code} {item.title}" if item else "",
        steps=tuple(step for step in steps if step.finished_at),
        dispositions=disposition_facts(session, ticket, procedure),
        findings=_findings(found),
        identification_summary=found.get("conclusion", ""),
        verified_items=tuple(
            VerifiedItem(title=_verified_title(one), accepted=one["accepted"], reason=one["reason"])
            for one in verified.get("items", [])
        ),
        coordination=coordination_facts(ticket),
        # As it stood when the open step began: the text is generated anew each time the page is opened.
        deviations=deviations(session, ticket, office, now=_began_at(ticket)),
        evidence=evidence_facts(ticket),
    )


def _began_at(ticket: Ticket) -> datetime:
    current = sop_queries.find_current(ticket.run)
    return current.opened_at if current else ticket.received_at


def _verified_title(item: dict[str, Any]) -> str:
    words = {"conclusion": "Simpulan identifikasi", "finding": "Hasil identifikasi"}
    kind = words.get(item["kind"]) or wording.EVIDENCE_KINDS.get(item["kind"], item["kind"])
    return f"{kind}: {item['title']}" if item["title"] else kind


def _first_disposition(ticket: Ticket) -> dict[str, Any]:
    dispositions = [one for one in ticket.run.outputs if one.kind == OutputKind.DISPOSITION.value]
    return dispositions[0].data if dispositions else {}


def _data(ticket: Ticket, kind: OutputKind) -> dict[str, Any]:
    return sop_queries.output_data(ticket.run, kind=kind.value)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
