"""Who may do what, as one table. Pure: roles come as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Permission(StrEnum):
    """One thing a person may do. Each route names the one it needs."""

    SEE_OWN_ACCOUNT = "see_own_account"
    SEE_DESK = "see_desk"
    SEE_TICKETS = "see_tickets"
    WORK_ON_TICKETS = "work_on_tickets"
    RECORD_REQUESTS = "record_requests"
    SEE_DEVICES = "see_devices"
    MANAGE_DEVICES = "manage_devices"
    MANAGE_CREDENTIALS = "manage_credentials"
    TAKE_SNAPSHOTS = "take_snapshots"
    SEE_PROCEDURES = "see_procedures"
    SEE_REGISTER = "see_register"
    VOID_NUMBERS = "void_numbers"  # a head's affair: the service asks for the office
    MANAGE_PEOPLE = "manage_people"
    APPOINT_ACTING = "appoint_acting"  # for which office is asked of the person's own appointments
    MANAGE_WORK_PROGRAMME = "manage_work_programme"
    MANAGE_CALENDAR = "manage_calendar"
    SEE_RECORD = "see_record"


class Standing(StrEnum):
    """What a role makes of a person, whatever the SOP calls the role."""

    OFFICIAL = "official"  # holds an office of a procedure
    ADMIN = "admin"
    AUDITOR = "auditor"


PERMISSIONS: dict[Standing, frozenset[Permission]] = {
    Standing.OFFICIAL: frozenset(
        {
            Permission.SEE_OWN_ACCOUNT,
            Permission.SEE_DESK,
            Permission.SEE_TICKETS,
            Permission.WORK_ON_TICKETS,
            Permission.RECORD_REQUESTS,
            Permission.SEE_DEVICES,
            Permission.MANAGE_DEVICES,
            Permission.TAKE_SNAPSHOTS,
            Permission.SEE_PROCEDURES,
            Permission.SEE_REGISTER,
            Permission.VOID_NUMBERS,
            Permission.APPOINT_ACTING,
        }
    ),
    # The admin keeps people, lists and devices, and reads no ticket: a case is the offices' affair.
    Standing.ADMIN: frozenset(
        {
            Permission.SEE_OWN_ACCOUNT,
            Permission.SEE_DEVICES,
            Permission.MANAGE_DEVICES,
            Permission.MANAGE_CREDENTIALS,
            Permission.TAKE_SNAPSHOTS,
            Permission.SEE_PROCEDURES,
            Permission.MANAGE_PEOPLE,
            Permission.APPOINT_ACTING,
            Permission.MANAGE_WORK_PROGRAMME,
            Permission.MANAGE_CALENDAR,
        }
    ),
    Standing.AUDITOR: frozenset(
        {
            Permission.SEE_OWN_ACCOUNT,
            Permission.SEE_TICKETS,
            Permission.SEE_DEVICES,
            Permission.SEE_PROCEDURES,
            Permission.SEE_REGISTER,
            Permission.SEE_RECORD,
        }
    ),
}


def standing_of(role: str) -> Standing:
    """Return the standing of a role code: admin, auditor, or an office of a procedure."""
    return {"admin": Standing.ADMIN, "auditor": Standing.AUDITOR}.get(role, Standing.OFFICIAL)


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Return all that the roles together allow."""
    return frozenset().union(*(PERMISSIONS[standing_of(role)] for role in roles))
