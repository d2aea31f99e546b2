"""The kinds of output that are papers: the report as draft, and signed."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, PasswordField, TextAreaField
from wtforms.validators import InputRequired, Length

from config import HelpdeskSettings
from helpdesk.accounts import service as account_service
from helpdesk.documents import service
from helpdesk.documents.rules import SECTION_TITLES, LetterheadData
from helpdesk.documents.service import Stationery
from helpdesk.errors import DomainError
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets.steps.kinds import FormData, StepContext, StepForm, StepKind, register
from helpdesk.web.current import settings

SECTION_LETTERS = 20_000
SECTION_LABELS = {
    "general": _l("I.A General"),
    "purpose": _l("I.B Purpose and aim"),
    "scope": _l("I.C Scope"),
    "basis": _l("I.D Basis"),
    "activities": _l("II Activities carried out"),
    "identification": _l("III.A Identification"),
    "verification": _l("III.B Verification"),
    "coordination": _l("III.C Coordination and technical cooperation"),
    "conclusions": _l("IV.A Conclusions"),
    "recommendations": _l("IV.B Recommendations"),
    "closing": _l("V Closing"),
}


def stationery() -> Stationery:
    """Return the letterhead of the running application."""
    return stationery_of(settings())


def stationery_of(chosen: HelpdeskSettings) -> Stationery:
    """Return the letterhead of the settings."""
    head = chosen.letterhead
    return Stationery(
        LetterheadData(agency=head.agency, unit=head.unit, address=head.address, contact=head.contact),
        head.city,
    )


@cache
def _draft_form() -> type[StepForm]:
    """Return the form with one field a section of the official report."""
    fields = {
        code: TextAreaField(
            SECTION_LABELS[code],
            validators=[InputRequired(_l("This section must not be empty.")), Length(max=SECTION_LETTERS)],
        )
        for code in SECTION_TITLES
    }
    return type("ReportDraftForm", (StepForm,), fields)


class ReportDraftKind(StepKind):
    """The report, generated from all that went before and edited by the official."""

    template = "documents/steps/report_draft.html"
    result_template = "documents/results/report_draft.html"

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> StepForm:
        """Fill the sections with the generated text."""
        fresh = service.first_sections(
            context.session, context.ticket, context.office, unit=settings().letterhead.unit
        )
        return _draft_form()(formdata, prefix=prefix, data=fresh)

    def facts(self, context: StepContext) -> dict[str, Any]:
        """Say in which order the sections stand."""
        return {"codes": list(SECTION_TITLES)}

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Return the sections as they were left."""
        return {"sections": sections_of(form)}


def sections_of(form: Form) -> dict[str, str]:
    """Return the text of every section of a draft's form."""
    return {code: (form[code].data or "").replace("\r\n", "\n").strip() for code in SECTION_TITLES}


class SignForm(StepForm):
    """The signature: read, and confirmed with the password."""

    has_read = BooleanField(
        _l("I have read the report and agree with it."),
        validators=[InputRequired(_l("Read the report, then tick this."))],
    )
    password = PasswordField(
        _l("Your password, as your signature"),
        validators=[InputRequired(_l("Give your password: it confirms the signature.")), Length(max=1024)],
    )


class SignedReportKind(StepKind):
    """The final report, drawn at the moment of the signature."""

    template = "documents/steps/signed_report.html"
    result_template = "documents/results/signed_report.html"

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> SignForm:
        """Ask for the password."""
        return SignForm(formdata, prefix=prefix)

    def refusal(self, context: StepContext, form: StepForm, *, address: str) -> DomainError | None:
        """Return the refusal of a wrong password; the failed try is recorded by the caller's commit."""
        assert isinstance(form, SignForm)
        return account_service.confirm_password(
            context.session, context.person, form.password.data or "", address=address, now=context.now
        )

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Draw and keep the report; what the output holds names it and its digest."""
        draft = sop_queries.output_data(context.ticket.run, kind=OutputKind.REPORT_DRAFT.value)
        document = service.sign_report(
            context.session,
            context.ticket,
            context.office,
            stationery(),
            step_run=context.step_run,
            sections=draft.get("sections", {}),
            signer=context.person,
            now=context.now,
        )
        return {"document_id": document.id, "number": document.number, "sha256": document.file.sha256}


def register_kinds() -> None:
    """Add the papers to the table of kinds."""
    register(OutputKind.REPORT_DRAFT.value, ReportDraftKind())
    register(OutputKind.SIGNED_REPORT.value, SignedReportKind())
