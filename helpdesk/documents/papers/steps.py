"""The kinds of output that are papers of any procedure: drawn up, and signed."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, RadioField, TextAreaField
from wtforms.validators import Length, ValidationError

from helpdesk.documents.papers import service
from helpdesk.documents.papers.checks import register_checks
from helpdesk.documents.signing_form import (
    SigningFields,
    fit_fields,
    signing_facts,
    signing_refusal,
    wish_of,
)
from helpdesk.documents.steps import stationery
from helpdesk.errors import DomainError
from helpdesk.sop.grammar import Output, OutputKind
from helpdesk.sop.output_contracts import LONG_TEXT_LETTERS
from helpdesk.tickets.steps.generic import GenericKind
from helpdesk.tickets.steps.kinds import FormData, StepContext, StepForm, register
from helpdesk.web.choices import choices

SIGN, RETURN = "sign", "return"
REASON_LETTERS = 2000


def name_of_section(number: int) -> str:
    """Return the name of a section's field."""
    return f"section-{number}"


class PaperKind(GenericKind):
    """A paper: words of the official for each section, with what the steps yielded drawn below them."""

    template = "documents/steps/paper.html"
    result_template = "documents/results/paper.html"

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> StepForm:
        """Begin with the words of the file; in another pass with what was written before."""
        output, before = context.output, self.earlier(context) or {}
        texts = before.get("texts") or service.first_texts(output)
        fresh = {name_of_section(number): text for number, text in enumerate(texts)}
        made = type("PaperForm", (StepForm,), _section_fields(output))
        form: StepForm = made(formdata, prefix=prefix, data=fresh)
        return form

    def facts(self, context: StepContext) -> dict[str, Any]:
        """Say for each section what is drawn below its words."""
        assert context.output.paper is not None
        language = str(get_locale())
        items = [
            [context.procedure.find_item(code) for code in section.sources]
            for section in context.output.paper.sections
        ]
        return {
            "sections": [
                (name_of_section(number), [one.title.in_language(language) for one in listed if one])
                for number, listed in enumerate(items)
            ],
            "code": context.output.code,
        }

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Draw and keep the paper; what the output holds names it and its digest."""
        texts = texts_of(context.output, form)
        document = service.make_paper(
            context.session,
            context.ticket,
            context.office,
            stationery(),
            output=context.output,
            texts=texts,
            made=context.made,
            step_run=context.step_run,
            by=context.person,
            now=context.now,
        )
        return {"texts": texts, **service.kept_data(document)}


def _section_fields(output: Output) -> dict[str, Any]:
    assert output.paper is not None
    language = str(get_locale())
    return {
        name_of_section(number): TextAreaField(
            section.title.in_language(language), validators=[Length(max=LONG_TEXT_LETTERS)]
        )
        for number, section in enumerate(output.paper.sections)
    }


def texts_of(output: Output, form: StepForm) -> list[str]:
    """Return the words of every section as they were left."""
    assert output.paper is not None
    fields = [form[name_of_section(number)] for number in range(len(output.paper.sections))]
    return [(field.data or "").replace("\r\n", "\n").strip() for field in fields]


class SignatureForm(SigningFields, StepForm):
    """The signature: read, and confirmed with the password; or a way back with a reason."""

    verdict = RadioField(
        _l("Your decision"),
        choices=choices([(SIGN, _l("Sign")), (RETURN, _l("Return for correction"))]),
        default=SIGN,
    )
    reason = TextAreaField(
        _l("Reason"), validators=[Length(max=REASON_LETTERS)], description=_l("Needed for a return.")
    )
    has_read = BooleanField(_l("I have read the document and agree with it."))
    password = PasswordField(_l("Your password, as your signature"), validators=[Length(max=1024)])

    @property
    def is_return(self) -> bool:
        """Whether the official sends the paper back."""
        return "verdict" in self._fields and self.verdict.data == RETURN

    def validate_reason(self, field: TextAreaField) -> None:
        """A return without a reason helps nobody to do it better."""
        if self.is_return and not (field.data or "").strip():
            raise ValidationError(_l("Say what has to be corrected: the document goes back with it."))

    def validate_has_read(self, field: BooleanField) -> None:
        """Nothing is signed unread."""
        if not self.is_return and not field.data:
            raise ValidationError(_l("Read the document, then tick this."))

    def validate_password(self, field: PasswordField) -> None:
        """The password confirms the signature; a return needs none."""
        if not self.is_return and not field.data:
            raise ValidationError(_l("Give your password: it confirms the signature."))


class SignatureKind(GenericKind):
    """The final paper, drawn at the moment of the signature."""

    template = "documents/steps/signature.html"
    result_template = "documents/results/paper.html"
    is_kept_on_return = False

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> SignatureForm:
        """Ask for the password; offer the way back where the procedure has one."""
        form = SignatureForm(formdata, prefix=prefix)
        if context.step.returns_to is None:
            del form.verdict
            del form.reason
        fit_fields(form, context)
        return form

    def facts(self, context: StepContext) -> dict[str, Any]:
        """Lead to the draft that is to be signed."""
        step = context.procedure.find_step(context.step.returns_to or "")
        return {
            "document_id": service.find_draft(context.ticket, context.office, context.output),
            "return_step": step,
            **signing_facts(context),
        }

    def rejection(self, context: StepContext, form: StepForm) -> str | None:
        """Return why the paper goes back."""
        assert isinstance(form, SignatureForm)
        return (form.reason.data or "").strip() if form.is_return else None

    def refusal(self, context: StepContext, form: StepForm, *, address: str) -> DomainError | None:
        """Return why the person may not sign; a failed try is recorded by the caller's commit."""
        return signing_refusal(form, context, address=address)

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Draw, sign and keep the paper; what the output holds names it and its digest."""
        document = service.sign_paper(
            context.session,
            context.ticket,
            context.office,
            stationery(),
            output=context.output,
            step_run=context.step_run,
            signer=context.person,
            now=context.now,
            wish=wish_of(form),
        )
        return service.kept_data(document)


def register_kinds() -> None:
    """Add the papers to the table of kinds, with what the services ask of them."""
    register_checks()
    register(OutputKind.DOCUMENT.value, PaperKind())
    register(OutputKind.SIGNATURE.value, SignatureKind())
