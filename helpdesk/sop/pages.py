"""What the pages of procedures show: the drawn form with how each step stands, and the form as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher

from helpdesk.sop.catalogue import Catalogue
from helpdesk.sop.form import wording
from helpdesk.sop.form.drawing import draw_form
from helpdesk.sop.form.flow import Edge, edges_of
from helpdesk.sop.form.model import Arrow, Drawing
from helpdesk.sop.releases.comparison import Change, ChangeKind, compare
from helpdesk.sop.releases.lock import Release
from helpdesk.sop.releases.queries import VersionUse
from helpdesk.sop.schema import Procedure, Step


@dataclass(frozen=True)
class StepLook:
    """How a step stands on a ticket: `state` is a word of the lane."""

    state: str
    attempt: int = 1
    official: str | None = None
    due_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def was_late(self) -> bool:
        """Whether the step was done, and after it was due."""
        done = self.state == "done" and self.finished_at is not None and self.due_at is not None
        return done and self.finished_at > self.due_at  # type: ignore[operator]


@dataclass(frozen=True)
class FormView:
    """The form of a procedure for a page; with looks, it is that of a ticket."""

    procedure: Procedure
    drawing: Drawing
    language: str
    looks: Mapping[str, StepLook] = field(default_factory=dict)
    # The ways that were gone: source, target, branch.
    passed: frozenset[tuple[str, str, str]] = frozenset()
    edges: tuple[Edge, ...] = ()

    @property
    def states(self) -> frozenset[str]:
        """The states that the steps are in."""
        return frozenset(look.state for look in self.looks.values())

    @property
    def was_late(self) -> bool:
        """Whether a step was done late."""
        return any(look.was_late for look in self.looks.values())

    def look(self, step_id: str) -> StepLook | None:
        """Return how the step stands, or None on a form without a ticket."""
        return self.looks.get(step_id)

    def is_passed(self, arrow: Arrow) -> bool:
        """Whether the ticket went this way."""
        edge = self.edges[arrow.edge]
        return (edge.source, edge.target, edge.branch) in self.passed

    def flow(self, step: Step) -> str:
        """Return the arrows of the step in words."""
        return wording.flow_of(self.procedure, step, self.language)

    def remarks(self, step: Step) -> str:
        """Return ket of the step."""
        return wording.remarks_of(self.procedure, step, self.language)


def form_view(
    procedure: Procedure,
    language: str,
    looks: Mapping[str, StepLook] | None = None,
    passed: frozenset[tuple[str, str, str]] = frozenset(),
) -> FormView:
    """Return the form in the language of the page."""
    drawing = draw_form(procedure, "en" if language.startswith("en") else "id")
    return FormView(procedure, drawing, language, looks or {}, passed, edges_of(procedure))


@dataclass(frozen=True)
class VersionRow:
    """A version in the list of versions."""

    procedure: Procedure
    release: Release | None
    use: VersionUse


def versions_of(catalogue: Catalogue, number: str, uses: Mapping[int, VersionUse]) -> list[VersionRow]:
    """Return the versions of a procedure, the newest first, with the tickets under each."""
    return [
        VersionRow(one, catalogue.releases.get((number, one.version)), uses.get(one.version, VersionUse()))
        for one in reversed(catalogue.list_versions(number))
    ]


@dataclass(frozen=True)
class ChangeRow:
    """One change for a page: words that fell and words that came, each marked."""

    kind: str
    field: str
    before: tuple[tuple[str, bool], ...]
    after: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class ChangedPart:
    """A part of the procedure with everything that changed in it."""

    title: str
    kind: str
    rows: tuple[ChangeRow, ...]


def changes_of(old: Procedure, new: Procedure, language: str) -> list[ChangedPart]:
    """Return the changes by part, in the order of the form."""
    parts: dict[str, list[Change]] = {}
    for change in compare(old, new):
        parts.setdefault(change.part.in_language(language), []).append(change)
    return [_changed_part(title, changes, language) for title, changes in parts.items()]


def _changed_part(title: str, changes: list[Change], language: str) -> ChangedPart:
    whole = next((change.kind.value for change in changes if change.field is None), ChangeKind.CHANGED.value)
    return ChangedPart(title, whole, tuple(_change_row(one, language) for one in changes if one.field))


def _change_row(change: Change, language: str) -> ChangeRow:
    old, new = change.shown(language)
    before, after = marked_words(old, new)
    field_name = "" if change.field is None else change.field.in_language(language)
    return ChangeRow(change.kind.value, field_name, before, after)


Marked = tuple[tuple[str, bool], ...]


def marked_words(old: str, new: str) -> tuple[Marked, Marked]:
    """Return both texts in runs of words, each with whether the other text lacks it."""
    before, after = old.split(), new.split()
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for what, low, high, start, stop in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if high > low:
            left.append((" ".join(before[low:high]), what != "equal"))
        if stop > start:
            right.append((" ".join(after[start:stop]), what != "equal"))
    return tuple(left), tuple(right)
