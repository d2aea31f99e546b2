from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.devices import credentials, queries, reading
from helpdesk.devices.models import Credential, Device
from helpdesk.evidence.models import Snapshot
from network import SnmpV1Credentials
from tests.factories.lab import LabAgent, running_agents
from tests.factories.network import make_credential, make_device, make_site
from tests.factories.people import Office

SECRET = "sangat-rahasia-sekali"
CSV = "lokasi;nama;alamat\nJKT;sw-baru;192.0.2.33\nJKT;sw-lama;192.0.2.44\nXX;;nonsense/\n"


@pytest.fixture(scope="module")
def agent() -> Iterator[LabAgent]:
    """Give an agent that answers."""
    with running_agents(1) as agents:
        yield agents[0]


@pytest.fixture
def admin(client: FlaskClient, sign_in: object, office: Office) -> FlaskClient:
    """Return the admin's browser."""
    sign_in(client, office.admin)  # type: ignore[operator]
    return client


def _form(site_id: int, **fields: object) -> dict[str, object]:
    return {
        "name": "sw-satu",
        "site_id": site_id,
        "address": "192.0.2.5",
        "platform": "",
        "snmp_port": 161,
        "ssh_port": 22,
        "snmp_credential_id": "",
        "ssh_credential_id": "",
        **fields,
    }


def _readable_device(session: Session, settings: HelpdeskSettings, agent: LabAgent) -> Device:
    credential = credentials.add_credential(
        session,
        name="umum",
        kind="snmp_v2c",
        public={},
        secret={"community": agent.community},
        ring=settings.key_ring(),
        now=clock.now(),
    )
    device = make_device(
        session, name="sw-lab", address="127.0.0.1", snmp_port=agent.port, snmp_credential_id=credential.id
    )
    session.commit()
    return device


def test_a_device_is_added_through_the_form(admin: FlaskClient, session: Session) -> None:
    site = make_site(session)
    answer = admin.post("/devices/new", data=_form(site.id))
    device = queries.find_device_by_name(session, "sw-satu")
    assert device is not None
    assert answer.location == f"/devices/{device.id}"
    assert "sw-satu" in admin.get(f"/devices/{device.id}").text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("address", "http://x", "Write the address only"),
        ("address", "192.0.2.5:161", "Write the port in its own field."),
        ("snmp_port", "0", "from 1 to 65535"),
        ("name", "", "Please fill this in."),
    ],
)
def test_nonsense_is_refused_beside_its_field_and_nothing_typed_is_lost(
    admin: FlaskClient, session: Session, field: str, value: str, words: str
) -> None:
    site = make_site(session)
    page = admin.post("/devices/new", data=_form(site.id, description="catatan saya", **{field: value})).text
    assert words in page
    assert f'id="{field}-error"' in page
    assert "catatan saya" in page


def test_a_taken_name_is_said_beside_the_name(admin: FlaskClient, session: Session) -> None:
    device = make_device(session, name="sw-satu")
    page = admin.post("/devices/new", data=_form(device.site_id)).text
    assert "This name is already taken." in page


def test_a_secret_is_in_no_page_after_it_was_given(admin: FlaskClient, session: Session) -> None:
    data = {"name": "masuk", "username": "baca", "password": SECRET}
    assert admin.post("/credentials/new/ssh", data=data).status_code == 302
    credential = session.scalars(select(Credential)).one()
    pages = [admin.get("/credentials"), admin.get(f"/credentials/{credential.id}/edit")]
    # Neither does a refused form write it back.
    pages.append(admin.post("/credentials/new/ssh", data={**data, "username": ""}))
    assert all(page.status_code == 200 and SECRET not in page.text for page in pages)
    assert "Leave empty to keep the stored secret." in pages[1].text


def test_an_empty_secret_of_the_form_keeps_the_stored_one(
    admin: FlaskClient, session: Session, settings: HelpdeskSettings
) -> None:
    admin.post("/credentials/new/snmp_v2c", data={"name": "umum", "community": SECRET})
    credential = session.scalars(select(Credential)).one()
    admin.post(f"/credentials/{credential.id}/edit", data={"name": "umum baru", "community": ""})
    session.expire_all()
    assert credential.name == "umum baru"
    assert credentials.open_secret(credential, settings.key_ring()) == {"community": SECRET}


def test_an_snmpv3_user_needs_the_keys_of_its_protocols(admin: FlaskClient, session: Session) -> None:
    data = {"name": "v3", "user": "u", "auth_protocol": "SHA-256", "priv_protocol": "AES-128"}
    page = admin.post("/credentials/new/snmp_v3", data={**data, "auth_key": "cukup panjang"}).text
    assert 'id="priv_key-error"' in page
    assert session.scalars(select(Credential)).all() == []


@pytest.mark.parametrize("path", ["/credentials", "/credentials/new/ssh"])
def test_only_the_admin_sees_credentials(
    client: FlaskClient, sign_in: object, office: Office, path: str
) -> None:
    sign_in(client, office.pelaksana)  # type: ignore[operator]
    assert client.get(path).status_code == 403


def test_an_auditor_looks_and_changes_nothing(
    client: FlaskClient, sign_in: object, office: Office, session: Session
) -> None:
    device = make_device(session)
    sign_in(client, office.auditor)  # type: ignore[operator]
    assert client.get("/devices").status_code == 200
    assert "Take a snapshot now" not in client.get(f"/devices/{device.id}").text
    for path in ("snapshot", "edit", "deactivate", "test/snmp", "host-key"):
        assert client.post(f"/devices/{device.id}/{path}").status_code == 403


def _preview(admin: FlaskClient, content: str = CSV) -> str:
    file = (io.BytesIO(content.encode()), "perangkat.csv")
    return admin.post("/devices/import", data={"file": file}, content_type="multipart/form-data").text


def _payload(page: str) -> str:
    found = re.search(r'name="payload" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def test_an_import_is_shown_before_anything_is_written(admin: FlaskClient, session: Session) -> None:
    site = make_site(session, code="JKT")
    make_device(session, site=site, name="sw-lama", address="192.0.2.4")
    page = _preview(admin)
    assert "192.0.2.44" in page
    assert "There is no site with this code." in page
    assert page.count('type="checkbox" name="line"') == 2
    assert queries.find_device_by_name(session, "sw-baru") is None


def test_a_confirmed_import_does_what_the_preview_showed(admin: FlaskClient, session: Session) -> None:
    site = make_site(session, code="JKT")
    old = make_device(session, site=site, name="sw-lama", address="192.0.2.4", snmp_port=161)
    answer = admin.post("/devices/import/confirm", data={"payload": _payload(_preview(admin))})
    assert answer.location == "/devices"
    session.expire_all()
    assert queries.find_device_by_name(session, "sw-baru") is not None
    assert old.address == "192.0.2.44"


def test_a_preview_that_was_changed_on_the_way_is_refused(admin: FlaskClient, session: Session) -> None:
    make_site(session, code="JKT")
    payload = _payload(_preview(admin))
    changed = ("B" if payload[5] != "B" else "C").join((payload[:5], payload[6:]))
    assert admin.post("/devices/import/confirm", data={"payload": changed}).status_code == 409
    assert queries.find_device_by_name(session, "sw-baru") is None


def test_a_preview_of_somebody_else_is_refused(
    admin: FlaskClient, session: Session, sign_in: object, office: Office
) -> None:
    make_site(session, code="JKT")
    payload = _payload(_preview(admin))
    sign_in(admin, office.pelaksana)  # type: ignore[operator]
    assert admin.post("/devices/import/confirm", data={"payload": payload}).status_code == 409


def test_a_preview_that_no_longer_holds_is_shown_anew(admin: FlaskClient, session: Session) -> None:
    make_site(session, code="JKT")
    payload = _payload(_preview(admin))
    make_device(session, name="sw-baru")
    page = admin.post("/devices/import/confirm", data={"payload": payload}).text
    assert "The devices have changed in the meantime." in page


def test_a_picture_is_no_list_of_devices(admin: FlaskClient) -> None:
    assert "The file is not a CSV file." in _preview(admin, "\x89PNG\0\0\0")


def test_the_template_is_a_file_to_fill_in(admin: FlaskClient) -> None:
    answer = admin.get("/devices/import/template.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.data.startswith(b"\xef\xbb\xbfsite;name;address;")


def test_a_snapshot_is_taken_now_and_shown(
    admin: FlaskClient, session: Session, settings: HelpdeskSettings, agent: LabAgent
) -> None:
    device = _readable_device(session, settings, agent)
    answer = admin.post(f"/devices/{device.id}/snapshot")
    snapshot = session.scalars(select(Snapshot)).one()
    assert answer.location == f"/snapshots/{snapshot.id}"
    page = admin.get(answer.location).text
    assert snapshot.sha256 in page
    assert "Unchanged since it was frozen" in page
    listed = admin.get("/devices").text
    assert f"/snapshots/{snapshot.id}" in listed


def test_testing_snmp_says_that_it_works_and_stores_nothing(
    admin: FlaskClient, session: Session, settings: HelpdeskSettings, agent: LabAgent
) -> None:
    device = _readable_device(session, settings, agent)
    page = admin.post(f"/devices/{device.id}/test/snmp").text
    assert "The connection works" in page
    assert agent.community not in page
    assert session.scalars(select(Snapshot)).all() == []


def test_testing_a_closed_port_names_what_is_wrong(
    admin: FlaskClient, session: Session, settings: HelpdeskSettings, agent: LabAgent
) -> None:
    device = _readable_device(session, settings, agent)
    device.snmp_port = 9
    page = admin.post(f"/devices/{device.id}/test/snmp").text
    assert "The connection does not work" in page
    assert "nothing listens on that port" in page or "No answer from the device" in page


KEY = "SHA256:" + "A" * 43


def test_a_host_key_is_kept_after_a_person_confirmed_it(admin: FlaskClient, session: Session) -> None:
    device = make_device(session)
    admin.post(f"/devices/{device.id}/host-key", data={"fingerprint": KEY})
    session.expire_all()
    assert device.ssh_host_key == KEY


@pytest.mark.parametrize("fingerprint", ["", "MD5:aa:bb", "SHA256:short"])
def test_what_is_no_fingerprint_is_not_kept(admin: FlaskClient, session: Session, fingerprint: str) -> None:
    device = make_device(session)
    answer = admin.post(f"/devices/{device.id}/host-key", data={"fingerprint": fingerprint})
    assert answer.status_code == 422
    session.expire_all()
    assert device.ssh_host_key is None


def test_only_who_keeps_the_credentials_replaces_a_confirmed_host_key(
    client: FlaskClient, sign_in: object, office: Office, session: Session
) -> None:
    device = make_device(session, ssh_host_key=KEY)
    sign_in(client, office.pelaksana)  # type: ignore[operator]
    other = "SHA256:" + "B" * 43
    assert client.post(f"/devices/{device.id}/host-key", data={"fingerprint": other}).status_code == 403
    sign_in(client, office.admin)  # type: ignore[operator]
    assert client.post(f"/devices/{device.id}/host-key", data={"fingerprint": other}).status_code == 302


def test_a_device_goes_out_of_use_and_comes_back(admin: FlaskClient, session: Session) -> None:
    device = make_device(session, name="sw-tua")
    admin.post(f"/devices/{device.id}/deactivate")
    assert "sw-tua" not in admin.get("/devices").text
    assert "sw-tua" in admin.get("/devices?state=inactive").text
    admin.post(f"/devices/{device.id}/activate")
    assert "sw-tua" in admin.get("/devices").text


def test_the_list_is_searched_and_filtered_by_site(admin: FlaskClient, session: Session) -> None:
    here = make_device(session, name="sw-sini")
    make_device(session, name="sw-sana", description="100% cadangan_a")
    page = admin.get(f"/devices?site={here.site_id}").text
    assert "sw-sini" in page
    assert "sw-sana" not in page
    found = admin.get("/devices?q=100%25+cadangan_").text
    assert "sw-sana" in found
    assert "sw-sini" not in found


def test_a_site_is_added_and_changed(admin: FlaskClient, session: Session) -> None:
    admin.post("/sites/new", data={"code": "JKT", "name": "Jakarta", "snapshot_minutes": ""})
    site = queries.find_site_by_code(session, "jkt")
    assert site is not None
    assert site.snapshot_minutes is None
    admin.post(f"/sites/{site.id}/edit", data={"code": "JKT", "name": "Jakarta", "snapshot_minutes": "0"})
    session.expire_all()
    assert site.snapshot_minutes == 0


@pytest.mark.parametrize("path", ["/devices/99", "/devices/99/edit", "/snapshots/99", "/sites/99/edit"])
def test_what_does_not_exist_is_not_found(admin: FlaskClient, path: str) -> None:
    assert admin.get(path).status_code == 404


def test_an_unused_credential_is_deleted_and_a_used_one_is_not(admin: FlaskClient, session: Session) -> None:
    used, unused = make_credential(session), make_credential(session)
    make_device(session, snmp_credential_id=used.id)
    for credential in (used, unused):
        admin.post(f"/credentials/{credential.id}/delete")
    session.expire_all()
    assert [each.id for each in queries.list_credentials(session)] == [used.id]


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_speaks_the_chosen_language(
    app: Flask, admin: FlaskClient, session: Session, language: str
) -> None:
    device = make_device(session)
    with admin.session_transaction() as cookie:
        cookie["language"] = language
    paths = ("/devices", f"/devices/{device.id}", "/devices/import", "/sites", "/sites/new", "/credentials")
    for path in paths:
        page = admin.get(path)
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.text


def test_an_old_device_is_given_an_snmpv1_community(
    admin: FlaskClient, session: Session, settings: HelpdeskSettings
) -> None:
    assert 'name="community"' in admin.get("/credentials/new/snmp_v1").text
    given = {"name": "kredensial lama", "community": "sangat-lama"}
    assert admin.post("/credentials/new/snmp_v1", data=given).status_code == 302
    credential = queries.find_credential_by_name(session, "kredensial lama")
    assert credential is not None
    device_id = make_device(session, snmp_credential_id=credential.id).id
    session.commit()
    device = queries.get_device(session, device_id)
    assert reading.build_target(device, settings.key_ring()).snmp == SnmpV1Credentials.of("sangat-lama")
