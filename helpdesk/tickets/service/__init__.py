"""Use cases of tickets: one function each; they take the session and the moment, and never commit."""

from helpdesk.events import listen
from helpdesk.tickets.service.clocks import (
    pause_step,
    reckon_deadlines_anew,
    resume_answered_steps,
    resume_step,
)
from helpdesk.tickets.service.commands import request_command
from helpdesk.tickets.service.conversation import write_as_requester, write_message
from helpdesk.tickets.service.ending import cancel_ticket
from helpdesk.tickets.service.evidence import (
    add_file,
    add_note,
    attach_difference,
    attach_snapshot,
    attach_taken_snapshot,
    gather_evidence,
    name_device,
)
from helpdesk.tickets.service.handing_in import refs_to_verify, register_check
from helpdesk.tickets.service.holding import ensure_holds_step, ensure_open, take_over
from helpdesk.tickets.service.opening import (
    follow_token,
    open_ticket,
    renew_follow_link,
    withdraw_follow_link,
)
from helpdesk.tickets.service.steps import (
    announce_step,
    choose_work_programme_item,
    complete_step,
    present_externals,
    return_step,
    save_draft,
)

__all__ = [
    "add_file",
    "add_note",
    "announce_step",
    "attach_difference",
    "attach_snapshot",
    "cancel_ticket",
    "choose_work_programme_item",
    "complete_step",
    "ensure_holds_step",
    "ensure_open",
    "follow_token",
    "gather_evidence",
    "listen_to_events",
    "name_device",
    "open_ticket",
    "pause_step",
    "present_externals",
    "reckon_deadlines_anew",
    "refs_to_verify",
    "register_check",
    "renew_follow_link",
    "request_command",
    "resume_answered_steps",
    "resume_step",
    "return_step",
    "save_draft",
    "take_over",
    "withdraw_follow_link",
    "write_as_requester",
    "write_message",
]


def listen_to_events() -> None:
    """Attach the snapshots that tickets asked for, in the transaction that stores them."""
    listen("snapshot_taken", attach_taken_snapshot)
