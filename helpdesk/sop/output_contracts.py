"""What the data of the generic outputs must look like, told from their definition in the file. Pure.

The forms of the pages say the same in kinder words beside each field; this is what holds for every caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from helpdesk.sop.grammar import FieldType, FormField, Output, OutputKind

TEXT_LETTERS = 500
LONG_TEXT_LETTERS = 10_000
NOTE_LETTERS = 5_000
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the data of an output: where in it, and why (an English msgid)."""

    where: str
    reason: str


def faults_of(output: Output, data: Mapping[str, Any]) -> list[Fault]:
    """Return everything in the data that the definition of the output does not allow."""
    check = CONTRACTS.get(output.kind)
    return [] if check is None else list(check(output, data))


def field_faults(fields: Sequence[FormField], values: Mapping[str, Any], where: str = "") -> Iterator[Fault]:
    """Yield what is wrong with the values of fields: those of a form, or of a row of a table."""
    known = {field.code for field in fields}
    for code in values:
        if code not in known:
            yield Fault(f"{where}{code}", "There is no such field.")
    for field in fields:
        reason = value_fault(field, values.get(field.code))
        if reason:
            yield Fault(f"{where}{field.code}", reason)


def value_fault(field: FormField, value: Any) -> str | None:
    """Return why the value cannot stand in the field, or None."""
    if is_empty(value):
        return "This field must be filled in." if field.required else None
    return VALUE_CHECKS[field.type](field, value)


def is_empty(value: Any) -> bool:
    """Whether nothing was filled in; the number nought and the answer no are something."""
    return value is None or (isinstance(value, str | list | tuple) and not value)


def _text(limit: int) -> Callable[[FormField, Any], str | None]:
    def check(field: FormField, value: Any) -> str | None:
        if not isinstance(value, str) or not value.strip():
            return "Write a text."
        return "The text is too long." if len(value) > limit else None

    return check


def _number(field: FormField, value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return "Write a number."
    if round(value, field.decimals) != value:
        return "The number has more decimals than the procedure asks for."
    too_small = field.min is not None and value < field.min
    too_large = field.max is not None and value > field.max
    return "The number is outside of what the procedure allows." if too_small or too_large else None


def _date(field: FormField, value: Any) -> str | None:
    return None if _reads(date.fromisoformat, value) else "Give a date."


def _time(field: FormField, value: Any) -> str | None:
    good = isinstance(value, str) and re.fullmatch(r"[0-2][0-9]:[0-5][0-9]", value) is not None
    return None if good and _reads(time.fromisoformat, value) else "Give a time of day."


def _reads(read: Callable[[str], object], value: Any) -> bool:
    try:
        read(value)
    except (TypeError, ValueError):
        return False
    return True


def _yes_no(field: FormField, value: Any) -> str | None:
    return None if isinstance(value, bool) else "Answer yes or no."


def _choice(field: FormField, value: Any) -> str | None:
    good = isinstance(value, str) and field.find_choice(value) is not None
    return None if good else "Choose from the list."


def _choices(field: FormField, value: Any) -> str | None:
    known = {one.code for one in field.choices}
    good = isinstance(value, list) and all(isinstance(one, str) and one in known for one in value)
    return None if good and len(set(value)) == len(value) else "Choose from the list."


def _named(field: FormField, value: Any) -> str | None:
    """A person or a device: its number, and its name as it was on the day."""
    good = isinstance(value, Mapping) and _is_number(value.get("id")) and isinstance(value.get("name"), str)
    return None if good else "Choose from the list."


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


VALUE_CHECKS: dict[FieldType, Callable[[FormField, Any], str | None]] = {
    FieldType.TEXT: _text(TEXT_LETTERS),
    FieldType.LONG_TEXT: _text(LONG_TEXT_LETTERS),
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.TIME: _time,
    FieldType.YES_NO: _yes_no,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.PERSON: _named,
    FieldType.DEVICE: _named,
}


def _form(output: Output, data: Mapping[str, Any]) -> Iterator[Fault]:
    values = data.get("values")
    if not isinstance(values, Mapping):
        yield Fault("values", "There is no form here.")
        return
    yield from field_faults(output.fields, values)


def _checklist(output: Output, data: Mapping[str, Any]) -> Iterator[Fault]:
    ticks = data.get("items")
    codes = {item.code for item in output.items}
    if not isinstance(ticks, Mapping) or set(ticks) != codes:
        yield Fault("items", "The list of items is not the one of the procedure.")
        return
    for code, ticked in ticks.items():
        if not isinstance(ticked, bool):
            yield Fault(code, "Answer yes or no.")
        elif output.all_required and not ticked:
            yield Fault(code, "Every item of the list must be done.")
    yield from _note(data)


def _table(output: Output, data: Mapping[str, Any]) -> Iterator[Fault]:
    rows = data.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        yield Fault("rows", "There is no table here.")
        return
    if len(rows) < output.min_rows:
        yield Fault("rows", "The table has too few rows.")
    if len(rows) > output.max_rows:
        yield Fault("rows", "The table has too many rows.")
    for number, row in enumerate(rows, 1):
        yield from field_faults(output.columns, row, f"{number}.")


def _file(output: Output, data: Mapping[str, Any]) -> Iterator[Fault]:
    files = data.get("files")
    if not isinstance(files, list) or not all(_is_file(one) for one in files):
        yield Fault("files", "There are no files here.")
        return
    if len(files) < output.min_count:
        yield Fault("files", "There are too few files.")
    if len(files) > output.max_count:
        yield Fault("files", "There are too many files.")
    for one in files:
        extension = one["name"].rpartition(".")[2].lower()
        if output.types and extension not in output.types:
            yield Fault("files", "A file is of a kind that the procedure does not take.")
    yield from _note(data)


def _is_file(one: Any) -> bool:
    return (
        isinstance(one, Mapping)
        and _is_number(one.get("attachment_id"))
        and isinstance(one.get("name"), str)
        and _is_digest(one.get("sha256"))
    )


def _is_evidence(one: Any) -> bool:
    return isinstance(one, Mapping) and _is_number(one.get("id")) and _is_digest(one.get("sha256"))


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and SHA256.fullmatch(value) is not None


def _network_evidence(output: Output, data: Mapping[str, Any]) -> Iterator[Fault]:
    items = data.get("items")
    if not isinstance(items, list) or not all(_is_evidence(one) for one in items):
        yield Fault("items", "There is no evidence here.")
    elif not items and not str(data.get("note") or "").strip():
        yield Fault("items", "Choose at least one piece of evidence, or write what was observed.")
    yield from _note(data)


def _document(output: Output, data: Mapping[str, Any]) -> Iterator[Fault]:
    texts = data.get("texts")
    count = len(output.paper.sections) if output.paper else 0
    if not isinstance(texts, list) or len(texts) != count or not all(isinstance(one, str) for one in texts):
        yield Fault("texts", "The sections are not those of the procedure.")
    elif any(len(one) > LONG_TEXT_LETTERS for one in texts):
        yield Fault("texts", "The text is too long.")
    yield from _kept_paper(data)


def _signature(output: Output, data: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _kept_paper(data)


def _kept_paper(data: Mapping[str, Any]) -> Iterator[Fault]:
    if not _is_number(data.get("document_id")) or not _is_digest(data.get("sha256")):
        yield Fault("document_id", "There is no document here.")


def _note(data: Mapping[str, Any]) -> Iterator[Fault]:
    note = data.get("note", "")
    if not isinstance(note, str) or len(note) > NOTE_LETTERS:
        yield Fault("note", "The text is too long.")


CONTRACTS: dict[OutputKind, Callable[[Output, Mapping[str, Any]], Iterator[Fault]]] = {
    OutputKind.FORM: _form,
    OutputKind.CHECKLIST: _checklist,
    OutputKind.TABLE: _table,
    OutputKind.FILE: _file,
    OutputKind.NETWORK_EVIDENCE: _network_evidence,
    OutputKind.DOCUMENT: _document,
    OutputKind.SIGNATURE: _signature,
}
