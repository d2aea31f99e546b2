"""The options of outputs and externals: each belongs to a kind, and makes sense there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helpdesk.datafiles import Location, Text
from helpdesk.sop.checks.finding import Finding
from helpdesk.sop.schema import (
    External,
    ExternalKind,
    FieldType,
    FormField,
    Output,
    OutputKind,
    Procedure,
    Step,
)
from helpdesk.uploads import KINDS

Problem = tuple[Location, Text]
Item = Output | External

# Which options a kind has, and which of them it cannot do without.
OPTIONS: dict[str, frozenset[str]] = {
    OutputKind.FORM: frozenset({"fields"}),
    OutputKind.CHECKLIST: frozenset({"items", "all_required"}),
    OutputKind.TABLE: frozenset({"columns", "min_rows", "max_rows"}),
    OutputKind.FILE: frozenset({"min_count", "max_count", "types"}),
    OutputKind.DOCUMENT: frozenset({"paper"}),
    OutputKind.SIGNATURE: frozenset({"signs"}),
}
NEEDED = {"fields", "items", "columns", "paper", "signs"}
SHARED = frozenset({"code", "kind", "title", "help"})
FIELD_OPTIONS: dict[FieldType, frozenset[str]] = {
    FieldType.NUMBER: frozenset({"min", "max", "decimals", "unit"}),
    FieldType.CHOICE: frozenset({"choices"}),
    FieldType.CHOICES: frozenset({"choices"}),
    FieldType.PERSON: frozenset({"role"}),
}
SHARED_BY_FIELDS = frozenset({"code", "type", "title", "help", "required"})


def check_options(procedure: Procedure) -> Iterator[Finding]:
    """Find options that a kind does not have, lacks, or that contradict each other."""
    for index, external in enumerate(procedure.externals):
        for location, reason in _of_item(procedure, external):
            yield Finding(("externals", index, *location), None, reason)
    for index, step in enumerate(procedure.steps):
        for place, output in enumerate(step.yields):
            problems = [*_of_item(procedure, output), *_of_paper(procedure, step, output)]
            problems += _of_signature(procedure, step, output)
            for location, reason in problems:
                yield Finding(("steps", index, "yields", place, *location), step, reason)
        for reason in _handing_over(step):
            yield Finding(("steps", index, "assigns"), step, reason)


def _of_item(procedure: Procedure, item: Item) -> Iterator[Problem]:
    allowed = OPTIONS.get(item.kind, frozenset())
    for name in sorted(item.model_fields_set - SHARED - allowed):
        yield (
            (name,),
            Text(
                id=f"'{name}' bukan pilihan jenis '{item.kind.value}'",
                en=f"'{name}' is no option of the kind '{item.kind.value}'",
            ),
        )
    for name in sorted(allowed & NEEDED):
        if not getattr(item, name):
            yield (
                ("kind",),
                Text(
                    id=f"jenis '{item.kind.value}' memerlukan '{name}'",
                    en=f"the kind '{item.kind.value}' needs '{name}'",
                ),
            )
    yield from _of_fields(procedure, "fields", item.fields)
    if isinstance(item, Output):
        yield from _of_fields(procedure, "columns", item.columns)
        yield from _repeated("items", [one.code for one in item.items])
        yield from _counts(item)


def _counts(output: Output) -> Iterator[Problem]:
    for least, most in (("min_rows", "max_rows"), ("min_count", "max_count")):
        if getattr(output, least) > getattr(output, most):
            yield (
                (least,),
                Text(id=f"'{least}' lebih besar dari '{most}'", en=f"'{least}' is greater than '{most}'"),
            )
    for place, extension in enumerate(output.types):
        if extension not in KINDS:
            taken = ", ".join(sorted(KINDS))
            yield (
                ("types", place),
                Text(
                    id=f"berkas '{extension}' tidak diterima kantor; yang diterima: {taken}",
                    en=f"the office takes no '{extension}' files; it takes: {taken}",
                ),
            )


def _of_fields(procedure: Procedure, key: str, fields: Sequence[FormField]) -> Iterator[Problem]:
    yield from _repeated(key, [field.code for field in fields])
    for place, field in enumerate(fields):
        for name, reason in _of_field(procedure, field):
            yield (key, place, name), reason


def _of_field(procedure: Procedure, field: FormField) -> Iterator[tuple[str, Text]]:
    allowed = FIELD_OPTIONS.get(field.type, frozenset())
    for name in sorted(field.model_fields_set - SHARED_BY_FIELDS - allowed):
        yield (
            name,
            Text(
                id=f"'{name}' bukan pilihan isian '{field.type.value}'",
                en=f"'{name}' is no option of a '{field.type.value}' field",
            ),
        )
    if "choices" in allowed and len(field.choices) < 2:
        yield "type", Text(id="memerlukan paling sedikit dua 'choices'", en="needs at least two 'choices'")
    for _, reason in _repeated("choices", [one.code for one in field.choices]):
        yield "choices", reason
    if field.min is not None and field.max is not None and field.min > field.max:
        yield "min", Text(id="'min' lebih besar dari 'max'", en="'min' is greater than 'max'")
    if field.type is FieldType.PERSON and field.role is None:
        yield "type", Text(id="isian 'person' memerlukan 'role'", en="a 'person' field needs a 'role'")
    if field.role is not None and procedure.find_role(field.role) is None:
        yield "role", Text(id=f"peran '{field.role}' tidak ada", en=f"there is no role '{field.role}'")


def _repeated(key: str, codes: Sequence[str]) -> Iterator[Problem]:
    for place, code in enumerate(codes):
        if code in codes[:place]:
            yield (
                (key, place),
                Text(id=f"kode '{code}' dipakai dua kali", en=f"the code '{code}' is used twice"),
            )


def _of_paper(procedure: Procedure, step: Step, output: Output) -> Iterator[Problem]:
    for place, section in enumerate(output.paper.sections if output.paper else ()):
        for code in section.sources:
            item = procedure.find_item(code)
            reason = _unfit_source(item, code, output)
            if reason is not None:
                yield ("paper", "sections", place, "from"), reason
        if section.text is None and not section.sources:
            yield (
                ("paper", "sections", place),
                Text(id="bagian memerlukan 'text' atau 'from'", en="a section needs 'text' or 'from'"),
            )


def _unfit_source(item: Item | None, code: str, paper: Output) -> Text | None:
    if item is None:
        return Text(id=f"tidak ada output '{code}'", en=f"there is no output '{code}'")
    if item.code == paper.code or item.kind in (OutputKind.SIGNATURE, ExternalKind.WORK_PROGRAMME_ITEM):
        return Text(id=f"'{code}' tidak dapat dimuat dalam naskah", en=f"'{code}' cannot be drawn in a paper")
    return None


def _of_signature(procedure: Procedure, step: Step, output: Output) -> Iterator[Problem]:
    if output.signs is None:
        return
    signed = procedure.find_output(output.signs)
    if signed is None or signed.kind is not OutputKind.DOCUMENT:
        yield (
            ("signs",),
            Text(id=f"tidak ada naskah '{output.signs}'", en=f"there is no document '{output.signs}'"),
        )
        return
    before = [one.code for one in step.yields[: step.yields.index(output)]]
    if output.signs not in (*step.needs, *before):
        yield (
            ("signs",),
            Text(
                id=f"naskah '{output.signs}' harus tercantum dalam 'needs' langkah ini",
                en=f"the document '{output.signs}' must be among the 'needs' of this step",
            ),
        )


def _handing_over(step: Step) -> Iterator[Text]:
    """Who is assigned is named in a disposition, and a disposition names whom it assigns."""
    disposes = any(output.kind is OutputKind.DISPOSITION for output in step.yields)
    if len(set(step.assigns)) != len(step.assigns):
        yield Text(id="peran yang sama disebut dua kali", en="the same role is named twice")
    if step.assigns and not disposes:
        yield Text(
            id="'assigns' memerlukan output jenis 'disposition', tempat petugasnya ditunjuk",
            en="'assigns' needs an output of the kind 'disposition', in which the person is named",
        )
    if disposes and not step.assigns:
        yield Text(
            id="output jenis 'disposition' memerlukan 'assigns': kepada peran apa",
            en="an output of the kind 'disposition' needs 'assigns': to which role",
        )
