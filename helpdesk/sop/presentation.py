"""An output in words: the same for the ticket's page, for a paper and for the archive. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from helpdesk.datafiles import Text
from helpdesk.sop.grammar import External, FieldType, FormField, Output, OutputKind
from helpdesk.sop.output_contracts import is_empty

NOTHING = "–"
YES, NO = Text(id="Ya", en="Yes"), Text(id="Tidak", en="No")
WORDS = {
    "normal": Text(id="Normal", en="Normal"),
    "attention": Text(id="Perlu perhatian", en="Needs attention"),
    "accepted": Text(id="Usul diterima", en="Proposal accepted"),
    "edited": Text(id="Usul diterima, diubah", en="Proposal accepted in other words"),
    "rejected": Text(id="Usul ditolak", en="Proposal rejected"),
    "fault": Text(id="Gangguan", en="Faulty"),
    "snapshot": Text(id="Cuplikan", en="Snapshot"),
    "file": Text(id="Berkas", en="File"),
    "note": Text(id="Catatan", en="Note"),
    "finding": Text(id="Temuan", en="Finding"),
    "conclusion": Text(id="Kesimpulan", en="Conclusion"),
    "meeting": Text(id="Rapat", en="Meeting"),
    "online": Text(id="Rapat daring", en="Online meeting"),
    "phone": Text(id="Telepon", en="Telephone"),
    "letter": Text(id="Surat", en="Letter"),
    "visit": Text(id="Kunjungan", en="Visit"),
}
HEADS = {
    "to": Text(id="Diteruskan kepada", en="Handed over to"),
    "instruction": Text(id="Isi disposisi", en="Instruction"),
    "device": Text(id="Perangkat", en="Device"),
    "condition": Text(id="Kondisi", en="Condition"),
    "finding": Text(id="Temuan", en="Finding"),
    "advice": Text(id="Saran", en="Advice"),
    "item": Text(id="Bahan", en="Item"),
    "accepted": Text(id="Diterima", en="Accepted"),
    "reason": Text(id="Alasan", en="Reason"),
    "agency": Text(id="Instansi terkait", en="Related agency"),
    "persons": Text(id="Peserta", en="Persons"),
    "held_on": Text(id="Tanggal", en="Date"),
    "manner": Text(id="Cara", en="Manner"),
    "agreements": Text(id="Kesepakatan", en="Agreements"),
    "kind": Text(id="Jenis", en="Kind"),
    "name": Text(id="Nama", en="Name"),
    "digest": Text(id="Sidik SHA-256", en="SHA-256"),
    "number": Text(id="Nomor", en="Number"),
}


@dataclass(frozen=True)
class Shown:
    """What an output says, in the order in which it is drawn: fields, ticks, a table, words."""

    title: str
    fields: tuple[tuple[str, str], ...] = ()
    ticks: tuple[tuple[str, bool], ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    words: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-able data for a template."""
        return {
            "title": self.title,
            "fields": [list(one) for one in self.fields],
            "ticks": [{"label": label, "ticked": ticked} for label, ticked in self.ticks],
            "header": list(self.header),
            "rows": [list(row) for row in self.rows],
            "words": self.words,
        }


def show_output(output: Output | External, data: Mapping[str, Any], language: str = "id") -> Shown:
    """Return the output, or the form that the holder of a step brought, in words of the language."""
    if isinstance(output, External):
        fields = show_fields(output.fields, data.get("values", {}), language)
        return Shown(output.title.in_language(language), fields=fields)
    return SHOWERS[output.kind](output.title.in_language(language), output, data, language)


def show_fields(
    fields: Sequence[FormField], values: Mapping[str, Any], language: str = "id"
) -> tuple[tuple[str, str], ...]:
    """Return the fields of a form with their values in words."""
    return tuple(
        (field.title.in_language(language), show_value(field, values.get(field.code), language))
        for field in fields
    )


def show_value(field: FormField, value: Any, language: str = "id") -> str:
    """Return the value of a field in words of the language."""
    if is_empty(value):
        return NOTHING
    return VALUES[field.type](field, value, language)


def _as_it_is(field: FormField, value: Any, language: str) -> str:
    return str(value)


def _number(field: FormField, value: Any, language: str) -> str:
    unit = f" {field.unit.in_language(language)}" if field.unit else ""
    return f"{format_decimal(value, locale=language)}{unit}"


def _date(field: FormField, value: Any, language: str) -> str:
    return _day(value, language)


def _day(value: str | None, language: str) -> str:
    return format_date(date.fromisoformat(value), "d MMMM y", locale=language) if value else NOTHING


def _time(field: FormField, value: Any, language: str) -> str:
    return str(value).replace(":", ".") if language == "id" else str(value)


def _yes_no(field: FormField, value: Any, language: str) -> str:
    return (YES if value else NO).in_language(language)


def _choice(field: FormField, value: Any, language: str) -> str:
    titles = {one.code: one.title.in_language(language) for one in field.choices}
    return titles.get(value, str(value))


def _choices(field: FormField, value: Any, language: str) -> str:
    return ", ".join(_choice(field, one, language) for one in value)


def _named(field: FormField, value: Any, language: str) -> str:
    return str(value.get("name", NOTHING))


VALUES: dict[FieldType, Callable[[FormField, Any, str], str]] = {
    FieldType.TEXT: _as_it_is,
    FieldType.LONG_TEXT: _as_it_is,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.TIME: _time,
    FieldType.YES_NO: _yes_no,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.PERSON: _named,
    FieldType.DEVICE: _named,
}


def _heads(names: Iterable[str], language: str) -> tuple[str, ...]:
    return tuple(HEADS[name].in_language(language) for name in names)


def _word(code: str, language: str) -> str:
    return WORDS[code].in_language(language) if code in WORDS else code


def _form(title: str, output: Output, data: Mapping[str, Any], language: str) -> Shown:
    return Shown(title, fields=show_fields(output.fields, data.get("values", {}), language))


def _checklist(title: str, output: Output, data: Mapping[str, Any], language: str) -> Shown:
    ticks = data.get("items", {})
    return Shown(
        title,
        ticks=tuple((one.title.in_language(language), bool(ticks.get(one.code))) for one in output.items),
        words=data.get("note", ""),
    )


def _table(title: str, output: Output, data: Mapping[str, Any], language: str) -> Shown:
    shown = (show_fields(output.columns, row, language) for row in data.get("rows", []))
    rows = tuple(tuple(value for _, value in row) for row in shown)
    header = tuple(column.title.in_language(language) for column in output.columns)
    return Shown(title, header=header, rows=rows)


def _file(title: str, output: Output, data: Mapping[str, Any], language: str) -> Shown:
    rows = tuple((one["name"], one["sha256"]) for one in data.get("files", []))
    return Shown(title, header=_heads(("name", "digest"), language), rows=rows, words=data.get("note", ""))


def _evidence(title: str, output: Output, data: Mapping[str, Any], language: str) -> Shown:
    rows = tuple((_word(one["kind"], language), one["title"], one["sha256"]) for one in data.get("items", []))
    header = _heads(("kind", "name", "digest"), language)
    return Shown(title, header=header, rows=rows, words=data.get("note", ""))


def _paper(title: str, output: Output, data: Mapping[str, Any], language: str) -> Shown:
    number = data.get("number") or NOTHING
    return Shown(title, fields=((HEADS["number"].in_language(language), str(number)),))


def _disposition(title: str, output: Output, data: Mapping[str, Any], language: str) -> Shown:
    to, instruction = _heads(("to", "instruction"), language)
    several = data.get("recipients") or [data]
    return Shown(
        title,
        fields=(
            (to, ", ".join(one.get("assignee_name", "") for one in several) or NOTHING),
            (instruction, data.get("instruction") or NOTHING),
        ),
    )


def _identification(title: str, output: Output, data: Mapping[str, Any], language: str) -> Shown:
    rows = tuple(
        (
            one["device"],
            _word(one["condition"], language),
            one["finding"] or NOTHING,
            one["advice"] or NOTHING,
        )
        for one in data.get("findings", [])
    )
    # What the readings proposed stands in the same table: what became of it, its words, why it was rejected.
    rows += tuple(
        (one["device"], _word(one["decision"], language), one["text"], one["reason"] or NOTHING)
        for one in data.get("proposals", [])
    )
    header = _heads(("device", "condition", "finding", "advice"), language)
    return Shown(title, header=header, rows=rows, words=data.get("conclusion", ""))


def _verification(title: str, output: Output, data: Mapping[str, Any], language: str) -> Shown:
    rows = tuple(
        (
            one["title"] or _word(one["kind"], language),
            (YES if one["accepted"] else NO).in_language(language),
            one["reason"] or NOTHING,
        )
        for one in data.get("items", [])
    )
    header = _heads(("item", "accepted", "reason"), language)
    return Shown(title, header=header, rows=rows, words=data.get("note", ""))


def _coordination(title: str, output: Output, data: Mapping[str, Any], language: str) -> Shown:
    names = ("agency", "persons", "held_on", "manner", "agreements")
    values = (
        data.get("agency") or NOTHING,
        "; ".join(data.get("persons", [])) or NOTHING,
        _day(data.get("held_on"), language),
        _word(data.get("manner", ""), language),
        "; ".join(data.get("agreements", [])) or NOTHING,
    )
    fields = tuple(zip(_heads(names, language), values, strict=True))
    return Shown(title, fields=fields, words=data.get("result", ""))


def _nothing(title: str, output: Output, data: Mapping[str, Any], language: str) -> Shown:
    return Shown(title)


SHOWERS: dict[OutputKind, Callable[[str, Output, Mapping[str, Any], str], Shown]] = {
    OutputKind.FORM: _form,
    OutputKind.CHECKLIST: _checklist,
    OutputKind.TABLE: _table,
    OutputKind.FILE: _file,
    OutputKind.NETWORK_EVIDENCE: _evidence,
    OutputKind.EVIDENCE: _evidence,
    OutputKind.DOCUMENT: _paper,
    OutputKind.SIGNATURE: _paper,
    OutputKind.SIGNED_REPORT: _paper,
    OutputKind.REPORT_DRAFT: _nothing,
    OutputKind.DISPOSITION: _disposition,
    OutputKind.IDENTIFICATION: _identification,
    OutputKind.VERIFICATION: _verification,
    OutputKind.COORDINATION: _coordination,
}
