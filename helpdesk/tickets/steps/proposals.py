"""What the readings show to be wrong, proposed to whoever identifies: accepted, reworded or rejected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import RadioField, TextAreaField
from wtforms.fields import FieldList, HiddenField
from wtforms.validators import InputRequired, Length, ValidationError

from helpdesk.evidence.models import Snapshot
from helpdesk.findings import queries as findings_queries
from helpdesk.findings.models import FindingRecord
from helpdesk.findings.observing import changed_configuration
from helpdesk.findings.presentation import rules_of_office
from helpdesk.findings.wording import sentence_in
from helpdesk.tickets import queries, service
from helpdesk.tickets.steps.kinds import FormData, StepContext
from helpdesk.web.choices import choices
from helpdesk.web.forms import PartForm

ACCEPT_ALL = "accept-proposals"
ACCEPTED, EDITED, REJECTED = "accepted", "edited", "rejected"
VERDICTS = ((ACCEPTED, _l("Accept")), (REJECTED, _l("Reject")))
# Papers are written in Indonesian, whoever reads the page in English.
LANGUAGE_OF_PAPERS = "id"


class ProposalForm(PartForm):
    """One finding of the readings, and what the technician makes of it."""

    finding_id = HiddenField()
    # What was proposed, sealed: figures move with the next reading, and what was shown is what was judged.
    shown = HiddenField()
    verdict = RadioField(
        _l("Does it belong to the identification?"),
        choices=choices(VERDICTS),
        validators=[InputRequired(_l("Accept or reject what the readings show."))],
    )
    wording = TextAreaField(_l("Wording"), validators=[Length(max=2000)])
    reason = TextAreaField(_l("Reason"), validators=[Length(max=2000)])

    def validate_wording(self, field: TextAreaField) -> None:
        """What is accepted says something."""
        if self.verdict.data == ACCEPTED and not (field.data or "").strip():
            raise ValidationError(_l("Write what was found, or reject it."))

    def validate_reason(self, field: TextAreaField) -> None:
        """Evidence is set aside for a reason only."""
        if self.verdict.data == REJECTED and not (field.data or "").strip():
            raise ValidationError(_l("Say why it is no finding: the evidence shows one."))


@dataclass(frozen=True)
class Proposal:
    """A finding, and the snapshot that shows it."""

    finding: FindingRecord
    snapshot: Snapshot
    text: str


def list_proposals(context: StepContext) -> dict[str, Proposal]:
    """Return what the readings show of the devices in the ticket's evidence, by the id of the finding."""
    attached: dict[int, list[Snapshot]] = defaultdict(list)
    for item in queries.list_evidence(context.session, context.ticket):
        if item.snapshot is not None:
            attached[item.snapshot.device_id].append(item.snapshot)
    moments = {device: [one.taken_at for one in taken] for device, taken in attached.items()}
    rules = rules_of_office()
    return {
        str(finding.id): Proposal(
            finding,
            _shown_by(finding, attached[finding.device_id]),
            sentence_in(finding, rules, LANGUAGE_OF_PAPERS),
        )
        for finding in findings_queries.list_shown(context.session, moments)
    }


def _shown_by(finding: FindingRecord, attached: Iterable[Snapshot]) -> Snapshot:
    """Return the latest attached snapshot that shows the finding, else the latest that does."""
    showing = [one for one in attached if finding.first_seen_at <= one.taken_at <= finding.last_seen_at]
    return max(showing, key=lambda one: (one.taken_at, one.id), default=finding.last_snapshot)


def fresh_rows(proposals: dict[str, Proposal], before: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of a fresh form: undecided, or as an earlier pass decided."""
    decided = {str(one["finding_id"]): one for one in before}
    return [_row(key, one, decided.get(key)) for key, one in proposals.items()]


def _row(key: str, proposal: Proposal, decided: dict[str, Any] | None) -> dict[str, Any]:
    if decided is None:
        return _undecided(key, proposal)
    return {
        "finding_id": key,
        "shown": _seal(key).dumps(decided["proposed"]),
        "verdict": REJECTED if decided["decision"] == REJECTED else ACCEPTED,
        "wording": decided["text"],
        "reason": decided["reason"],
    }


def _undecided(key: str, proposal: Proposal) -> dict[str, Any]:
    return {"finding_id": key, "shown": _seal(key).dumps(proposal.text), "wording": proposal.text}


def _seal(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"proposal-{key}")


def _shown_text(form: ProposalForm, proposal: Proposal) -> str:
    """Return the words that the person had before them; where they are not ours, those of now."""
    try:
        return str(_seal(str(proposal.finding.id)).loads(form.shown.data or ""))
    except BadSignature:
        return proposal.text


def add_left_out(rows: FieldList[Any], proposals: dict[str, Proposal]) -> list[str]:
    """Add what the readings show by now and the sent form does not hold; return which."""
    sent = {str(entry.form.finding_id.data) for entry in rows}
    left_out = [key for key in proposals if key not in sent]
    for key in left_out:
        rows.append_entry(_undecided(key, proposals[key]))
    return left_out


def accept_all(context: StepContext, fields: FormData) -> None:
    """Accept what is undecided, in the words that stand there: the button above the rows."""
    ending, names = "-finding_id", [one for one in fields if one.startswith(f"{context.prefix}proposals-")]
    for name in names:
        if name.endswith(ending) and not fields.get(f"{name.removesuffix(ending)}-verdict"):
            fields[f"{name.removesuffix(ending)}-verdict"] = ACCEPTED


def decided_rows(context: StepContext, rows: FieldList[Any]) -> list[dict[str, Any]]:
    """Return what was decided, by whom and when, with what proves it; each finding once."""
    proposals = list_proposals(context)
    entries = {str(entry.form.finding_id.data): entry.form for entry in rows}
    return [
        _decided(proposals[key], form, by=context.person.name, at=context.now)
        for key, form in entries.items()
        if key in proposals
    ]


def _decided(proposal: Proposal, form: ProposalForm, *, by: str, at: datetime) -> dict[str, Any]:
    finding, wording, proposed = proposal.finding, _words(form.wording.data), _shown_text(form, proposal)
    decision = REJECTED
    if form.verdict.data == ACCEPTED:
        decision = ACCEPTED if wording == proposed else EDITED
    return {
        "finding_id": finding.id,
        "device_id": finding.device_id,
        "device": finding.device.name,
        "rule": finding.rule,
        "object": finding.object[:300],
        "since": finding.first_seen_at.isoformat(),
        "snapshot_id": proposal.snapshot.id,
        "sha256": proposal.snapshot.sha256,
        "proposed": proposed[:2000],
        "text": wording or proposed[:2000],
        "decision": decision,
        "reason": _words(form.reason.data),
        "decided_by": by,
        "decided_at": at.isoformat(),
    }


def _words(typed: str | None) -> str:
    return (typed or "").replace("\r\n", "\n").strip()


def attach_what_shows(context: StepContext, rows: FieldList[Any]) -> None:
    """Attach what shows each accepted finding, so that the evidence travels with the ticket."""
    proposals = list_proposals(context)
    for entry in rows:
        proposal = proposals.get(str(entry.form.finding_id.data))
        if proposal is not None and entry.form.verdict.data == ACCEPTED:
            service.attach_snapshot(
                context.session, context.ticket, proposal.snapshot, now=context.now, by=context.person
            )
            changed = changed_configuration(context.session, proposal.finding.values)
            if changed is not None:
                service.attach_difference(
                    context.session, context.ticket, changed, now=context.now, by=context.person
                )
