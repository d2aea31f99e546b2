"""Use cases of a procedure's own papers: looked at, kept as a draft or a notice, signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.accounts.standing import title_of
from helpdesk.documents.errors import PaperMissing
from helpdesk.documents.models import Document
from helpdesk.documents.pdf import render_document
from helpdesk.documents.rules import DocumentKind
from helpdesk.documents.rules.papers import PaperData, PaperSection
from helpdesk.documents.service.keeping import Stationery, keep, secrecy_of, signature_of
from helpdesk.documents.service.numbers import number_paper
from helpdesk.documents.service.signatures import sign_and_keep
from helpdesk.documents.signing import Mark, marked, new_mark
from helpdesk.numbering.models import IssuedNumber
from helpdesk.numbering.rules import DOCUMENT
from helpdesk.signing.service import Wish
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.grammar import Output, Paper
from helpdesk.sop.models import StepRun
from helpdesk.sop.presentation import Shown, show_output
from helpdesk.sop.schema import Procedure
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office

NO_OUTPUTS: Mapping[str, Mapping[str, Any]] = {}


def draw_paper(
    session: Session,
    ticket: Ticket,
    office: Office,
    stationery: Stationery,
    *,
    output: Output,
    texts: Sequence[str],
    made: Mapping[str, Mapping[str, Any]] = NO_OUTPUTS,
    signer: Person | None = None,
    number: str = "",
    is_draft: bool,
    now: datetime,
    mark: Mark | None = None,
) -> tuple[dict[str, Any], bytes]:
    """Return the paper's data and PDF; `made` holds what the same step yields and the run has not yet."""
    procedure, paper = office.procedure_of(ticket.run), _paper_of(output)
    signing_step = procedure.step_yielding(_signature_code(procedure, output) or output.code)
    assert signing_step is not None, "the output is one of the procedure"
    role = procedure.role_of(signing_step)
    held = title_of(session, signer.id, role.code, now) if signer else None
    block = signature_of(role.full_title.id, signer, now if signer else None, held=held)
    data = PaperData(
        letterhead=stationery.letterhead,
        created_at=now,
        timezone=office.zone.key,
        is_draft=is_draft,
        number=number,
        place=stationery.city,
        signed_on=None if is_draft else now.astimezone(office.zone).date(),
        title=paper.title.id,
        subject=ticket.subject,
        ticket_number=ticket.number,
        requester=f"{ticket.requester_name}, {ticket.requester_agency}",
        procedure_number=procedure.number,
        procedure_title=procedure.title.id,
        legal_basis=tuple(one.id for one in procedure.legal_basis),
        sections=_sections(ticket, procedure, paper, texts, made),
        signature=marked(block, mark) if mark else block,
        copies_to=(ticket.requester_agency,),
        classification=secrecy_of(ticket),
    ).to_dict()
    return data, render_document(DocumentKind.PAPER, data)


def make_paper(
    session: Session,
    ticket: Ticket,
    office: Office,
    stationery: Stationery,
    *,
    output: Output,
    texts: Sequence[str],
    made: Mapping[str, Mapping[str, Any]] = NO_OUTPUTS,
    step_run: StepRun,
    by: Person,
    now: datetime,
) -> Document:
    """Keep the paper: a draft where a later step signs it, else numbered and final with its writer's name."""
    is_draft = _signature_code(office.procedure_of(ticket.run), output) is not None
    issued = None if is_draft else _number(session, ticket, office, output, step_run, by, now)
    data, pdf = draw_paper(
        session,
        ticket,
        office,
        stationery,
        output=output,
        texts=texts,
        made=made,
        signer=None if is_draft else by,
        number=issued.text if issued else "",
        is_draft=is_draft,
        now=now,
    )
    paper = _new_document(ticket, step_run, output, data, issued=issued, by=by, now=now)
    return keep(session, paper, pdf, by=by)


def sign_paper(
    session: Session,
    ticket: Ticket,
    office: Office,
    stationery: Stationery,
    *,
    output: Output,
    step_run: StepRun,
    signer: Person,
    now: datetime,
    wish: Wish = Wish(),  # noqa: B008  # frozen
) -> Document:
    """Draw the final paper that the output signs, with its number and the signer's mark; sign and keep it."""
    document, texts = _signed_output(ticket, office, output)
    mark = new_mark(session, signer)
    issued = _number(session, ticket, office, document, step_run, signer, now)
    data, pdf = draw_paper(
        session,
        ticket,
        office,
        stationery,
        output=document,
        texts=texts,
        signer=signer,
        number=issued.text,
        is_draft=False,
        now=now,
        mark=mark,
    )
    return sign_and_keep(
        session,
        _new_document(ticket, step_run, document, data, issued=issued, by=signer, now=now),
        pdf,
        signer,
        mark,
        office_title=data["signature"]["office"],
        in_role=step_run.office_of_act,
        wish=wish,
        now=now,
    )


def first_texts(output: Output) -> list[str]:
    """Return the words that each section of the paper begins with."""
    return [section.text.id if section.text else "" for section in _paper_of(output).sections]


def kept_data(document: Document) -> dict[str, Any]:
    """Return what an output holds of its paper: the row, the number, the digest."""
    return {"document_id": document.id, "number": document.number or "", "sha256": document.file.sha256}


def find_draft(ticket: Ticket, office: Office, output: Output) -> int | None:
    """Return the number of the kept draft that the signature is for."""
    kept = sop_queries.find_output_by_code(ticket.run, output.signs or "")
    return kept.data.get("document_id") if kept else None


def _signed_output(ticket: Ticket, office: Office, output: Output) -> tuple[Output, list[str]]:
    document = office.procedure_of(ticket.run).find_output(output.signs or "")
    kept = sop_queries.find_output_by_code(ticket.run, output.signs or "")
    if document is None or kept is None:
        raise PaperMissing
    return document, list(kept.data.get("texts", []))


def _paper_of(output: Output) -> Paper:
    if output.paper is None:
        raise PaperMissing
    return output.paper


def _signature_code(procedure: Procedure, output: Output) -> str | None:
    """Return the code of the signature that the paper waits for, or None where nobody signs it later."""
    outputs = [one for step in procedure.steps for one in step.yields]
    return next((one.code for one in outputs if one.signs == output.code), None)


def _sections(
    ticket: Ticket,
    procedure: Procedure,
    paper: Paper,
    texts: Sequence[str],
    made: Mapping[str, Mapping[str, Any]],
) -> list[PaperSection]:
    return [
        PaperSection(
            title=section.title.id,
            text=texts[index] if index < len(texts) else "",
            parts=[
                shown.to_dict()
                for code in section.sources
                if (shown := _shown(ticket, procedure, code, made)) is not None
            ],
        )
        for index, section in enumerate(paper.sections)
    ]


def _shown(
    ticket: Ticket, procedure: Procedure, code: str, made: Mapping[str, Mapping[str, Any]]
) -> Shown | None:
    output = procedure.find_output(code)
    kept = sop_queries.find_output_by_code(ticket.run, code)
    data = made.get(code) or (kept.data if kept else None)
    return show_output(output, data) if output is not None and data is not None else None


def _number(
    session: Session,
    ticket: Ticket,
    office: Office,
    output: Output,
    step_run: StepRun,
    by: Person,
    now: datetime,
) -> IssuedNumber:
    return number_paper(
        session,
        ticket,
        office,
        _paper_of(output).number_series or DOCUMENT,
        at=now,
        by=by,
        step_number=step_run.step_number,
        attempt=step_run.attempt,
    )


def _new_document(
    ticket: Ticket,
    step_run: StepRun,
    output: Output,
    data: dict[str, Any],
    *,
    issued: IssuedNumber | None,
    by: Person,
    now: datetime,
) -> Document:
    title = _paper_of(output).title.id
    return Document(
        ticket_id=ticket.id,
        step_run_id=step_run.id,
        kind=DocumentKind.PAPER.value,
        number=issued.text if issued else None,
        issued_number_id=issued.id if issued else None,
        title=(f"{title} {issued.text}" if issued else f"Konsep {title}")[:300],
        data=data,
        created_at=now,
        created_by_id=by.id,
    )
