"""What a journey fills in, as the services take it: one function a kind of output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.documents import service as document_service
from helpdesk.documents.papers import service as paper_service
from helpdesk.documents.rules import LetterheadData
from helpdesk.documents.service import Stationery
from helpdesk.sop.grammar import FieldType, FormField
from helpdesk.sop.models import StepRun
from helpdesk.sop.schema import External, Output, Step
from helpdesk.sop.service import Yield
from helpdesk.tickets import queries, service
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import NewFile
from helpdesk.tickets.service.handing_in import refs_to_verify
from tests.factories.journeys import Move
from tests.factories.moments import MORNING

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63000100000005"
    "00010d0a2db40000000049454e44ae426082"
)
STATIONERY = Stationery(LetterheadData(agency="INSTANSI CONTOH", unit="SEKRETARIAT"), "Jakarta")


@dataclass(frozen=True)
class Desk:
    """One move on its way: everything a maker of data may need."""

    session: Session
    office: Office
    ticket: Ticket
    step: Step
    step_run: StepRun
    move: Move
    people: Mapping[str, Person]
    by: Person
    now: Any = MORNING


Filled = Mapping[str, Any]
Maker = Callable[[Desk, Output, Filled, Mapping[str, dict[str, Any]]], dict[str, Any]]


def yields_of(desk: Desk) -> list[Yield]:
    """Return everything that the step yields, and what its holder brings, as the move fills it in."""
    procedure = desk.office.procedure_of(desk.ticket.run)
    brought = [item for item in procedure.items_needed(desk.step) if isinstance(item, External)]
    made: dict[str, dict[str, Any]] = {}
    for item in [*brought, *desk.step.yields]:
        filled = desk.move.fill.get(item.code)
        assert filled is not None, f"the journey fills in no {item.code} at {desk.step.id}"
        if isinstance(item, External):
            if item.kind.value == "form":
                made[item.code] = {"values": _values(desk, item.fields, filled)}
        elif desk.move.sends_back is None or item.kind.value == "verification":
            made[item.code] = MAKERS[item.kind.value](desk, item, filled, made)
    return [Yield(item, made[item.code]) for item in [*brought, *desk.step.yields] if item.code in made]


def _values(desk: Desk, fields: tuple[FormField, ...], filled: Filled) -> dict[str, Any]:
    return {field.code: _value(desk, field, filled.get(field.code)) for field in fields}


def _value(desk: Desk, field: FormField, value: Any) -> Any:
    if field.type is FieldType.PERSON and value is not None:
        return {"id": desk.people[value].id, "name": desk.people[value].name}
    return value


def _form(desk: Desk, output: Output, filled: Filled, made: Any) -> dict[str, Any]:
    return {"values": _values(desk, output.fields, filled)}


def ticked_of(output: Output, filled: Filled) -> set[str]:
    """Return the items that the journey ticks."""
    codes = {item.code for item in output.items}
    return codes if filled["ticked"] == "all" else set(filled["ticked"])


def _checklist(desk: Desk, output: Output, filled: Filled, made: Any) -> dict[str, Any]:
    ticked = ticked_of(output, filled)
    return {
        "items": {item.code: item.code in ticked for item in output.items},
        "note": filled.get("note", ""),
    }


def _table(desk: Desk, output: Output, filled: Any, made: Any) -> dict[str, Any]:
    return {"rows": [_values(desk, output.columns, row) for row in filled]}


def _file(desk: Desk, output: Output, filled: Filled, made: Any) -> dict[str, Any]:
    kept = [
        service.add_file(
            desk.session,
            desk.ticket,
            NewFile(name, PICTURE, "image/png"),
            office=desk.office,
            by=desk.by,
            now=desk.now,
        )
        for name in filled["files"]
    ]
    return {
        "files": [
            {
                "attachment_id": one.id,
                "name": one.name,
                "sha256": one.file.sha256,
                "size_bytes": one.file.size_bytes,
            }
            for one in kept
        ],
        "note": filled.get("note", ""),
    }


def _evidence(desk: Desk, output: Output, filled: Filled, made: Any) -> dict[str, Any]:
    items = queries.list_evidence(desk.session, desk.ticket)
    return {
        "items": [
            {
                "id": one.id,
                "kind": one.kind,
                "title": one.title,
                "sha256": one.sha256,
                "added_at": one.added_at.isoformat(),
            }
            for one in items
        ],
        "note": filled.get("note", ""),
    }


def _document(desk: Desk, output: Output, filled: Filled, made: Any) -> dict[str, Any]:
    texts = paper_service.first_texts(output)
    for number, text in filled.get("texts", {}).items():
        texts[number] = text
    document = paper_service.make_paper(
        desk.session,
        desk.ticket,
        desk.office,
        STATIONERY,
        output=output,
        texts=texts,
        made=made,
        step_run=desk.step_run,
        by=desk.by,
        now=desk.now,
    )
    return {"texts": texts, **_kept(document)}


def _signature(desk: Desk, output: Output, filled: Filled, made: Any) -> dict[str, Any]:
    document = paper_service.sign_paper(
        desk.session,
        desk.ticket,
        desk.office,
        STATIONERY,
        output=output,
        step_run=desk.step_run,
        signer=desk.by,
        now=desk.now,
    )
    return _kept(document)


def _kept(document: Any) -> dict[str, Any]:
    return {"document_id": document.id, "number": document.number or "", "sha256": document.file.sha256}


def _disposition(desk: Desk, output: Output, filled: Filled, made: Any) -> dict[str, Any]:
    named = [(step_id, desk.people[name]) for step_id, name in filled["to"].items()]
    procedure = desk.office.procedure_of(desk.ticket.run)
    roles = {step.id: step.role for step in procedure.steps}
    first = named[0]
    several = [
        {"step": step_id, "role": roles[step_id], "assignee_id": person.id, "assignee_name": person.name}
        for step_id, person in named
    ]
    return {
        "sensitivity": "biasa",
        "to_role": roles[first[0]],
        "assignee_id": first[1].id,
        "assignee_name": first[1].name,
        **({"recipients": several} if len(several) > 1 else {}),
        "instructions": ["follow_up"],
        "instruction": filled["instruction"],
        "due_on": None,
        "letter_number": "",
        "letter_date": None,
    }


def _identification(desk: Desk, output: Output, filled: Filled, made: Any) -> dict[str, Any]:
    return {"findings": [], "conclusion": filled["conclusion"]}


def _verification(desk: Desk, output: Output, filled: Filled, made: Any) -> dict[str, Any]:
    reason = desk.move.sends_back
    return {
        "items": [
            {
                "ref": ref,
                "kind": "conclusion" if ref == "conclusion" else "note",
                "title": "",
                "accepted": reason is None,
                "reason": reason or "",
            }
            for ref in refs_to_verify(desk.ticket)
        ],
        "note": "",
    }


def _coordination(desk: Desk, output: Output, filled: Filled, made: Any) -> dict[str, Any]:
    return {"held_on": "2026-11-23", "agreements": [], **filled}


def _report_draft(desk: Desk, output: Output, filled: Filled, made: Any) -> dict[str, Any]:
    sections = document_service.first_sections(desk.session, desk.ticket, desk.office, unit="Sekretariat")
    return {"sections": sections}


def _signed_report(desk: Desk, output: Output, filled: Filled, made: Any) -> dict[str, Any]:
    draft = next(one for one in reversed(desk.ticket.run.outputs) if one.kind == "report_draft")
    document = document_service.sign_report(
        desk.session,
        desk.ticket,
        desk.office,
        STATIONERY,
        step_run=desk.step_run,
        sections=draft.data["sections"],
        signer=desk.by,
        now=desk.now,
    )
    return _kept(document)


MAKERS: dict[str, Maker] = {
    "form": _form,
    "checklist": _checklist,
    "table": _table,
    "file": _file,
    "network_evidence": _evidence,
    "document": _document,
    "signature": _signature,
    "disposition": _disposition,
    "evidence": _evidence,
    "identification": _identification,
    "verification": _verification,
    "coordination": _coordination,
    "report_draft": _report_draft,
    "signed_report": _signed_report,
}
