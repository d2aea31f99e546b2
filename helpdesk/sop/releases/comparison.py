"""What a version changes: part by part, step by step, field by field, in words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from helpdesk.datafiles import Text
from helpdesk.sop.form import wording
from helpdesk.sop.releases import names
from helpdesk.sop.schema import END, Escalation, Output, Procedure, Step


class ChangeKind(StrEnum):
    """What became of a part."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: in which part (and field), what stood there before, and what stands there now."""

    kind: ChangeKind
    part: Text
    field: Text | None = None
    before: Text | None = None
    after: Text | None = None
    # The step that the part is, so that a page can show both beside each other.
    step_id: str | None = None

    def shown(self, language: str) -> tuple[str, str]:
        """Return both texts in the language; where only the other language changed, in that one."""
        before, after = self.before, self.after
        old = "" if before is None else before.in_language(language)
        new = "" if after is None else after.in_language(language)
        if old == new and before is not None and after is not None:
            other = "id" if language.startswith("en") else "en"
            return f"[{other}] {before.in_language(other)}", f"[{other}] {after.in_language(other)}"
        return old, new

    def worded(self, language: str) -> str:
        """Return the difference as a sentence."""
        part = self.part.in_language(language)
        field = "" if self.field is None else self.field.in_language(language)
        old, new = self.shown(language)
        return (
            names.SENTENCES[self.sentence]
            .in_language(language)
            .format(part=part, field=field, before=old, after=new)
        )

    @property
    def sentence(self) -> str:
        """The key of the sentence that says it."""
        if self.field is None:
            return self.kind.value
        return f"field_{self.kind.value}"


def compare(old: Procedure, new: Procedure) -> list[Change]:
    """Return everything that the new procedure says otherwise; nothing where both say the same."""
    return [
        *_fields(names.IDENTITY, _identity_fields(old), _identity_fields(new)),
        *_lists(old, new),
        *_coded(names.QUALIFICATION, old.qualifications, new.qualifications, lambda one: one.title),
        *_coded(names.ROLE, old.roles, new.roles, lambda one: one.title),
        *_coded(names.EXTERNAL, old.externals, new.externals, lambda one: one.title),
        *_coded(names.REQUEST, old.requests, new.requests, lambda one: one.title),
        *_steps(old, new),
    ]


Fields = Mapping[str, tuple[Text, Text | None]]


def _fields(part: Text, old: Fields, new: Fields, step_id: str | None = None) -> Iterator[Change]:
    for key in dict.fromkeys((*old, *new)):
        name = (old.get(key) or new[key])[0]
        before, after = old.get(key, (name, None))[1], new.get(key, (name, None))[1]
        if before == after:
            continue
        kind = ChangeKind.CHANGED
        if before is None or after is None:
            kind = ChangeKind.ADDED if before is None else ChangeKind.REMOVED
        yield Change(kind, part, name, before, after, step_id)


def _identity_fields(procedure: Procedure) -> Fields:
    identity = procedure.identity
    values: dict[str, Any] = {
        **{key: getattr(identity, key) for key in names.IDENTITY_FIELDS if hasattr(identity, key)},
        "approved_office": identity.approved_by.office,
        "approved_name": identity.approved_by.name,
        "approved_nip": identity.approved_by.nip,
    }
    return {key: (names.IDENTITY_FIELDS[key], as_text(value)) for key, value in values.items()}


def as_text(value: Any) -> Text | None:
    """Return a value of the file as words in both languages; none and nothing are the same."""
    if value is None or value == () or value == "":
        return None
    if isinstance(value, Text):
        return value
    if isinstance(value, bool):
        return names.YES if value else names.NO
    if isinstance(value, tuple):
        parts = [as_text(one) or Text(id="–", en="–") for one in value]
        return Text(id="; ".join(one.id for one in parts), en="; ".join(one.en for one in parts))
    if isinstance(value, BaseModel):
        fields = {key: as_text(getattr(value, key)) for key in type(value).model_fields}
        said = {key: text for key, text in fields.items() if text is not None}
        return Text(
            id=", ".join(f"{key}: {text.id}" for key, text in said.items()) or "–",
            en=", ".join(f"{key}: {text.en}" for key, text in said.items()) or "–",
        )
    return Text(id=str(value), en=str(value))


def _lists(old: Procedure, new: Procedure) -> Iterator[Change]:
    for key, name in names.LISTS.items():
        before, after = getattr(old, key), getattr(new, key)
        matcher = SequenceMatcher(a=before, b=after, autojunk=False)
        for what, low, high, start, stop in matcher.get_opcodes():
            if what == "equal":
                continue
            pairs = min(high - low, stop - start)
            for index in range(pairs):
                yield Change(ChangeKind.CHANGED, name, names.POINT, before[low + index], after[start + index])
            for text in before[low + pairs : high]:
                yield Change(ChangeKind.REMOVED, name, names.POINT, before=text)
            for text in after[start + pairs : stop]:
                yield Change(ChangeKind.ADDED, name, names.POINT, after=text)


def _coded(
    name: Text, old: Sequence[Any], new: Sequence[Any], title_of: Callable[[Any], Text]
) -> Iterator[Change]:
    """Compare parts that have a code each."""
    before, after = {one.code: one for one in old}, {one.code: one for one in new}
    for code in dict.fromkeys((*before, *after)):
        here = after.get(code) or before[code]
        part = names.named(name, title_of(here))
        if code not in after:
            yield Change(ChangeKind.REMOVED, part)
        elif code not in before:
            yield Change(ChangeKind.ADDED, part)
        else:
            yield from _fields(part, _model_fields(before[code]), _model_fields(after[code]))
    if [code for code in before if code in after] != [code for code in after if code in before]:
        yield Change(ChangeKind.MOVED, name)


def _model_fields(part: BaseModel) -> Fields:
    return {
        key: (names.PART_FIELDS.get(key, Text(id=key, en=key)), as_text(getattr(part, key)))
        for key in type(part).model_fields
        if key != "code"
    }


def _steps(old: Procedure, new: Procedure) -> Iterator[Change]:
    for step in old.steps:
        if new.find_step(step.id) is None:
            yield Change(ChangeKind.REMOVED, step_name(step), step_id=step.id)
    moved = _moved([step.id for step in old.steps], [step.id for step in new.steps])
    for step in new.steps:
        before = old.find_step(step.id)
        if before is None:
            yield Change(ChangeKind.ADDED, step_name(step), step_id=step.id)
            continue
        if step.id in moved:
            yield Change(
                ChangeKind.MOVED,
                step_name(step),
                names.ROW,
                as_text(before.number),
                as_text(step.number),
                step.id,
            )
        yield from _fields(step_name(step), _step_fields(old, before), _step_fields(new, step), step.id)
        yield from _outputs(step, before.yields, step.yields)


def step_name(step: Step) -> Text:
    """Return a step as the sentences name it."""
    return names.named(names.numbered_step(step.number), step.title)


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """Return the steps that stand in another order; those that only got another number are not among them."""
    before = [one for one in old if one in new]
    after = [one for one in new if one in old]
    kept = {
        one
        for block in SequenceMatcher(a=before, b=after, autojunk=False).get_matching_blocks()
        for one in before[block.a : block.a + block.size]
    }
    return set(after) - kept


def _step_fields(procedure: Procedure, step: Step) -> Fields:
    decision = step.decision
    values: dict[str, Text | None] = {
        "title": step.title,
        "role": procedure.role_of(step).title,
        "activity": step.activity,
        "needs": _both(lambda language: wording.needs_of(procedure, step, language)),
        "working_minutes": _both(lambda language: wording.time_of(step, language)),
        "assigns": _roles(procedure, step.assigns),
        "returns_to": _places(procedure, () if step.returns_to is None else (step.returns_to,)),
        "next": _places(procedure, step.next),
        "question": None if decision is None else decision.question,
        "remark": step.remark,
        "connector": as_text(step.connector),
        "escalation": _escalation(procedure, step.escalation),
    }
    fields = {key: (names.STEP_FIELDS[key], value) for key, value in values.items()}
    for branch in () if decision is None else decision.branches:
        fields[f"branch {branch.code}"] = (
            names.named(names.BRANCH, branch.title),
            _places(procedure, branch.next),
        )
    return fields


def _both(said: Callable[[str], str]) -> Text | None:
    indonesian, english = said("id"), said("en")
    return Text(id=indonesian, en=english) if indonesian and english else None


def _roles(procedure: Procedure, codes: Sequence[str]) -> Text | None:
    return as_text(tuple(role.title for code in codes if (role := procedure.find_role(code)) is not None))


def _places(procedure: Procedure, targets: Sequence[str]) -> Text | None:
    """Return where an arrow leads, by the short titles: numbers shift when a row is added."""
    steps = [None if target == END else procedure.find_step(target) for target in targets]
    return as_text(tuple(wording.ENDS if step is None else step.title for step in steps))


def _escalation(procedure: Procedure, escalation: Escalation | None) -> Text | None:
    if escalation is None:
        return None
    office = procedure.find_role(escalation.to)
    title = Text(id=escalation.to, en=escalation.to) if office is None else office.title
    percent = escalation.at_percent
    return Text(id=f"{title.id} ({percent}%)", en=f"{title.en} ({percent}%)")


def _outputs(step: Step, old: Sequence[Output], new: Sequence[Output]) -> Iterator[Change]:
    for change in _coded(names.OUTPUT, old, new, lambda one: one.title):
        part = names.within(step_name(step), change.part)
        yield Change(change.kind, part, change.field, change.before, change.after, step.id)
