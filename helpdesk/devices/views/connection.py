"""Testing the connection to a device, and confirming its SSH host key."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.devices import host_keys, logins, queries, reading, service
from helpdesk.devices.errors import DeviceRefused
from helpdesk.devices.views.blueprint import blueprint
from helpdesk.errors import Forbidden, NotFound
from helpdesk.permissions import Permission
from helpdesk.web.current import settings, signed_in
from helpdesk.web.guards import requires

PROTOCOLS = ("snmp", "ssh")


@blueprint.post("/devices/<int:device_id>/test/<protocol>")
@requires(Permission.TAKE_SNAPSHOTS)
def test_connection(device_id: int, protocol: str) -> str:
    """Read the device over one protocol and show what came of it; nothing is stored."""
    if protocol not in PROTOCOLS:
        raise NotFound
    return _test(device_id, protocol)


@blueprint.post("/devices/<int:device_id>/ssh-login")
@requires(Permission.TAKE_SNAPSHOTS)
def try_login_again(device_id: int) -> str:
    """Try the refused SSH login once more, now, and show what came of it."""
    with transaction() as session:
        device = queries.get_device(session, device_id)
        logins.try_again(session, device, now=clock.now(), by=signed_in().person)
    return _test(device_id, "ssh")


def _test(device_id: int, protocol: str) -> str:
    with transaction() as session:
        target = reading.build_target(
            queries.get_device(session, device_id),
            settings().key_ring(),
            snmp=protocol == "snmp",
            ssh=protocol == "ssh",
        )
    # No transaction is open here: the device may take its time, and others may write meanwhile.
    result = reading.collect_snapshot(target, budget_seconds=settings().evidence_wait_seconds)
    with transaction() as session:
        device = queries.get_device(session, device_id)
        logins.note_refusal(session, device, result.failures, asked_at=result.taken_at, now=clock.now())
        host_keys.note_shown(session, device, result.ssh_host_key_sha256, result.failures, now=clock.now())
    device = queries.get_device(db.session(), device_id)
    codes = {failure.code for failure in result.failures}
    shows_key = bool(result.ssh_host_key_sha256 and codes & host_keys.UNDECIDED)
    # The key has a box of its own on the page.
    told = [each for each in result.failures if not (shows_key and each.code in host_keys.UNDECIDED)]
    return render_template(
        "devices/test.html",
        device=device,
        protocol=protocol,
        result=result,
        failures=[failure.describe(str(get_locale())) for failure in (*told, *result.notes)],
        new_key=result.ssh_host_key_sha256 if shows_key else None,
        key_changed="host_key_changed" in codes,
    )


@blueprint.post("/devices/<int:device_id>/host-key")
@requires(Permission.MANAGE_DEVICES)
def confirm_host_key(device_id: int) -> Response:
    """Keep the host key that the person has seen; replacing one is for who keeps the credentials."""
    fingerprint = _fingerprint_given()
    with transaction() as session:
        device = queries.get_device(session, device_id)
        if device.ssh_host_key is not None and not signed_in().may(Permission.MANAGE_CREDENTIALS):
            raise Forbidden
        service.confirm_host_key(session, device, fingerprint, now=clock.now(), by=signed_in().person)
    flash(_("The host key is confirmed. Test SSH again."), "success")
    return redirect(url_for("devices.show_device", device_id=device_id))


@blueprint.post("/devices/<int:device_id>/host-key/reject")
@requires(Permission.MANAGE_DEVICES)
def reject_host_key(device_id: int) -> Response:
    """Write down that the person does not trust the host key that was shown."""
    fingerprint = _fingerprint_given()
    with transaction() as session:
        device = queries.get_device(session, device_id)
        host_keys.reject(session, device, fingerprint, now=clock.now(), by=signed_in().person)
    flash(_("The host key is rejected. No password is sent to whoever shows it."), "success")
    return redirect(url_for("devices.show_device", device_id=device_id))


def _fingerprint_given() -> str:
    try:
        return reading.parse_host_key(request.form.get("fingerprint", ""))
    except reading.InvalidTarget:
        raise DeviceRefused(field="fingerprint", reason="This is not a host key fingerprint.") from None
