"""What a kind of output must offer, and the table of all kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict

from helpdesk.accounts import standing
from helpdesk.accounts.models import Person
from helpdesk.accounts.standing import Official
from helpdesk.errors import DomainError
from helpdesk.sop.grammar import FormField
from helpdesk.sop.models import StepRun
from helpdesk.sop.schema import External, Output, Procedure, Step
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office
from helpdesk.web.forms import PageForm

FormData = MultiDict[str, str]


@dataclass(frozen=True)
class StepContext:
    """What a form of a step is built from."""

    session: Session
    ticket: Ticket
    office: Office
    procedure: Procedure
    step: Step
    step_run: StepRun
    person: Person
    now: datetime
    # What the form at hand is for; a kind reads its options from it.
    item: Output | External | None = None
    # What the same step yields beside it and the run does not hold yet, by code.
    made: Mapping[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def output(self) -> Output:
        """The output that the form at hand yields."""
        assert isinstance(self.item, Output), "the form is one of an output"
        return self.item

    @property
    def asked(self) -> tuple[FormField, ...]:
        """The fields of the form at hand, of an output or of what its holder brings."""
        return self.item.fields if self.item else ()

    @property
    def prefix(self) -> str:
        """What the names of the fields at hand begin with."""
        return f"{self.item.code}-" if self.item else ""

    @property
    def today(self) -> date:
        """The day at the office."""
        return self.now.astimezone(self.office.zone).date()

    def officials(self, role: str) -> list[Official]:
        """Return who stands in the office now: its holders, and who acts in it by a decree for this step."""
        found = standing.list_officials(self.session, role, self.now, self.office.zone)
        return list({one.person.id: one for one in reversed(found)}.values())[::-1]

    def holders(self, role: str) -> Sequence[Person]:
        """Return the people who stand in the office now."""
        return [one.person for one in self.officials(role)]


@dataclass(frozen=True)
class Sent:
    """A form as it was sent, before anything is checked: its fields, its files, the button."""

    fields: FormData
    files: MultiDict[str, FileStorage]
    action: str


class StepForm(PageForm):
    """A form inside the step's one form: the page carries the CSRF token once."""

    class Meta(PageForm.Meta):
        csrf = False


class StepKind:
    """One kind of output, or of what a step needs from outside."""

    template: ClassVar[str]
    result_template: ClassVar[str] = ""
    # Whether the form sends files.
    has_files: ClassVar[bool] = False
    # Whether the output is kept, as invalid, where this form sends the work back.
    is_kept_on_return: ClassVar[bool] = True

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> StepForm:
        """Return the form; formdata is None on the first look."""
        raise NotImplementedError

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Return what the output holds, from a form that was accepted."""
        raise NotImplementedError

    def receive(self, context: StepContext, sent: Sent) -> None:
        """Take in what comes beside the fields, into the fields: files that arrived, one row more."""

    def facts(self, context: StepContext) -> dict[str, Any]:
        """Return what the template shows beside the form."""
        return {}

    def assignee_id(self, form: StepForm) -> int | None:
        """Return to whom the step hands over, where this kind says so."""
        return None

    def assignees(self, context: StepContext, form: StepForm) -> dict[str, int]:
        """Return to whom the step hands over, by the id of each following step, where this kind says so."""
        return {}

    def rejection(self, context: StepContext, form: StepForm) -> str | None:
        """Return why the work goes back, where this kind says so."""
        return None

    def refusal(self, context: StepContext, form: StepForm, *, address: str) -> DomainError | None:
        """Return why the person may not do this, where that has to be kept (a wrong password)."""
        return None

    def before_completion(self, context: StepContext, form: StepForm) -> None:
        """Do what has to be done before the gate is asked."""


KINDS: dict[str, StepKind] = {}


def register(kind: str, implementation: StepKind) -> None:
    """Add a kind to the table; higher subjects add theirs at the start of the application."""
    KINDS[kind] = implementation


@dataclass(frozen=True)
class Part:
    """One output (or outside need) of a step, with its form."""

    context: StepContext
    item: Output | External
    kind: StepKind
    form: StepForm
    facts: dict[str, Any]
