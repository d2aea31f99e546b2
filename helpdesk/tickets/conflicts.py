"""Two people at one step: what each has, side by side, field by field; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, Field, Form, HiddenField, PasswordField, SelectFieldBase
from wtforms.fields import FieldList, FileField, FormField
from wtforms.fields.core import UnboundField

from helpdesk.tickets.steps.kinds import FormData
from helpdesk.tickets.steps.panel import Panel

# What a person says of a field that both changed: keep mine, or take what is there.
CHOICE = "choose-"
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Written:
    """One field of a form as it was filled in."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Difference:
    """One field that two people filled in differently."""

    name: str
    label: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class Conflict:
    """A form that was overtaken: by whom, when, and what each of the two has.

    Either the draft of the step changed, and `differences` lets the person choose for each field; or the
    step is done by now, and `mine` stands beside the results.
    """

    by: str
    at: datetime | None
    is_own: bool = False
    differences: tuple[Difference, ...] = ()
    mine: tuple[Written, ...] = ()
    results: tuple[dict[str, Any], ...] = ()


def compare(mine: Panel, theirs: Panel) -> tuple[Difference, ...]:
    """Return the fields that the two forms hold differently, in the order of the form."""
    left, right = written_in(mine), written_in(theirs)
    others = {one.name: one for one in right}
    found = [
        Difference(one.name, one.label, one.value, others[one.name].value if one.name in others else "")
        for one in left
        if one.name not in others or others[one.name].value != one.value
    ]
    known = {one.name for one in left}
    found += [Difference(one.name, one.label, "", one.value) for one in right if one.name not in known]
    return tuple(one for one in found if one.mine or one.theirs)


def settle(fields: FormData, draft: Mapping[str, Any] | None) -> FormData:
    """Return the fields with those of the draft where the person chose them, and without the choices."""
    settled = FormData()
    taken = {
        name.removeprefix(CHOICE)
        for name in fields
        if name.startswith(CHOICE) and fields.get(name) == THEIRS and draft is not None
    }
    for name, values in fields.lists():
        if not name.startswith(CHOICE) and name not in taken:
            settled.setlist(name, values)
    for name in taken:
        kept = (draft or {}).get(name, [])
        if kept:
            settled.setlist(name, kept if isinstance(kept, list) else [kept])
    return settled


def written_in(panel: Panel) -> tuple[Written, ...]:
    """Return every field of a step's form that a person fills in, with its words."""
    return tuple(one for form in panel.forms for one in _written(form))


def _written(form: Form | Iterable[Field], outer: str = "") -> Iterator[Written]:
    for field in form:
        label = str(getattr(field.label, "text", ""))
        if isinstance(field, FormField):
            yield from _written(field.form, outer)
        elif isinstance(field, FieldList):
            for number, entry in enumerate(field.entries, start=1):
                yield from _written([entry], f"{label} {number}".strip())
        elif not isinstance(field, (HiddenField, PasswordField, FileField, UnboundField)):
            yield Written(field.name, f"{outer} · {label}" if outer else label, _words(field))


def _words(field: Field) -> str:
    """Return what stands in the field, as a person reads it."""
    if isinstance(field, BooleanField):
        return str(_("Yes") if field.data else _("No"))
    if isinstance(field, SelectFieldBase):
        return ", ".join(_chosen(field))
    raw: Sequence[Any] = field.raw_data or []
    text = str(raw[0]) if raw else ("" if field.data is None else str(field.data))
    return text.replace("\r\n", "\n").strip()


def _chosen(field: SelectFieldBase) -> list[str]:
    options: Any = field.iter_choices()  # their stubs know only tuples
    return [str(one.label) for one in options if one.selected and str(one.value)]
