"""What a journey fills in, as a person types it into the page of a step: one function a kind."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from helpdesk.sop.grammar import FieldType, FormField
from helpdesk.sop.schema import External, Output, Procedure, Step
from tests.factories.journey_data import PICTURE, ticked_of
from tests.factories.journeys import Move
from tests.factories.pages import read_form
from tests.factories.people import PASSWORD

Fields = MultiDict[str, str]
Filled = Mapping[str, Any]


@dataclass(frozen=True)
class Sheet:
    """The page of one step in the hands of one person."""

    client: FlaskClient
    url: str
    procedure: Procedure
    step: Step
    move: Move
    ids: Mapping[str, int]

    def open(self) -> Fields:
        """Read the form as the page shows it now."""
        answer = self.client.get(self.url)
        assert answer.status_code == 200, answer.text
        return read_form(answer.text, "step-form")[1]

    def send(self, fields: Fields, action: str, files: Mapping[str, Any] | None = None) -> TestResponse:
        """Press a button of the form."""
        sent = MultiDict(fields)
        sent["action"] = action
        for name, value in (files or {}).items():
            sent.setlist(name, value)
        to = f"{self.url.partition('?')[0]}/step"
        return self.client.post(to, data=sent, content_type="multipart/form-data")

    @property
    def items(self) -> list[Output | External]:
        """All that the form asks for."""
        brought = [one for one in self.procedure.items_needed(self.step) if isinstance(one, External)]
        return [*brought, *self.step.yields]


def do_move(sheet: Sheet) -> TestResponse:
    """Fill in the page of the step and complete it, or send the work back."""
    fields = sheet.open()
    for item in sheet.items:
        prepare = PREPARATIONS.get(item.kind.value)
        if prepare is not None:
            fields = prepare(sheet, fields, item, sheet.move.fill[item.code])
    for item in sheet.items:
        TYPISTS[item.kind.value](sheet, fields, item, sheet.move.fill[item.code])
    if sheet.move.branch is not None:
        fields["decision-branch"] = sheet.move.branch
    return sheet.send(fields, "complete")


def _add_rows(sheet: Sheet, fields: Fields, item: Output, rows: list[Filled]) -> Fields:
    """Press the button for one more row until there are enough."""
    while _count_rows(fields, item) < len(rows):
        fields = _shown_again(sheet.send(fields, f"add-row {item.code}"))
    return fields


def _shown_again(answer: TestResponse) -> Fields:
    assert answer.status_code == 200, answer.text
    return read_form(answer.text, "step-form")[1]


def _count_rows(fields: Fields, item: Output) -> int:
    prefix = f"{item.code}-rows-"
    return len({name.removeprefix(prefix).partition("-")[0] for name in fields if name.startswith(prefix)})


def _upload(sheet: Sheet, fields: Fields, item: Output, filled: Filled) -> Fields:
    files = [(io.BytesIO(PICTURE), name) for name in filled["files"]]
    return _shown_again(sheet.send(fields, "upload", {f"{item.code}-upload": files}))


PREPARATIONS: dict[str, Callable[[Sheet, Fields, Any, Any], Fields]] = {"table": _add_rows, "file": _upload}


def _type_fields(
    sheet: Sheet, fields: Fields, prefix: str, definitions: tuple[FormField, ...], filled: Filled
) -> None:
    for definition in definitions:
        if definition.code in filled:
            typed = _typed(sheet, definition, filled[definition.code])
            fields.setlist(f"{prefix}field-{definition.code}", typed)


def _typed(sheet: Sheet, definition: FormField, value: Any) -> list[str]:
    if definition.type is FieldType.YES_NO:
        return ["yes" if value else "no"]
    if definition.type is FieldType.PERSON:
        return [str(sheet.ids[value])]
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _form(sheet: Sheet, fields: Fields, item: Any, filled: Filled) -> None:
    _type_fields(sheet, fields, f"{item.code}-", item.fields, filled)


def _checklist(sheet: Sheet, fields: Fields, item: Any, filled: Filled) -> None:
    for code in ticked_of(item, filled):
        fields[f"{item.code}-item-{code}"] = "y"
    fields[f"{item.code}-note"] = filled.get("note", "")


def _table(sheet: Sheet, fields: Fields, item: Any, filled: Any) -> None:
    for number, row in enumerate(filled):
        _type_fields(sheet, fields, f"{item.code}-rows-{number}-", item.columns, row)


def _note(sheet: Sheet, fields: Fields, item: Any, filled: Filled) -> None:
    fields[f"{item.code}-note"] = filled.get("note", "")


def _document(sheet: Sheet, fields: Fields, item: Any, filled: Filled) -> None:
    for number, text in filled.get("texts", {}).items():
        fields[f"{item.code}-section-{number}"] = text


def _signature(sheet: Sheet, fields: Fields, item: Any, filled: Filled) -> None:
    if sheet.move.sends_back is not None:
        fields[f"{item.code}-verdict"] = "return"
        fields[f"{item.code}-reason"] = sheet.move.sends_back
        return
    fields[f"{item.code}-has_read"] = "y"
    fields[f"{item.code}-password"] = PASSWORD


def _disposition(sheet: Sheet, fields: Fields, item: Any, filled: Filled) -> None:
    fields[f"{item.code}-instruction"] = filled["instruction"]
    for step_id, name in filled["to"].items():
        single, several = f"{item.code}-assignee_id", f"{item.code}-assignee_{step_id}"
        fields[several if len(filled["to"]) > 1 else single] = str(sheet.ids[name])


def _identification(sheet: Sheet, fields: Fields, item: Any, filled: Filled) -> None:
    fields[f"{item.code}-conclusion"] = filled["conclusion"]


def _verification(sheet: Sheet, fields: Fields, item: Any, filled: Filled) -> None:
    rejected = sheet.move.sends_back
    for name in [one for one in fields if one.startswith(f"{item.code}-") and one.endswith("-ref")]:
        row = name.removesuffix("-ref")
        fields[f"{row}-verdict"] = "accepted" if rejected is None else "rejected"
        fields[f"{row}-reason"] = rejected or ""


def _coordination(sheet: Sheet, fields: Fields, item: Any, filled: Filled) -> None:
    for name, value in filled.items():
        fields[f"{item.code}-{name}"] = "\n".join(value) if isinstance(value, list) else value


def _as_it_stands(sheet: Sheet, fields: Fields, item: Any, filled: Filled) -> None:
    """The page has filled it in already."""


def _programme(sheet: Sheet, fields: Fields, item: Any, filled: Filled) -> None:
    fields[f"{item.code}-item_id"] = str(sheet.ids["programme"])


TYPISTS: dict[str, Callable[[Sheet, Fields, Any, Any], None]] = {
    "form": _form,
    "checklist": _checklist,
    "table": _table,
    "file": _note,
    "network_evidence": _note,
    "document": _document,
    "signature": _signature,
    "disposition": _disposition,
    "evidence": _note,
    "identification": _identification,
    "verification": _verification,
    "coordination": _coordination,
    "report_draft": _as_it_stands,
    "signed_report": _signature,
    "work_programme_item": _programme,
}
