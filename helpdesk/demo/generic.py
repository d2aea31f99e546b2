"""What a story fills in where a procedure's file defines the form: values by output, one entry a pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.documents.papers import service as paper_service
from helpdesk.documents.service import Stationery
from helpdesk.sop.grammar import External, ExternalKind, FieldType, FormField, Output, OutputKind
from helpdesk.sop.models import StepRun
from helpdesk.sop.schema import Procedure, Step
from helpdesk.tickets import queries as ticket_queries
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office


@dataclass(frozen=True)
class Writing:
    """A step of a story at the moment it is done."""

    session: Session
    ticket: Ticket
    office: Office
    stationery: Stationery
    people: Mapping[str, Person]
    step_run: StepRun
    by: Person
    now: datetime
    # What the story tells, by output; and what the step has yielded so far.
    told: Mapping[str, Sequence[Any]]
    made: Mapping[str, dict[str, Any]]

    def tells(self, code: str) -> Any:
        """Return what the story says of the output in this pass; the last said holds from there on."""
        passes = self.told.get(code, ())
        return passes[min(self.step_run.attempt, len(passes)) - 1] if passes else {}


def write_values(writing: Writing, fields: Sequence[FormField], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of fields as they are kept."""
    return {field.code: _value(writing, field, told.get(field.code)) for field in fields}


def _value(writing: Writing, field: FormField, told: Any) -> Any:
    if field.type is FieldType.PERSON and told is not None:
        return {"id": writing.people[told].id, "name": writing.people[told].name}
    if told == "now":
        local = writing.now.astimezone(writing.office.zone)
        return f"{local:%H:%M}" if field.type is FieldType.TIME else local.date().isoformat()
    return told


def _form(writing: Writing, output: Output) -> dict[str, Any]:
    return {"values": write_values(writing, output.fields, writing.tells(output.code))}


def _checklist(writing: Writing, output: Output) -> dict[str, Any]:
    told = writing.tells(output.code)
    ticked = {item.code for item in output.items} - set(told.get("open", ()))
    return {
        "items": {item.code: item.code in ticked for item in output.items},
        "note": told.get("note", ""),
    }


def _table(writing: Writing, output: Output) -> dict[str, Any]:
    rows = writing.tells(output.code) or ()
    return {"rows": [write_values(writing, output.columns, row) for row in rows]}


def _file(writing: Writing, output: Output) -> dict[str, Any]:
    return {"files": [], "note": writing.tells(output.code).get("note", "")}


def _network_evidence(writing: Writing, output: Output) -> dict[str, Any]:
    items = ticket_queries.list_evidence(writing.session, writing.ticket)
    listed = [
        {
            "id": item.id,
            "kind": item.kind,
            "title": item.title,
            "sha256": item.sha256,
            "added_at": item.added_at.isoformat(),
        }
        for item in items
    ]
    return {"items": listed, "note": writing.tells(output.code).get("note", "")}


def _document(writing: Writing, output: Output) -> dict[str, Any]:
    texts = paper_service.first_texts(output)
    for number, text in writing.tells(output.code).items():
        texts[int(number)] = text
    document = paper_service.make_paper(
        writing.session,
        writing.ticket,
        writing.office,
        writing.stationery,
        output=output,
        texts=texts,
        made=writing.made,
        step_run=writing.step_run,
        by=writing.by,
        now=writing.now,
    )
    return {"texts": texts, **paper_service.kept_data(document)}


def _signature(writing: Writing, output: Output) -> dict[str, Any]:
    document = paper_service.sign_paper(
        writing.session,
        writing.ticket,
        writing.office,
        writing.stationery,
        output=output,
        step_run=writing.step_run,
        signer=writing.by,
        now=writing.now,
    )
    return paper_service.kept_data(document)


GENERIC: dict[OutputKind, Callable[[Writing, Output], dict[str, Any]]] = {
    OutputKind.FORM: _form,
    OutputKind.CHECKLIST: _checklist,
    OutputKind.TABLE: _table,
    OutputKind.FILE: _file,
    OutputKind.NETWORK_EVIDENCE: _network_evidence,
    OutputKind.DOCUMENT: _document,
    OutputKind.SIGNATURE: _signature,
}

# What a step that sends the work back does not yield.
SIGNATURES = frozenset({OutputKind.SIGNATURE, OutputKind.SIGNED_REPORT})


def brought_by(procedure: Procedure, step: Step) -> list[External]:
    """Return the forms that the holder of the step fills in beside what the step yields."""
    needed = procedure.items_needed(step)
    return [one for one in needed if isinstance(one, External) and one.kind is ExternalKind.FORM]
