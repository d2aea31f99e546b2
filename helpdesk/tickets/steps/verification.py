"""The verification: every item accepted, or rejected with a reason; a rejection sends the work back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.fields import FieldList, FormField, HiddenField
from wtforms.validators import InputRequired, Length, ValidationError

from helpdesk.evidence.presentation import REASONS
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets.steps.kinds import FormData, StepContext, StepForm, StepKind
from helpdesk.web.choices import choices
from helpdesk.web.forms import PartForm

# As much as a step keeps of why it was returned; the verification itself holds all of it.
REASON_LETTERS = 2000
VERDICTS = (("accepted", _l("Accepted")), ("rejected", _l("Rejected")))


class VerdictForm(PartForm):
    """One item's verdict."""

    ref = HiddenField()
    verdict = RadioField(
        _l("Verdict"),
        choices=choices(VERDICTS),
        validators=[InputRequired(_l("Accept or reject the item."))],
    )
    reason = TextAreaField(_l("Reason"), validators=[Length(max=2000)])

    def validate_reason(self, field: TextAreaField) -> None:
        """A rejection without a reason helps nobody to do it better."""
        if self.verdict.data == "rejected" and not (field.data or "").strip():
            raise ValidationError(_l("Say why the item is rejected: the technician works from it."))


class VerificationForm(StepForm):
    """Verifikasi bahan."""

    verdicts = FieldList(FormField(VerdictForm))
    note = TextAreaField(_l("Note of the verification"), validators=[Length(max=5000)])

    def __init__(self, *args: Any, refs: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refs = refs

    def validate_verdicts(self, field: FieldList[Any]) -> None:
        """Nothing is verified by silence."""
        if {str(entry.form.ref.data) for entry in field} != set(self.refs):
            raise ValidationError(_l("The list of items has changed. Reload the page and verify it again."))


class VerificationKind(StepKind):
    """A verdict on every piece of evidence, every finding and the conclusion."""

    template = "tickets/steps/verification.html"
    result_template = "tickets/results/verification.html"

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> VerificationForm:
        """List what there is to verify; nothing is accepted by default."""
        items = self._items(context)
        fresh = {"verdicts": [{"ref": ref} for ref in items]}
        return VerificationForm(formdata, prefix=prefix, data=fresh, refs=items)

    def _items(self, context: StepContext) -> dict[str, dict[str, Any]]:
        """Return the items by reference: the evidence, the findings, the conclusion."""
        run = context.ticket.run
        evidence = sop_queries.output_data(run, kind=OutputKind.EVIDENCE.value)
        found = sop_queries.output_data(run, kind=OutputKind.IDENTIFICATION.value)
        items = {
            f"evidence-{one['id']}": {"title": one["title"], "kind": one["kind"], "entry": one}
            for one in evidence.get("items", [])
        }
        items |= {
            f"finding-{one['device_id']}": {"title": one["device"], "kind": "finding", "entry": one}
            for one in found.get("findings", [])
        }
        items["conclusion"] = {
            "title": "",
            "kind": "conclusion",
            "entry": {"text": found.get("conclusion", "")},
        }
        return items

    def facts(self, context: StepContext) -> dict[str, Any]:
        """Show what each verdict is about, and lead to each snapshot."""
        snapshots = {
            f"evidence-{one.id}": one.snapshot for one in context.ticket.evidence if one.snapshot is not None
        }
        found = sop_queries.output_data(context.ticket.run, kind=OutputKind.IDENTIFICATION.value)
        return {
            "items": self._items(context),
            "snapshots": snapshots,
            "reasons": REASONS,
            "proposals": found.get("proposals", []),
        }

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Return the verdicts on the items there are."""
        assert isinstance(form, VerificationForm)
        items = self._items(context)
        verdicts = {str(entry.form.ref.data): entry.form for entry in form.verdicts}
        return {
            "items": [
                {
                    "ref": ref,
                    "kind": item["kind"],
                    "title": item["title"],
                    "accepted": ref in verdicts and verdicts[ref].verdict.data == "accepted",
                    "reason": (verdicts[ref].reason.data or "").strip() if ref in verdicts else "",
                }
                for ref, item in items.items()
            ],
            "note": (form.note.data or "").strip(),
        }

    def rejection(self, context: StepContext, form: StepForm) -> str | None:
        """Return the reasons of all rejections, item by item."""
        rejected = [one for one in self.data(context, form)["items"] if not one["accepted"]]
        if not rejected:
            return None
        words = {"conclusion": _("Conclusion")}
        reasons = "\n".join(
            f"{one['title'] or words.get(one['kind'], one['kind'])}: {one['reason'] or _('not verified')}"
            for one in rejected
        )
        if len(reasons) <= REASON_LETTERS:
            return reasons
        more = f" … ({_('more stands in the verification')})"
        return reasons[: REASON_LETTERS - len(more)] + more
