"""The sheets that steps leave behind, drawn from what they yielded: by the kind of output, not by the SOP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.accounts.standing import title_of
from helpdesk.documents import wording
from helpdesk.documents.models import Document
from helpdesk.documents.pdf import render_document
from helpdesk.documents.rules import DocumentKind
from helpdesk.documents.rules.sheets import (
    CoordinationData,
    EvidenceListData,
    EvidenceRow,
    IdentificationData,
    IdentifiedDevice,
    ProposedFinding,
    SheetHead,
    Verdict,
    VerificationData,
)
from helpdesk.documents.service.dispositions import make_disposition_sheet
from helpdesk.documents.service.keeping import Stationery, keep, secrecy_of, signature_of
from helpdesk.documents.service.numbers import agenda_number
from helpdesk.sop.models import StepOutput, StepRun
from helpdesk.sop.rules import PassState, get_step
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets.models import EvidenceItem, Ticket
from helpdesk.tickets.office import Office


class _Data(Protocol):
    def to_dict(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class _Made:
    """What a sheet is drawn from."""

    ticket: Ticket
    step_run: StepRun
    output: StepOutput
    office: Office
    head: SheetHead


@dataclass(frozen=True)
class _Sheet:
    """A kind of sheet: its template, its title, the letter in its number, and what stands on it."""

    kind: DocumentKind
    title: str
    letter: str
    data: Callable[[_Made], _Data]


def make_sheets(
    session: Session,
    ticket: Ticket,
    office: Office,
    stationery: Stationery,
    *,
    step_run: StepRun,
    at: datetime | None = None,
    by: Person | None = None,
) -> list[Document]:
    """Make the sheets of a pass that ended, and return those that were not there yet.

    `at` and `by` say when and by whom a sheet of an earlier day is made; its content is that of its own day.
    """
    known = set(session.scalars(select(Document.output_id).where(Document.step_run_id == step_run.id)))
    made = []
    for output in (one for one in ticket.run.outputs if one.step_run_id == step_run.id):
        if output.id in known:
            continue
        if output.kind == OutputKind.DISPOSITION.value:
            official = _official(session, output, step_run)
            made.append(
                make_disposition_sheet(
                    session, ticket, office, stationery, output, by=official, at=at, maker=by
                )
            )
        elif output.kind in SHEETS:
            made.append(_make(session, ticket, office, stationery, output, step_run, at=at, by=by))
    return made


def steps_without_sheets(session: Session, ticket: Ticket) -> Sequence[StepRun]:
    """Return the passes of the ticket that yielded something whose sheet was never made."""
    known = set(session.scalars(select(Document.output_id).where(Document.ticket_id == ticket.id)))
    wanted = {
        output.step_run_id
        for output in ticket.run.outputs
        if output.id not in known and (output.kind in SHEETS or output.kind == OutputKind.DISPOSITION.value)
    }
    return [one for one in ticket.run.steps if one.id in wanted and one.finished_at is not None]


def _make(
    session: Session,
    ticket: Ticket,
    office: Office,
    stationery: Stationery,
    output: StepOutput,
    step_run: StepRun,
    *,
    at: datetime | None,
    by: Person | None,
) -> Document:
    sheet = SHEETS[output.kind]
    official = _official(session, output, step_run)
    head = _head(session, ticket, office, stationery, output, step_run, sheet, official)
    data = sheet.data(_Made(ticket, step_run, output, office, head)).to_dict()
    paper = Document(
        ticket_id=ticket.id,
        step_run_id=step_run.id,
        output_id=output.id,
        kind=sheet.kind.value,
        number=head.sheet_number,
        title=f"{sheet.title} {head.sheet_number}",
        data=data,
        created_at=output.created_at,
        created_by_id=official.id,
    )
    return keep(session, paper, render_document(sheet.kind, data), by=by or official, at=at)


def _official(session: Session, output: StepOutput, step_run: StepRun) -> Person:
    person = session.get(Person, output.created_by_id or step_run.finished_by_id)
    # Every output of a step was handed in by somebody.
    assert person is not None
    return person


def _head(
    session: Session,
    ticket: Ticket,
    office: Office,
    stationery: Stationery,
    output: StepOutput,
    step_run: StepRun,
    sheet: _Sheet,
    official: Person,
) -> SheetHead:
    procedure = office.procedure_of(ticket.run)
    step = get_step(procedure, step_run.step_id)
    agenda = agenda_number(session, ticket, office)
    again = f"-{step_run.attempt}" if step_run.attempt > 1 else ""
    same = [
        one.id
        for one in ticket.run.outputs
        if one.step_run_id == step_run.id and one.kind == output.kind and one.id < output.id
    ]
    return SheetHead(
        letterhead=stationery.letterhead,
        created_at=output.created_at,
        timezone=office.zone.key,
        title=sheet.title,
        sheet_number=f"{agenda}/{sheet.letter}{step.number}{again}{_LETTERS[len(same)]}",
        agenda_number=agenda,
        ticket_number=ticket.number,
        sender=f"{ticket.requester_name}, {ticket.requester_agency}",
        subject=ticket.subject,
        classification=secrecy_of(ticket),
        procedure_number=procedure.number,
        procedure_title=procedure.title.id,
        step_number=step.number,
        step_activity=step.activity.id,
        attempt=step_run.attempt,
        signature=signature_of(
            procedure.role_of(step).full_title.id,
            official,
            held=title_of(session, official.id, step.role, output.created_at),
            marked_at=output.created_at,
        ),
    )


def _evidence_list(made: _Made) -> EvidenceListData:
    kept = {item.id: item for item in made.ticket.evidence}
    return EvidenceListData(
        head=made.head,
        items=tuple(_evidence_row(one, kept.get(one["id"])) for one in made.output.data.get("items", [])),
        note=made.output.data.get("note", ""),
    )


def _evidence_row(frozen: dict[str, Any], item: EvidenceItem | None) -> EvidenceRow:
    """Return a row: what the step froze, and of the item itself what it did not."""
    snapshot = item.snapshot if item else None
    file = item.attachment.file if item and item.attachment else None
    kind = wording.EVIDENCE_KINDS.get(frozen["kind"], frozen["kind"])
    return EvidenceRow(
        kind=wording.SNAPSHOT_REASONS.get(snapshot.reason, kind) if snapshot else kind,
        title=frozen["title"],
        taken_at=snapshot.taken_at if snapshot else datetime.fromisoformat(frozen["added_at"]),
        sha256=frozen["sha256"],
        size_bytes=snapshot.size_bytes if snapshot else (file.size_bytes if file else None),
        note=item.note if item and item.kind == "note" else "",
    )


def _identification(made: _Made) -> IdentificationData:
    before = [
        one
        for one in made.ticket.run.outputs
        if one.kind in (OutputKind.EVIDENCE.value, OutputKind.NETWORK_EVIDENCE.value)
        and one.created_at <= made.output.created_at
    ]
    return IdentificationData(
        head=made.head,
        devices=tuple(
            IdentifiedDevice(
                device=one["device"],
                condition=wording.CONDITIONS[one["condition"]],
                is_normal=one["condition"] == "normal",
                finding=one["finding"],
                advice=one["advice"],
            )
            for one in made.output.data["findings"]
        ),
        conclusion=made.output.data["conclusion"],
        evidence=tuple(one["title"] for one in before[-1].data.get("items", [])) if before else (),
        proposals=tuple(
            ProposedFinding(
                device=one["device"],
                text=one["text"],
                decision=wording.PROPOSAL_DECISIONS[one["decision"]],
                is_rejected=one["decision"] == "rejected",
                since=datetime.fromisoformat(one["since"]),
                snapshot_sha256=one["sha256"],
                decided_by=one["decided_by"],
                reason=one["reason"],
            )
            for one in made.output.data.get("proposals", [])
        ),
    )


def _verification(made: _Made) -> VerificationData:
    step = get_step(made.office.procedure_of(made.ticket.run), made.step_run.step_id)
    target = made.office.procedure_of(made.ticket.run).find_step(step.returns_to or "")
    was_returned = made.step_run.state == PassState.RETURNED and target is not None
    return VerificationData(
        head=made.head,
        verdicts=tuple(
            Verdict(
                kind=wording.VERIFIED_KINDS.get(one["kind"], one["kind"]),
                title=one["title"],
                accepted=one["accepted"],
                reason=one["reason"],
            )
            for one in made.output.data["items"]
        ),
        note=made.output.data.get("note", ""),
        returned_to=str(target.number) if was_returned and target else "",
    )


def _coordination(made: _Made) -> CoordinationData:
    data = made.output.data
    return CoordinationData(
        head=made.head,
        agency=data["agency"],
        persons=tuple(data["persons"]),
        held_on=date.fromisoformat(data["held_on"])
        if data.get("held_on")
        else made.office.day_of(made.output.created_at),
        manner=wording.MANNERS.get(data.get("manner") or "", ""),
        result=data.get("result", ""),
        agreements=tuple(data.get("agreements", ())),
    )


# A second sheet of one kind from one pass: B2, B2b, B2c.
_LETTERS = ("", *"bcdefghijklmnopqrstuvwxyz")
_EVIDENCE = _Sheet(DocumentKind.EVIDENCE_LIST, "Daftar Bahan", "B", _evidence_list)
SHEETS: dict[str, _Sheet] = {
    OutputKind.EVIDENCE.value: _EVIDENCE,
    OutputKind.NETWORK_EVIDENCE.value: _EVIDENCE,
    OutputKind.IDENTIFICATION.value: _Sheet(
        DocumentKind.IDENTIFICATION, "Lembar Identifikasi", "I", _identification
    ),
    OutputKind.VERIFICATION.value: _Sheet(DocumentKind.VERIFICATION, "Lembar Verifikasi", "V", _verification),
    OutputKind.COORDINATION.value: _Sheet(
        DocumentKind.COORDINATION, "Catatan Koordinasi", "K", _coordination
    ),
}
