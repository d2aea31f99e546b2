"""The one form of a step: the parts for what it needs from outside and for what it yields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from helpdesk.errors import DomainError
from helpdesk.sop.schema import External, ExternalKind, Output
from helpdesk.sop.service import Yield
from helpdesk.tickets.steps.deciding import Deciding, build_deciding
from helpdesk.tickets.steps.kinds import KINDS, FormData, Part, Sent, StepContext, StepForm


@dataclass(frozen=True)
class Panel:
    """All parts of a step's form."""

    context: StepContext
    parts: tuple[Part, ...]
    deciding: Deciding | None = None

    def validate(self) -> bool:
        """Check every part, so that all errors show at once."""
        verdicts = [part.form.validate() for part in self.parts]
        # Work that goes back is not decided on: it comes here again.
        if self.deciding is not None and not (self.context.step.returns_to and self.rejection()):
            verdicts.append(self.deciding.form.validate())
        return all(verdicts)

    @property
    def errors(self) -> bool:
        """Whether a part has an error to show."""
        return any(form.errors for form in self.forms)

    @property
    def forms(self) -> list[StepForm]:
        """The forms of all parts, and of the decision."""
        deciding = [self.deciding.form] if self.deciding else []
        return [*(part.form for part in self.parts), *deciding]

    @property
    def has_files(self) -> bool:
        """Whether the form sends files."""
        return any(part.kind.has_files for part in self.parts)

    def rejection(self) -> str | None:
        """Return why the work goes back, or None."""
        reasons = [part.kind.rejection(part.context, part.form) for part in self.parts]
        return next((reason for reason in reasons if reason), None)

    def refusal(self, address: str) -> DomainError | None:
        """Return why the person may not complete the step, or None."""
        refusals = (part.kind.refusal(part.context, part.form, address=address) for part in self.parts)
        return next((refusal for refusal in refusals if refusal is not None), None)

    def assignee_id(self) -> int | None:
        """Return to whom the step hands over, or None."""
        chosen = [part.kind.assignee_id(part.form) for part in self.parts]
        return next((one for one in chosen if one is not None), None)

    def assignees(self) -> dict[str, int]:
        """Return to whom the step hands over, for each step that follows, where that was said."""
        return {
            step_id: person_id
            for part in self.parts
            for step_id, person_id in part.kind.assignees(part.context, part.form).items()
        }

    def branch(self) -> str | None:
        """Return how it was decided, or None."""
        return self.deciding.form.branch.data if self.deciding else None

    def before_completion(self) -> None:
        """Let every part prepare, in order."""
        for part in self.parts:
            part.kind.before_completion(part.context, part.form)

    def yields(self, *, is_return: bool = False) -> list[Yield]:
        """Return what the step yields, from forms that were accepted; or what a return keeps of it."""
        made: dict[str, dict[str, Any]] = {}
        found = []
        for part in self.parts:
            is_handed_in = isinstance(part.item, Output) or part.item.kind is ExternalKind.FORM
            if is_handed_in and (part.kind.is_kept_on_return or not is_return):
                # A paper shows what the same step yields beside it.
                data = part.kind.data(replace(part.context, made=dict(made)), part.form)
                made[part.item.code] = data
                found.append(Yield(part.item, data))
        return found


def build_panel(context: StepContext, formdata: FormData | None) -> Panel:
    """Build the forms: from what was sent, else from the saved draft, else fresh."""
    if formdata is None and context.step_run.draft:
        formdata = FormData(context.step_run.draft)
    parts = tuple(_part(context, item, formdata) for item in _items(context))
    return Panel(context, parts, build_deciding(context, formdata))


def receive(
    context: StepContext, fields: FormData, files: MultiDict[str, FileStorage], action: str
) -> FormData:
    """Return the fields as sent, with what came beside them: files that are kept by now, one row more."""
    sent = Sent(FormData(fields), files, action)
    for item in _items(context):
        KINDS[item.kind.value].receive(replace(context, item=item), sent)
    return sent.fields


def _items(context: StepContext) -> Iterator[Output | External]:
    for item in context.procedure.items_needed(context.step):
        if isinstance(item, External):
            yield item
    yield from context.step.yields


def _part(context: StepContext, item: Output | External, formdata: FormData | None) -> Part:
    kind, own = KINDS[item.kind.value], replace(context, item=item)
    return Part(own, item, kind, kind.form(own, formdata, own.prefix), kind.facts(own))
