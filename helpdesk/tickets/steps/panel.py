"""The one form of a step: the parts for what it needs from outside and for what it yields."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.errors import DomainError
from helpdesk.sop.schema import External, Output
from helpdesk.sop.service import Yield
from helpdesk.tickets.steps.kinds import KINDS, FormData, Part, StepContext


@dataclass(frozen=True)
class Panel:
    """All parts of a step's form."""

    context: StepContext
    parts: tuple[Part, ...]

    def validate(self) -> bool:
        """Check every part, so that all errors show at once."""
        verdicts = [part.form.validate() for part in self.parts]
        return all(verdicts)

    @property
    def errors(self) -> bool:
        """Whether a part has an error to show."""
        return any(part.form.errors for part in self.parts)

    def rejection(self) -> str | None:
        """Return why the work goes back, or None."""
        reasons = [part.kind.rejection(self.context, part.form) for part in self.parts]
        return next((reason for reason in reasons if reason), None)

    def refusal(self, address: str) -> DomainError | None:
        """Return why the person may not complete the step, or None."""
        refusals = (part.kind.refusal(self.context, part.form, address=address) for part in self.parts)
        return next((refusal for refusal in refusals if refusal is not None), None)

    def assignee_id(self) -> int | None:
        """Return to whom the step hands over, or None."""
        chosen = [part.kind.assignee_id(part.form) for part in self.parts]
        return next((one for one in chosen if one is not None), None)

    def before_completion(self) -> None:
        """Let every part prepare, in order."""
        for part in self.parts:
            part.kind.before_completion(self.context, part.form)

    def yields(self) -> list[Yield]:
        """Return what the step yields, from forms that were accepted."""
        return [
            Yield(part.item, part.kind.data(self.context, part.form))
            for part in self.parts
            if isinstance(part.item, Output)
        ]


def build_panel(context: StepContext, formdata: FormData | None) -> Panel:
    """Build the forms: from what was sent, else from the saved draft, else fresh."""
    if formdata is None and context.step_run.draft:
        formdata = FormData(context.step_run.draft)
    needed = [item for item in context.procedure.items_needed(context.step) if isinstance(item, External)]
    items: list[Output | External] = [*needed, *context.step.yields]
    return Panel(context, tuple(_part(context, item, formdata) for item in items))


def _part(context: StepContext, item: Output | External, formdata: FormData | None) -> Part:
    kind = KINDS[item.kind.value]
    return Part(item, kind, kind.form(context, formdata, f"{item.code}-"), kind.facts(context))
