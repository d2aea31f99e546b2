"""What is handed in with a step, held against the ticket: nothing of another case, nobody not named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from helpdesk.sop import queries as sop_queries
from helpdesk.sop.errors import OutputInvalid
from helpdesk.sop.outputs import rejects
from helpdesk.sop.rules import assigned_steps
from helpdesk.sop.schema import External, Output, OutputKind, Procedure, Step
from helpdesk.sop.service import Yield
from helpdesk.tickets.errors import AssigneeUnfit, WorkRejected
from helpdesk.tickets.models import Ticket

Item = Output | External


def named_people(
    procedure: Procedure,
    step: Step,
    branch: str | None,
    assignee_id: int | None,
    assignees: Mapping[str, int] | None,
) -> dict[str, int]:
    """Return who was named for each following step that this one assigns."""
    given = assignees or {}
    following = assigned_steps(procedure, step, branch)
    named = {one.id: given.get(one.id, assignee_id) for one in following}
    return {step_id: person_id for step_id, person_id in named.items() if person_id is not None}


def ensure_named_alike(yields: Sequence[Yield], named: Mapping[str, int]) -> None:
    """Raise unless the disposition names the very people that the work goes to."""
    for one in yields:
        if one.output.kind is not OutputKind.DISPOSITION:
            continue
        written = {person["step"]: person["assignee_id"] for person in one.data.get("recipients", ())}
        people = [written.get(step_id, one.data.get("assignee_id")) for step_id in named]
        if people != list(named.values()):
            raise AssigneeUnfit


def ensure_accepted(step: Step, yields: Sequence[Yield]) -> None:
    """Raise where a verification rejects something: such work goes back, and not on."""
    if step.returns_to is not None and any(rejects(one.output, one.data) for one in yields):
        raise WorkRejected


def check_against_ticket(ticket: Ticket, step: Step, yields: Sequence[Yield]) -> None:
    """Raise OutputInvalid where an output names what the ticket does not hold."""
    for one in yields:
        check = CHECKS.get(one.output.kind)
        if check is not None:
            check(ticket, one.output, one.data)


Check = Callable[[Ticket, Item, Mapping[str, Any]], None]
CHECKS: dict[str, Check] = {}


def register_check(kind: str, check: Check) -> None:
    """Add what a higher subject asks of the outputs of its kind, at the start of the application."""
    CHECKS[kind] = check


def _evidence(ticket: Ticket, output: Item, data: Mapping[str, Any]) -> None:
    held = {item.id: item.sha256 for item in ticket.evidence}
    for one in data.get("items", ()):
        if held.get(one.get("id")) != one.get("sha256"):
            raise OutputInvalid(output.title, "items", "The ticket does not hold this evidence.")


def _files(ticket: Ticket, output: Item, data: Mapping[str, Any]) -> None:
    held = {one.id: one.file.sha256 for one in ticket.attachments}
    for one in data.get("files", ()):
        if held.get(one.get("attachment_id")) != one.get("sha256"):
            raise OutputInvalid(output.title, "files", "The ticket does not hold this file.")


def _identification(ticket: Ticket, output: Item, data: Mapping[str, Any]) -> None:
    named = {link.device_id for link in ticket.device_links}
    found = [one.get("device_id") for one in data.get("findings", ())]
    if set(found) != named or len(found) != len(named):
        raise OutputInvalid(
            output.title, "findings", "Every device that the ticket names has one finding, and no other has."
        )


def _verification(ticket: Ticket, output: Item, data: Mapping[str, Any]) -> None:
    judged = [str(one.get("ref")) for one in data.get("items", ())]
    if set(judged) != set(refs_to_verify(ticket)) or len(judged) != len(set(judged)):
        raise OutputInvalid(output.title, "items", "Every item has one verdict, and no other has.")


def refs_to_verify(ticket: Ticket) -> list[str]:
    """Return what a verification judges: each piece of evidence, each finding, the conclusion."""
    evidence = sop_queries.output_data(ticket.run, kind=OutputKind.EVIDENCE.value)
    evidence = evidence or sop_queries.output_data(ticket.run, kind=OutputKind.NETWORK_EVIDENCE.value)
    found = sop_queries.output_data(ticket.run, kind=OutputKind.IDENTIFICATION.value)
    return [
        *(f"evidence-{one['id']}" for one in evidence.get("items", ())),
        *(f"finding-{one['device_id']}" for one in found.get("findings", ())),
        "conclusion",
    ]


register_check(OutputKind.EVIDENCE.value, _evidence)
register_check(OutputKind.NETWORK_EVIDENCE.value, _evidence)
register_check(OutputKind.FILE.value, _files)
register_check(OutputKind.IDENTIFICATION.value, _identification)
register_check(OutputKind.VERIFICATION.value, _verification)
