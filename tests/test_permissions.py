"""The table of permissions, as a table: a change here is a change of policy."""

from __future__ import annotations

import pytest

from helpdesk.permissions import PERMISSIONS, Permission, Standing, permissions_of, standing_of

# Permission → official, admin, auditor.
TABLE = {
    Permission.SEE_OWN_ACCOUNT: (True, True, True),
    Permission.SEE_DESK: (True, False, False),
    Permission.SEE_TICKETS: (True, False, True),
    Permission.WORK_ON_TICKETS: (True, False, False),
    Permission.RECORD_REQUESTS: (True, False, False),
    Permission.SEE_DEVICES: (True, True, True),
    Permission.MANAGE_DEVICES: (True, True, False),
    Permission.MANAGE_CREDENTIALS: (False, True, False),
    Permission.TAKE_SNAPSHOTS: (True, True, False),
    Permission.SEE_PROCEDURES: (True, True, True),
    Permission.SEE_REGISTER: (True, False, True),
    Permission.VOID_NUMBERS: (True, False, False),
    Permission.MANAGE_PEOPLE: (False, True, False),
    Permission.APPOINT_ACTING: (True, True, False),
    Permission.MANAGE_WORK_PROGRAMME: (False, True, False),
    Permission.MANAGE_CALENDAR: (False, True, False),
    Permission.SEE_RECORD: (False, False, True),
}


@pytest.mark.parametrize("permission", list(Permission))
def test_each_permission_is_given_to_exactly_these(permission: Permission) -> None:
    found = tuple(permission in PERMISSIONS[standing] for standing in Standing)
    assert found == TABLE[permission]


def test_an_auditor_only_sees() -> None:
    assert all(permission.value.startswith("see_") for permission in PERMISSIONS[Standing.AUDITOR])


def test_every_office_of_a_procedure_is_an_official_whatever_its_name() -> None:
    assert standing_of("head") is standing_of("kepala_seksi_jaringan") is Standing.OFFICIAL
    assert standing_of("admin") is Standing.ADMIN
    assert standing_of("auditor") is Standing.AUDITOR


def test_several_roles_allow_what_any_of_them_allows() -> None:
    assert permissions_of(["head", "admin"]) == PERMISSIONS[Standing.OFFICIAL] | PERMISSIONS[Standing.ADMIN]


def test_no_role_allows_nothing() -> None:
    assert permissions_of([]) == frozenset()
