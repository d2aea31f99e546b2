"""What the readings of the ticket's devices propose to an identification, and what is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from helpdesk.findings import queries as findings_queries
from helpdesk.findings.models import FindingRecord
from helpdesk.findings.presentation import rules_of_office, sentence_in
from helpdesk.tickets.steps.kinds import StepContext

ACCEPT, EDIT, REJECT = "accept", "edit", "reject"
# The papers of the office are in Indonesian; so is what goes into them.
LANGUAGE = "id"


def proposed(context: StepContext) -> dict[str, FindingRecord]:
    """Return the findings that are open on the devices of the ticket, by id; muted ones are left out."""
    devices = [link.device_id for link in context.ticket.device_links]
    told = findings_queries.list_told(context.session, devices)
    kept = {str(one.id): one for one in told if not one.is_muted}
    for one in _kept_before(context):
        if one not in kept and (known := _find(context, one)) is not None:
            kept[one] = known
    return kept


def _kept_before(context: StepContext) -> list[str]:
    """Return what was decided in an earlier pass: it stays, also where it is over by now."""
    passes = [one for one in context.ticket.run.outputs if one.code == context.output.code]
    return [str(one["finding_id"]) for one in passes[-1].data.get("proposals", [])] if passes else []


def _find(context: StepContext, finding_id: str) -> FindingRecord | None:
    found = context.session.get(FindingRecord, int(finding_id)) if finding_id.isdigit() else None
    named = {link.device_id for link in context.ticket.device_links}
    return found if found is not None and found.device_id in named else None


def prepare(context: StepContext, before: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a row for each proposal, with what was decided before and the sentence to start from."""
    known = {str(one["finding_id"]): one for one in before}
    rows = []
    for key, finding in proposed(context).items():
        kept = known.get(key, {})
        rows.append(
            {
                "finding_id": key,
                "decision": kept.get("decision"),
                "words": kept.get("words") or sentence_in(finding, rules_of_office(), LANGUAGE),
                "reason": kept.get("reason", ""),
            }
        )
    return rows


def decided(context: StepContext, entries: Iterable[Any], *, accept_rest: bool) -> list[dict[str, Any]]:
    """Return what was made of each proposal; one about another ticket's device is left out."""
    made: dict[int, dict[str, Any]] = {}
    for entry in entries:
        finding = _find(context, str(entry.form.finding_id.data or ""))
        decision = entry.form.decision.data or (ACCEPT if accept_rest else None)
        if finding is None or decision is None:
            continue
        made[finding.id] = {
            "finding_id": finding.id,
            "device_id": finding.device_id,
            "device": finding.device.name,
            "rule": finding.rule,
            "severity": finding.severity,
            "since": finding.first_seen_at.isoformat(),
            "snapshot_id": finding.last_snapshot_id,
            "sha256": finding.last_snapshot.sha256,
            "text": sentence_in(finding, rules_of_office(), LANGUAGE),
            "decision": decision,
            "words": (entry.form.words.data or "").strip() if decision == EDIT else "",
            "reason": (entry.form.reason.data or "").strip() if decision == REJECT else "",
        }
    return list(made.values())


def joined(written: str, device_id: int, made: Sequence[Mapping[str, Any]], zone: str) -> str:
    """Return the finding of a device: what was written, and what was accepted with its evidence."""
    lines = [written] if written else []
    for one in made:
        if one["device_id"] != device_id or one["decision"] == REJECT:
            continue
        since = datetime.fromisoformat(one["since"]).astimezone(ZoneInfo(zone))
        shown = f"sejak {since:%d-%m-%Y %H.%M}, cuplikan {one['snapshot_id']}, SHA-256 {one['sha256'][:12]}…"
        lines.append(f"- {one['words'] or one['text']} ({shown})")
    return "\n".join(lines)
