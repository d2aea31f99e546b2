from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.devices import credentials, imports, queries, reading, service
from helpdesk.devices.errors import (
    CredentialRefused,
    DeviceRefused,
    ImportStale,
    SiteRefused,
)
from helpdesk.devices.importing import ImportRow
from helpdesk.devices.rules import DeviceInput, SiteInput
from helpdesk.errors import SecretUnreadable
from tests.factories.network import make_credential, make_device, make_site
from tests.factories.people import Office

KEY = "SHA256:" + "A" * 43


def _given(site_id: int, **fields: object) -> DeviceInput:
    return replace(DeviceInput(site_id=site_id, name="sw-baru", address="192.0.2.9"), **fields)


def test_a_device_is_found_again_under_its_normal_address(session: Session, now: datetime) -> None:
    device = service.add_device(session, _given(make_site(session).id, address="SW-9.Example."), now=now)
    assert device.address == "sw-9.example"
    assert queries.find_device_by_address(session, "sw-9.example", 161) is device


def test_a_name_is_given_once_in_any_case_of_letters(session: Session, now: datetime) -> None:
    site = make_site(session)
    service.add_device(session, _given(site.id), now=now)
    with pytest.raises(DeviceRefused) as refusal:
        service.add_device(session, _given(site.id, name="SW-BARU", address="192.0.2.10"), now=now)
    assert refusal.value.field == "name"


def test_an_address_and_port_is_given_once(session: Session, now: datetime) -> None:
    site = make_site(session)
    service.add_device(session, _given(site.id), now=now)
    with pytest.raises(DeviceRefused) as refusal:
        service.add_device(session, _given(site.id, name="lain"), now=now)
    assert refusal.value.field == "address"
    service.add_device(session, _given(site.id, name="lain", snmp_port=1161), now=now)


def test_a_credential_of_the_wrong_kind_is_refused(session: Session, now: datetime) -> None:
    wrong = make_credential(session, kind="ssh")
    with pytest.raises(DeviceRefused) as refusal:
        service.add_device(session, _given(make_site(session).id, snmp_credential_id=wrong.id), now=now)
    assert refusal.value.field == "snmp_credential_id"


def test_a_new_address_needs_its_host_key_confirmed_again(
    session: Session, now: datetime, office: Office
) -> None:
    site = make_site(session)
    device = service.add_device(session, _given(site.id), now=now)
    service.confirm_host_key(session, device, KEY, now=now, by=office.admin)
    service.change_device(session, device, _given(site.id, description="catatan"), now=now, by=office.admin)
    assert device.ssh_host_key == KEY
    service.change_device(session, device, _given(site.id, address="192.0.2.77"), now=now, by=office.admin)
    assert device.ssh_host_key is None


def test_a_new_interval_makes_the_site_due_again(session: Session, now: datetime, office: Office) -> None:
    site = make_site(session, code="JKT", name="Jakarta", snapshot_minutes=60)
    device = make_device(session, site=site, next_due_at=now)
    given = SiteInput(code="JKT", name="Jakarta", snapshot_minutes=5)
    service.change_site(session, site, given, now=now, by=office.admin)
    assert device.next_due_at is None


def test_a_site_code_is_given_once(session: Session, now: datetime) -> None:
    service.add_site(session, SiteInput(code="JKT", name="Jakarta"), now=now)
    with pytest.raises(SiteRefused):
        service.add_site(session, SiteInput(code="jkt", name="Lain"), now=now)


def test_a_credential_in_use_cannot_be_deleted(session: Session, now: datetime, office: Office) -> None:
    credential = make_credential(session)
    make_device(session, snmp_credential_id=credential.id)
    with pytest.raises(CredentialRefused):
        credentials.delete_credential(session, credential, now=now, by=office.admin)


def test_a_target_has_the_secrets_and_shows_none(session: Session, now: datetime) -> None:
    ring = {"k1": bytes(32)}
    community = credentials.add_credential(
        session,
        name="c",
        kind="snmp_v2c",
        public={},
        secret={"community": "rahasia-sekali"},
        ring=ring,
        now=now,
    )
    login = credentials.add_credential(
        session,
        name="l",
        kind="ssh",
        public={"username": "baca"},
        secret={"password": "sandi-sekali"},
        ring=ring,
        now=now,
    )
    device = make_device(
        session, snmp_credential_id=community.id, ssh_credential_id=login.id, ssh_host_key=KEY
    )
    session.flush()
    target = reading.build_target(device, ring)
    assert target.snmp is not None
    assert target.ssh is not None
    assert target.ssh.host_key_sha256 == KEY
    assert target.ssh.password.reveal() == "sandi-sekali"
    assert "sekali" not in repr(target)
    assert reading.build_target(device, ring, ssh=False).ssh is None
    with pytest.raises(SecretUnreadable):
        reading.build_target(device, {"k1": bytes([1]) * 32})


def _rows(*values: dict[str, str]) -> list[ImportRow]:
    return [ImportRow(line, row) for line, row in enumerate(values, start=2)]


def test_a_plan_tells_new_changed_same_and_wrong_rows_apart(session: Session) -> None:
    site = make_site(session, code="JKT")
    same = make_device(session, site=site, name="sama")
    changing = make_device(session, site=site, name="ubah", description="lama")
    rows = _rows(
        {"site": "jkt", "name": "baru", "address": "192.0.2.200"},
        {"site": "JKT", "name": "SAMA", "address": same.address, "snmp_port": str(same.snmp_port)},
        {"site": "JKT", "name": "ubah", "address": changing.address, "description": "kini"},
        {"site": "??", "name": "", "address": "999.1.1.1", "snmp_port": "x", "platform": "abak"},
    )
    plan = imports.plan_import(session, rows)
    assert [row.action for row in plan] == ["new", "same", "change", "error"]
    assert plan[2].changes == (("description", "lama", "kini"),)
    assert {column for column, _ in plan[3].problems} == {"site", "name", "address", "snmp_port", "platform"}


def test_planning_writes_nothing(session: Session) -> None:
    make_site(session, code="JKT")
    session.commit()
    imports.plan_import(session, _rows({"site": "JKT", "name": "baru", "address": "192.0.2.200"}))
    assert not session.new
    assert not session.dirty
    assert queries.find_device_by_name(session, "baru") is None


def test_an_empty_cell_keeps_what_is_stored(session: Session, now: datetime, office: Office) -> None:
    credential = make_credential(session, name="umum")
    site = make_site(session, code="JKT")
    device = make_device(
        session, site=site, name="sw", snmp_credential_id=credential.id, description="catatan", ssh_port=2222
    )
    rows = _rows({"site": "JKT", "name": "sw", "address": "192.0.2.222"})
    agreed = imports.fingerprint(imports.plan_import(session, rows))
    assert imports.carry_out_import(session, rows, agreed, now=now, by=office.admin)["change"] == 1
    assert (device.address, device.description, device.ssh_port) == ("192.0.2.222", "catatan", 2222)
    assert device.snmp_credential_id == credential.id


def test_the_same_device_twice_in_a_file_is_an_error_of_the_later_line(session: Session) -> None:
    make_site(session, code="JKT")
    row = {"site": "JKT", "name": "baru", "address": "192.0.2.200"}
    plan = imports.plan_import(session, _rows(row, row, {**row, "name": "lain"}))
    assert [each.action for each in plan] == ["new", "error", "error"]


def test_a_credential_is_named_and_of_the_right_kind(session: Session) -> None:
    make_site(session, code="JKT")
    make_credential(session, name="masuk", kind="ssh")
    make_credential(session, name="umum", kind="snmp_v2c")
    row = {"site": "JKT", "name": "baru", "address": "192.0.2.200"}
    good, wrong = imports.plan_import(
        session,
        _rows(
            {**row, "snmp_credential": "Umum", "ssh_credential": "masuk"},
            {**row, "name": "lain", "address": "192.0.2.201", "snmp_credential": "masuk"},
        ),
    )
    assert good.action == "new"
    assert [column for column, _ in wrong.problems] == ["snmp_credential"]


def test_a_plan_that_no_longer_holds_writes_nothing(session: Session, now: datetime, office: Office) -> None:
    make_site(session, code="JKT")
    rows = _rows({"site": "JKT", "name": "baru", "address": "192.0.2.200"})
    agreed = imports.fingerprint(imports.plan_import(session, rows))
    make_device(session, name="baru")
    with pytest.raises(ImportStale):
        imports.carry_out_import(session, rows, agreed, now=now, by=office.admin)
