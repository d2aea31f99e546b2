"""A report in the hands of the person who looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flask import request
from sqlalchemy.orm import Session

from helpdesk.documents.report import queries, rules, service
from helpdesk.documents.report.rights import find_step_of
from helpdesk.documents.report.service import Author, WorkingText
from helpdesk.documents.rules import SECTION_TITLES
from helpdesk.errors import NotFound
from helpdesk.permissions import Permission
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.models import StepRun
from helpdesk.sop.schema import Output, OutputKind
from helpdesk.tickets.views.case import Case, open_case
from helpdesk.web.current import settings, signed_in


@dataclass(frozen=True)
class ReportCase:
    """A ticket's report, and what the person may do with it now."""

    case: Case
    output: Output

    @property
    def prefix(self) -> str:
        """What the names of the fields begin with: the same as in the step's own form."""
        return f"{self.output.code}-"

    @cached_property
    def writing_step(self) -> StepRun | None:
        """The pass that the person may write the report in, or None."""
        return self._step_of(OutputKind.REPORT_DRAFT)

    @cached_property
    def signing_step(self) -> StepRun | None:
        """The pass that the person may sign the report in, or None."""
        return self._step_of(OutputKind.SIGNED_REPORT)

    def _step_of(self, kind: OutputKind) -> StepRun | None:
        case = self.case
        if not signed_in().may(Permission.WORK_ON_TICKETS):
            return None
        return find_step_of(case.session, case.ticket, case.viewer, case.office, kind, case.now)

    @property
    def may_remark(self) -> bool:
        """Whether the person may write remarks and answers."""
        return self.writing_step is not None or self.signing_step is not None

    @property
    def author(self) -> Author:
        """The person at work on the report."""
        case = self.case
        return Author(case.session, case.ticket, case.office, case.viewer, signed_in().person, case.now)

    def working_text(self) -> WorkingText:
        """Return what stands in the editor."""
        assert self.writing_step is not None  # asked before
        case = self.case
        unit = settings().letterhead.unit
        return service.working_text(case.session, case.ticket, self.writing_step, case.office, unit=unit)

    def sections_shown(self) -> dict[str, str]:
        """Return the text that readers see: what was handed in, else the last version; empty before both."""
        session, ticket = self.case.session, self.case.ticket
        handed_in = sop_queries.output_data(ticket.run, kind=OutputKind.REPORT_DRAFT.value)
        latest = queries.find_latest_version(session, ticket)
        sections = handed_in.get("sections") or (latest.sections if latest is not None else {})
        return {code: str(sections.get(code, "")) for code in SECTION_TITLES} if sections else {}

    def sections_sent(self) -> dict[str, str]:
        """Return the sections of the form that was sent; what it lacks is as it stands in the editor."""
        stands = self.working_text().sections
        sent = {code: request.form.get(f"{self.prefix}{code}") for code in SECTION_TITLES}
        taken = {code for code in SECTION_TITLES if request.form.get(f"choose-{code}") == "theirs"}
        # A browser ends lines as mail does; the text is kept, drawn and compared with one kind of line end.
        return rules.cleaned(
            {code: stands[code] if text is None or code in taken else text for code, text in sent.items()}
        )


def open_report(session: Session, ticket_id: int) -> ReportCase:
    """Return the report of a ticket that the person may see, where its procedure has one."""
    case = open_case(session, ticket_id)
    procedure = case.office.procedure_of(case.ticket.run)
    outputs = (one for step in procedure.steps for one in step.yields)
    output = next((one for one in outputs if one.kind is OutputKind.REPORT_DRAFT), None)
    if output is None:
        raise NotFound
    return ReportCase(case, output)


def open_writing(session: Session, ticket_id: int) -> ReportCase:
    """Return the report for whoever may write it now, or raise NotTheAuthor."""
    report = open_report(session, ticket_id)
    report.author.writing_step()
    return report
