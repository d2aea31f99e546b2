"""The main navigation: what the person may open, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _
from flask_login import current_user

from helpdesk.permissions import Permission

_TABLE: tuple[tuple[str, Any, str, Permission], ...] = (
    ("tickets.show_desk", _("My desk"), "inbox", Permission.SEE_DESK),
    ("tickets.list_tickets", _("Tickets"), "ticket-detailed", Permission.SEE_TICKETS),
    ("devices.list_devices", _("Devices"), "hdd-network", Permission.SEE_DEVICES),
    ("findings.list_findings", _("Findings"), "activity", Permission.SEE_DEVICES),
    ("documents.show_register", _("Register"), "journal-text", Permission.SEE_REGISTER),
    ("archive.show_record", _("Record"), "shield-check", Permission.SEE_RECORD),
    ("sop.list_procedures", _("SOP"), "diagram-3", Permission.SEE_PROCEDURES),
    ("tickets.list_work_programme", _("Work programme"), "card-checklist", Permission.MANAGE_WORK_PROGRAMME),
    ("accounts.list_people", _("People"), "people", Permission.MANAGE_PEOPLE),
    ("calendars.show_calendar", _("Calendar"), "calendar3", Permission.MANAGE_CALENDAR),
)


# Pages of a subject that do not belong under its entry: one's own account is not the list of people.
NOT_OF_THE_LIST = frozenset(
    {"accounts.show_account", "accounts.change_language", "accounts.change_password", "accounts.show_sign_in"}
)


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the main navigation."""

    label: Any
    url: str
    icon: str
    is_current: bool


def navigation() -> list[NavigationItem]:
    """Return the entries open to the person of this request."""
    return [
        NavigationItem(label, url_for(endpoint), icon, _is_current(endpoint))
        for endpoint, label, icon, permission in _TABLE
        if current_user.may(permission) and endpoint in current_app.view_functions
    ]


def _is_current(endpoint: str) -> bool:
    here = request.endpoint or ""
    if here == endpoint:
        return True
    if here in NOT_OF_THE_LIST:
        return False
    family = {
        "tickets.show_ticket": "tickets.list_tickets",
        "evidence.show_snapshot": "devices.list_devices",
        "schedules.list_schedules": "devices.list_devices",
        "schedules.show_schedule_form": "devices.list_devices",
        "schedules.edit_schedule": "devices.list_devices",
        "health_reports.list_reports": "devices.list_devices",
        "health_reports.show_report": "devices.list_devices",
    }
    return family.get(here, "") == endpoint or (
        here.split(".")[0] == endpoint.split(".")[0] and not endpoint.startswith("tickets.")
    )
