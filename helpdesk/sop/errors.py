"""What the procedures refuse."""

from __future__ import annotations

from collections.abc import Sequence

from helpdesk.datafiles import Problem, Text
from helpdesk.errors import DomainError, NotFound
from helpdesk.sop.schema import External, Output, Step


class ProcedureFileInvalid(DomainError):
    """One or more procedure files cannot be used; `problems` holds every reason with its line."""

    code = "procedure_file_invalid"
    status = 500
    message = "The procedure file cannot be used:\n%(problems)s"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(problems="\n".join(str(problem) for problem in problems))


class ProcedureUnknown(NotFound):
    """There is no procedure with the number (and version)."""

    code = "procedure_unknown"
    message = "There is no procedure %(number)s in force. Look at the list of procedures."

    def __init__(self, *, number: str, known: Sequence[str] = ()) -> None:
        self.known = tuple(known)
        super().__init__(number=number)


class ReleaseRefused(DomainError):
    """A version cannot be released; `reason` says why in both languages."""

    code = "release_refused"
    message = "%(reason)s"

    def __init__(self, reason: Text) -> None:
        self.reason = reason
        super().__init__(reason=reason.id)

    def details_in(self, language: str) -> dict[str, object]:
        """Return the reason in the language."""
        return {"reason": self.reason.in_language(language)}


class StepUnknown(NotFound):
    """The procedure has no such step."""

    code = "step_unknown"
    message = "The procedure %(number)s has no step “%(step)s”."


class StepRefused(DomainError):
    """A step cannot do what was asked; its name in the reader's language comes from `details_in`."""

    def __init__(self, step: Step, **details: object) -> None:
        self.step = step
        super().__init__(step=step.title.id, number=step.number, **details)

    def details_in(self, language: str) -> dict[str, object]:
        """Return the details with titles in the language, for the translated message."""
        return {**self.details, "step": self.step.title.in_language(language)}


class GateShut(StepRefused):
    """The gate of a step is shut; `missing` names what has to be there first."""

    code = "gate_shut"
    message = "Step %(number)s (%(step)s): still missing %(missing)s."

    def __init__(self, step: Step, missing: Sequence[Output | External]) -> None:
        self.items = tuple(missing)
        self.missing: tuple[Text, ...] = tuple(item.title for item in missing)
        self.codes: tuple[str, ...] = tuple(item.code for item in missing)
        super().__init__(step, missing=", ".join(title.id for title in self.missing))

    def details_in(self, language: str) -> dict[str, object]:
        """Return the details with titles in the language, for the translated message."""
        missing = ", ".join(title.in_language(language) for title in self.missing)
        return {**super().details_in(language), "missing": missing}


class NeedsMissing(GateShut):
    """A step cannot begin, or be completed, without its kelengkapan."""

    code = "needs_missing"
    message = "Step %(number)s (%(step)s) cannot go on: it still needs %(missing)s."


class OutputsMissing(GateShut):
    """A step cannot be completed without its outputs."""

    code = "outputs_missing"
    message = "Step %(number)s (%(step)s) cannot be completed: it has not yet yielded %(missing)s."


class StepNotOpen(StepRefused):
    """The step is not the one the procedure stands at."""

    code = "step_not_open"
    message = "Step %(number)s (%(step)s) is not open. Look at where the procedure stands now."


class ReturnRefused(StepRefused):
    """The procedure gives this step no way back."""

    code = "return_refused"
    message = "Step %(number)s (%(step)s) cannot return the work: the procedure gives it no way back."


class BranchMissing(StepRefused):
    """A decision was not decided."""

    code = "branch_missing"
    status = 422
    message = "Step %(number)s (%(step)s) is a decision: choose one of its answers."


class BranchUnknown(StepRefused):
    """The answer is not one of the decision's, or the step decides nothing."""

    code = "branch_unknown"
    status = 422
    message = "Step %(number)s (%(step)s) has no answer “%(branch)s”. Choose one of those it has."


class OutputStrange(StepRefused):
    """What was handed in is not among what the step yields or brings, or is there twice."""

    code = "output_strange"
    status = 422
    message = "Step %(number)s (%(step)s) does not yield “%(output)s”. Open the page again and hand in anew."


class OutputInvalid(DomainError):
    """What a step yields is not what its kind and its definition ask for."""

    code = "output_invalid"
    status = 422
    message = "“%(output)s” cannot be kept: %(where)s – %(reason)s"

    def __init__(self, title: Text, where: str, reason: str | Text) -> None:
        self.title, self.where, self.reason = title, where, reason
        super().__init__(output=title.id, where=where, reason=str(reason))

    def details_in(self, language: str) -> dict[str, object]:
        """Return the details with title and reason in the language, for the translated message."""
        reason = self.reason.in_language(language) if isinstance(self.reason, Text) else self.reason
        return {**self.details, "output": self.title.in_language(language), "reason": reason}
