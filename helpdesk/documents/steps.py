"""The kinds of output that are papers: the report as draft, and signed."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, IntegerField, PasswordField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError

from config import HelpdeskSettings
from helpdesk.documents import service
from helpdesk.documents.report import queries as report_queries
from helpdesk.documents.report import service as report_service
from helpdesk.documents.report.presenting import SECTION_LABELS
from helpdesk.documents.report.rules import (
    REASON_LETTERS,
    SECTION_LETTERS,
    cleaned,
    missing_sections,
)
from helpdesk.documents.report.service import WorkingText
from helpdesk.documents.rules import SECTION_TITLES, LetterheadData
from helpdesk.documents.service import Stationery
from helpdesk.documents.signing_form import (
    SigningFields,
    fit_fields,
    signing_facts,
    signing_refusal,
    wish_of,
)
from helpdesk.errors import DomainError
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets.steps.kinds import FormData, StepContext, StepForm, StepKind, register
from helpdesk.web.choices import choices
from helpdesk.web.current import settings


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


class RevisionForm(StepForm):
    """The report's text by its sections; `revision` is the saving that the page knew."""

    revision = IntegerField(validators=[Optional()])
    # What stands in the editor now; a form that knows an older saving hands nothing in.
    text: WorkingText

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a text with an empty section, and one that was saved elsewhere in the meantime."""
        is_valid = bool(super().validate(extra_validators))
        if self.revision.data is not None and self.revision.data != self.text.revision:
            self.form_errors.append(
                _("The report was saved elsewhere since this page was opened. Look at it, then hand it in.")
            )
            return False
        empty = missing_sections(sections_of(self))
        if empty:
            names = ", ".join(str(SECTION_LABELS[code]) for code in empty)
            self.form_errors.append(_("These sections are still empty: %(names)s", names=names))
        return is_valid and not empty


@cache
def _draft_form() -> type[RevisionForm]:
    """Return the form with one field a section of the official report."""
    fields = {
        code: TextAreaField(SECTION_LABELS[code], validators=[Length(max=SECTION_LETTERS)])
        for code in SECTION_TITLES
    }
    return type("ReportDraftForm", (RevisionForm,), fields)


def draft_form(text: WorkingText, formdata: FormData | None, prefix: str) -> RevisionForm:
    """Return the form of the report's sections; what was not sent is as it stands in the editor."""
    form = _draft_form()(formdata, prefix=prefix, data=text.sections)
    form.text = text
    return form


class ReportDraftKind(StepKind):
    """The report, generated from all that went before and edited by the official on a page of its own."""

    template = "documents/steps/report_draft.html"
    result_template = "documents/results/report_draft.html"

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> StepForm:
        """Take the text from the editor; whoever sends the sections themselves hands in those."""
        return draft_form(self._text(context), formdata, prefix)

    def _text(self, context: StepContext) -> WorkingText:
        unit = settings().letterhead.unit
        return report_service.working_text(
            context.session, context.ticket, context.step_run, context.office, unit=unit
        )

    def facts(self, context: StepContext) -> dict[str, Any]:
        """Say how the text stands: when it was saved, which sections are empty, what waits to be answered."""
        text = self._text(context)
        return {
            "labels": SECTION_LABELS,
            "text": text,
            "empty": [SECTION_LABELS[code] for code in missing_sections(text.sections)],
            "latest": report_queries.find_latest_version(context.session, context.ticket),
            "returned": report_queries.find_returned_version(context.session, context.ticket),
            "open_remarks": len(report_queries.list_open_remarks(context.session, context.ticket)),
        }

    def before_completion(self, context: StepContext, form: StepForm) -> None:
        """Make what is handed in a version."""
        report_service.hand_in(
            context.session,
            context.ticket,
            context.office,
            context.step_run,
            sections_of(form),
            by=context.person,
            now=context.now,
        )

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Return the sections as they were handed in, with the version that holds them."""
        sections = sections_of(form)
        version = report_queries.find_latest_version(context.session, context.ticket)
        if version is None or version.sections != sections:
            return {"sections": sections}
        return {"sections": sections, "version": version.number, "sha256": version.sha256}


def sections_of(form: Form) -> dict[str, str]:
    """Return the text of every section of a draft's form."""
    return cleaned({code: form[code].data for code in SECTION_TITLES})


class _ToSign(InputRequired):
    """Required of whoever signs, and of nobody who sends the report back."""

    def __call__(self, form: Any, field: Any) -> None:
        if form.is_return:
            field.errors = []
            raise StopValidation
        super().__call__(form, field)


class SignForm(SigningFields, StepForm):
    """The signature: read, and confirmed with the password; or the report goes back with reasons."""

    verdict = RadioField(
        _l("Your decision"),
        choices=choices(
            [("sign", _l("Sign the report")), ("return", _l("Send it back for correction"))],
        ),
        default="sign",
    )
    reason = TextAreaField(_l("What has to be corrected"), validators=[Length(max=REASON_LETTERS)])
    has_read = BooleanField(
        _l("I have read the report and agree with it."),
        validators=[_ToSign(_l("Read the report, then tick this."))],
    )
    password = PasswordField(
        _l("Your password, as your signature"),
        validators=[_ToSign(_l("Give your password: it confirms the signature.")), Length(max=1024)],
    )
    open_remarks = 0

    @property
    def is_return(self) -> bool:
        """Whether the report goes back."""
        return "verdict" in self and self.verdict.data == "return"

    def validate_reason(self, field: TextAreaField) -> None:
        """A return without a reason helps nobody to do it better."""
        if self.is_return and not self.open_remarks and not (field.data or "").strip():
            raise ValidationError(
                _l("Say what has to be corrected, or write a remark beside a section of the report.")
            )


class SignedReportKind(StepKind):
    """The final report, drawn at the moment of the signature."""

    template = "documents/steps/signed_report.html"
    result_template = "documents/results/signed_report.html"
    # A report that goes back was not signed: there is nothing to keep of it.
    is_kept_on_return = False

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> SignForm:
        """Ask for the password; where the procedure has a way back, ask whether to take it."""
        form = SignForm(formdata, prefix=prefix)
        if context.step.returns_to is None:
            del form.verdict
            del form.reason
        fit_fields(form, context)
        form.open_remarks = len(report_queries.list_open_remarks(context.session, context.ticket))
        return form

    def facts(self, context: StepContext) -> dict[str, Any]:
        """Say how many remarks wait, and what became of those on an earlier version."""
        return {
            "open_remarks": len(report_queries.list_open_remarks(context.session, context.ticket)),
            "may_return": context.step.returns_to is not None,
            **signing_facts(context),
        }

    def rejection(self, context: StepContext, form: StepForm) -> str | None:
        """Return what has to be corrected: the words beside the button, and every open remark."""
        assert isinstance(form, SignForm)
        if not form.is_return:
            return None
        words = form.reason.data or ""
        return report_service.reason_of_open_remarks(context.session, context.ticket, words)

    def refusal(self, context: StepContext, form: StepForm, *, address: str) -> DomainError | None:
        """Return why the person may not sign; a failed try is recorded by the caller's commit."""
        return signing_refusal(form, context, address=address)

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
            wish=wish_of(form),
        )
        return {"document_id": document.id, "number": document.number, "sha256": document.file.sha256}


def register_kinds() -> None:
    """Add the papers to the table of kinds."""
    register(OutputKind.REPORT_DRAFT.value, ReportDraftKind())
    register(OutputKind.SIGNED_REPORT.value, SignedReportKind())
