"""Use cases of tickets: one function each; they take the session and the moment, and never commit."""

from helpdesk.events import listen
from helpdesk.tickets.service.conversation import write_as_requester, write_message
from helpdesk.tickets.service.evidence import (
    add_file,
    add_note,
    attach_snapshot,
    attach_taken_snapshot,
    gather_evidence,
    name_device,
)
from helpdesk.tickets.service.opening import (
    follow_token,
    open_ticket,
    renew_follow_link,
    withdraw_follow_link,
)
from helpdesk.tickets.service.steps import (
    announce_step,
    cancel_ticket,
    choose_work_programme_item,
    complete_step,
    ensure_holds_step,
    ensure_open,
    present_externals,
    return_step,
    save_draft,
    take_over,
)

__all__ = [
    "add_file",
    "add_note",
    "announce_step",
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
    "present_externals",
    "renew_follow_link",
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
