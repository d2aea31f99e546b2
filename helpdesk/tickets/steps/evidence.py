"""The evidence that a step prepares: which of the ticket's bahan go into the identification."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length, ValidationError

from helpdesk.evidence.presentation import REASONS
from helpdesk.tickets import queries
from helpdesk.tickets.steps.disposition import CheckboxesField
from helpdesk.tickets.steps.kinds import FormData, StepContext, StepForm, StepKind
from helpdesk.web.choices import choices


class EvidenceForm(StepForm):
    """Data dan/atau bahan."""

    items = CheckboxesField(_l("Evidence for the identification"), coerce=int)
    note = TextAreaField(_l("Notes on the data and materials"), validators=[Length(max=5000)])

    def validate_note(self, field: TextAreaField) -> None:
        """There must be something to work on."""
        if not self.items.data and not (field.data or "").strip():
            raise ValidationError(
                _l("Choose at least one piece of evidence, or write what the identification works on.")
            )


class EvidenceKind(StepKind):
    """Freezes the choice of evidence with its digests."""

    template = "tickets/steps/evidence.html"
    result_template = "tickets/results/evidence.html"

    make_form: type[EvidenceForm] = EvidenceForm

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> EvidenceForm:
        """Offer all that the ticket holds, ticked."""
        items = queries.list_evidence(context.session, context.ticket)
        form = self.make_form(formdata, prefix=prefix, data={"items": [item.id for item in items]})
        form.items.choices = choices((item.id, item.title) for item in items)
        return form

    def facts(self, context: StepContext) -> dict[str, Any]:
        """Show beside each box what the item is and when it was made."""
        return {
            "items": {item.id: item for item in queries.list_evidence(context.session, context.ticket)},
            "reasons": REASONS,
        }

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Return the chosen items with what makes each of them provable."""
        assert isinstance(form, EvidenceForm)
        items = {item.id: item for item in queries.list_evidence(context.session, context.ticket)}
        return {
            "items": [
                {
                    "id": item.id,
                    "kind": item.kind,
                    "title": item.title,
                    "sha256": item.sha256,
                    "added_at": item.added_at.isoformat(),
                }
                for item in (items[chosen] for chosen in form.items.data or [] if chosen in items)
            ],
            "note": (form.note.data or "").strip(),
        }


class NetworkEvidenceForm(EvidenceForm):
    """The state of the network, in the words of any procedure."""

    items = CheckboxesField(_l("Snapshots, files and observations"), coerce=int)
    note = TextAreaField(_l("Note"), validators=[Length(max=5000)])

    def validate_note(self, field: TextAreaField) -> None:
        """There must be something to look at."""
        if not self.items.data and not (field.data or "").strip():
            raise ValidationError(_l("Choose at least one piece of evidence, or write what was observed."))


class NetworkEvidenceKind(EvidenceKind):
    """The same for any procedure."""

    result_template = "tickets/results/evidence.html"
    make_form = NetworkEvidenceForm
