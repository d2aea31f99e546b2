"""The identification: what the technician found, device by device."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.fields import FieldList, FormField, HiddenField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from helpdesk.evidence import queries as evidence_queries
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.schema import OutputKind
from helpdesk.tickets.steps import proposals
from helpdesk.tickets.steps.kinds import FormData, Sent, StepContext, StepForm, StepKind
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


class IdentificationForm(StepForm):
    """Proses identifikasi."""

    proposals = FieldList(FormField(proposals.ProposalForm))
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
    # What the readings show by now and the form that was sent does not hold.
    not_yet_shown: Collection[str] = ()

    def validate_proposals(self, field: FieldList[Any]) -> None:
        """What the readings show is accepted or rejected, and never passed over."""
        if self.not_yet_shown:
            raise ValidationError(_l("The readings show more by now: look at it too."))

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
        shown = proposals.list_proposals(context)
        fresh["proposals"] = proposals.fresh_rows(shown, fresh.get("proposals", []))
        form = IdentificationForm(formdata, prefix=prefix, data=fresh)
        form.not_yet_shown = proposals.add_left_out(form.proposals, shown)
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
        return {
            "findings": [dict(one) for one in kept[-1].data["findings"]],
            "conclusion": kept[-1].data["conclusion"],
            "proposals": kept[-1].data.get("proposals", []),
        }

    def receive(self, context: StepContext, sent: Sent) -> None:
        """Accept all that is proposed where that button was pressed."""
        if sent.action == f"{proposals.ACCEPT_ALL} {context.output.code}":
            proposals.accept_all(context, sent.fields)

    def before_completion(self, context: StepContext, form: StepForm) -> None:
        """Attach the evidence of what was accepted."""
        assert isinstance(form, IdentificationForm)
        proposals.attach_what_shows(context, form.proposals)

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
            "proposals": proposals.list_proposals(context),
            "accept_all": f"{proposals.ACCEPT_ALL} {context.output.code}",
            "snapshots": snapshots,
            "reason": returned[-1].return_reason if returned else None,
            "evidence": sop_queries.output_data(context.ticket.run, kind=OutputKind.EVIDENCE.value),
        }

    def data(self, context: StepContext, form: StepForm) -> dict[str, Any]:
        """Return the findings; a device that the ticket does not name is left out."""
        assert isinstance(form, IdentificationForm)
        names = {str(link.device_id): link.device.name for link in context.ticket.device_links}
        entries = {str(entry.form.device_id.data): entry for entry in form.findings}
        findings = []
        for key, entry in entries.items():
            if key not in names:
                continue
            findings.append(
                {
                    "device_id": int(key),
                    "device": names[key],
                    "condition": entry.form.condition.data or "normal",
                    "finding": (entry.form.finding.data or "").strip(),
                    "advice": (entry.form.advice.data or "").strip(),
                }
            )
        return {
            "findings": findings,
            "conclusion": (form.conclusion.data or "").strip(),
            "proposals": proposals.decided_rows(context, form.proposals),
        }
