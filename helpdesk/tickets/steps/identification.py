"""The identification: what the technician found, device by device."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields import FieldList, FormField, HiddenField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from helpdesk.evidence import queries as evidence_queries
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets.steps import proposals
from helpdesk.tickets.steps.kinds import FormData, StepContext, StepForm, StepKind
from helpdesk.web.choices import choices
from helpdesk.web.forms import PartForm

CONDITIONS = (
    ("normal", _l("Normal")),
    ("attention", _l("Needs attention")),
    ("fault", _l("Faulty")),
)


class FindingForm(PartForm):
    """What was found on one device, or on the matter as a whole."""

    device_id = HiddenField()
    condition = RadioField(
        _l("Condition"), choices=choices(CONDITIONS), default="normal", validators=[Optional()]
    )
    finding = TextAreaField(_l("Finding"), validators=[Length(max=5000)])
    advice = TextAreaField(_l("Advice"), validators=[Optional(), Length(max=2000)])

    def validate_finding(self, field: TextAreaField) -> None:
        """A device that is not normal needs words."""
        if self.condition.data in ("attention", "fault") and not (field.data or "").strip():
            raise ValidationError(_l("Write what was found: the condition is not normal."))


DECISIONS = (
    (proposals.ACCEPT, _l("Accept")),
    (proposals.EDIT, _l("Edit")),
    (proposals.REJECT, _l("Reject")),
)


class ProposalForm(PartForm):
    """What is made of a finding that the readings propose."""

    finding_id = HiddenField()
    decision = RadioField(_l("Your decision"), choices=choices(DECISIONS), validators=[Optional()])
    words = TextAreaField(_l("Words of the finding"), validators=[Optional(), Length(max=5000)])
    reason = StringField(_l("Why it is rejected"), validators=[Optional(), Length(max=2000)])

    def validate_words(self, field: TextAreaField) -> None:
        """Who edits writes."""
        if self.decision.data == proposals.EDIT and not (field.data or "").strip():
            raise ValidationError(_l("Write the finding in your words."))

    def validate_reason(self, field: StringField) -> None:
        """Who rejects says why."""
        if self.decision.data == proposals.REJECT and not (field.data or "").strip():
            raise ValidationError(_l("Write why the proposal is rejected."))


class IdentificationForm(StepForm):
    """Proses identifikasi."""

    proposals = FieldList(FormField(ProposalForm))
    accept_rest = BooleanField(_l("Accept all proposals that are not decided yet"))
    findings = FieldList(FormField(FindingForm))
    conclusion = TextAreaField(
        _l("Conclusion of the identification"),
        validators=[
            InputRequired(_l("Write the conclusion: it is what the Kasubbag verifies.")),
            Length(max=5000),
        ],
    )
    # Devices that the ticket names and the form that was sent does not.
    left_out: Collection[int] = ()

    def validate_proposals(self, field: FieldList[Any]) -> None:
        """Nothing that the readings show is passed over in silence."""
        undecided = any(not entry.form.decision.data for entry in field)
        if undecided and not self.accept_rest.data:
            raise ValidationError(_l("Decide on every proposal: accept, edit or reject it."))

    def validate_findings(self, field: FieldList[Any]) -> None:
        """Nothing is found by silence: every device of the ticket has its finding."""
        if self.left_out:
            raise ValidationError(_l("The ticket names more devices by now: look at them below too."))


class IdentificationKind(StepKind):
    """One finding a device, and a conclusion."""

    template = "tickets/steps/identification.html"
    result_template = "tickets/results/identification.html"

    def form(self, context: StepContext, formdata: FormData | None, prefix: str) -> IdentificationForm:
        """Prepare a finding for every device; after a return, with what was written before."""
        fresh = self._before(context) or {
            "findings": [
                {"device_id": link.device_id, "condition": "normal", "finding": "", "advice": ""}
                for link in context.ticket.device_links
            ]
        }
        known = {str(one["device_id"]) for one in fresh["findings"]}
        fresh["findings"] += [
            {"device_id": link.device_id, "condition": "normal", "finding": "", "advice": ""}
            for link in context.ticket.device_links
            if str(link.device_id) not in known
        ]
        fresh["proposals"] = proposals.prepare(context, fresh.get("proposals", []))
        form = IdentificationForm(formdata, prefix=prefix, data=fresh)
        sent = {str(entry.form.device_id.data) for entry in form.findings}
        form.left_out = [
            link.device_id for link in context.ticket.device_links if str(link.device_id) not in sent
        ]
        for device_id in form.left_out:
            form.findings.append_entry({"device_id": device_id, "condition": "normal"})
        return form

    def _before(self, context: StepContext) -> dict[str, Any] | None:
        """Return what an earlier pass found: after a return only what was rejected needs new words."""
        kept = [one for one in context.ticket.run.outputs if one.kind == OutputKind.IDENTIFICATION.value]
        if not kept:
            return None
        before = kept[-1].data
        return {
            "findings": [
                {**one, "finding": one.get("written") or one["finding"]} for one in before["findings"]
            ],
            "proposals": before.get("proposals", []),
            "conclusion": before["conclusion"],
        }

    def facts(self, context: StepContext) -> dict[str, Any]:
        """Show each device's name and its latest snapshot beside its finding, and why the work came back."""
        devices = {str(link.device_id): link.device for link in context.ticket.device_links}
        snapshots = {
            key: evidence_queries.find_latest_snapshot(context.session, device.id)
            for key, device in devices.items()
        }
        returned = [step for step in context.ticket.run.steps if step.return_reason]
        return {
            "devices": devices,
            "snapshots": snapshots,
            "reason": returned[-1].return_reason if returned else None,
            "proposed": proposals.proposed(context),
            "evidence": sop_queries.output_data(context.ticket.run, kind=OutputKind.EVIDENCE.value),
        }

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Return the findings; a device that the ticket does not name is left out."""
        assert isinstance(form, IdentificationForm)
        names = {str(link.device_id): link.device.name for link in context.ticket.device_links}
        decided = proposals.decided(context, form.proposals, accept_rest=bool(form.accept_rest.data))
        entries = {str(entry.form.device_id.data): entry for entry in form.findings}
        findings = []
        for key, entry in entries.items():
            if key not in names:
                continue
            written = (entry.form.finding.data or "").strip()
            findings.append(
                {
                    "device_id": int(key),
                    "device": names[key],
                    "condition": entry.form.condition.data or "normal",
                    "finding": proposals.joined(written, int(key), decided, context.office.zone.key),
                    "advice": (entry.form.advice.data or "").strip(),
                    "written": written,
                }
            )
        return {
            "findings": findings,
            "proposals": decided,
            "conclusion": (form.conclusion.data or "").strip(),
        }
