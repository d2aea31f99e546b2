"""Devices from NetBox, as a file or over its API: read the preview, tick, confirm."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import render_template
from flask_babel import gettext

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.devices import queries, reading
from helpdesk.devices.importing import ImportRefused
from helpdesk.devices.inventory_forms import NetboxApiForm, NetboxFileForm
from helpdesk.devices.netbox import client
from helpdesk.devices.netbox.rules import MAXIMUM_BYTES, devices_to_rows, parse_export
from helpdesk.devices.views.blueprint import blueprint
from helpdesk.devices.views.imports import render_preview
from helpdesk.events import record
from helpdesk.permissions import Permission
from helpdesk.web.current import signed_in
from helpdesk.web.guards import requires


@blueprint.get("/devices/import/netbox")
@requires(Permission.MANAGE_DEVICES)
def show_netbox() -> str:
    """Show both ways."""
    return _render(NetboxFileForm(), NetboxApiForm())


@blueprint.post("/devices/import/netbox/file")
@requires(Permission.MANAGE_DEVICES)
def preview_netbox_file() -> str:
    """Show what the file would do."""
    form, other = NetboxFileForm(), NetboxApiForm(formdata=None)
    _offer(form)
    if not form.validate_on_submit():
        return _render(form, other)
    try:
        devices, more_follow = parse_export(form.file.data.stream.read(MAXIMUM_BYTES + 1))
        return _preview(devices, form.site.data, more_follow=more_follow)
    except ImportRefused as refusal:
        form.file.errors = [*form.file.errors, gettext(str(refusal.details["reason"]))]
        return _render(form, other)


@blueprint.post("/devices/import/netbox/api")
@requires(Permission.MANAGE_DEVICES)
def preview_netbox_api() -> str:
    """Ask NetBox and show what its list would do; the token ends with this request."""
    form, other = NetboxApiForm(), NetboxFileForm(formdata=None)
    _offer(form)
    if not form.validate_on_submit():
        return _render(other, form)
    url, token = form.url.data or "", form.token.data or ""
    try:
        # No transaction is open here: NetBox may take its time.
        devices = client.fetch_devices(url, token, site=form.netbox_site.data or "")
        with transaction() as session:
            host = urlsplit(url).hostname or ""
            asked_by = signed_in().person
            record(session, "netbox_read", at=clock.now(), by=asked_by, host=host, devices=len(devices))
        return _preview(devices, form.site.data)
    except ImportRefused as refusal:
        form.url.errors = [*form.url.errors, gettext(str(refusal.details["reason"]))]
        return _render(other, form)


def _preview(devices: list[Any], default_site: str, *, more_follow: bool = False) -> str:
    rows, left_out = devices_to_rows(
        devices,
        sites={site.code.lower() for site in queries.list_sites(db.session())},
        default_site=default_site or "",
        platforms=reading.platform_titles(),
        more_follow=more_follow,
    )
    return render_preview(rows, "netbox", left_out)


def _offer(form: NetboxFileForm | NetboxApiForm) -> None:
    form.offer(queries.list_sites(db.session()))


def _render(file_form: NetboxFileForm, api_form: NetboxApiForm) -> str:
    _offer(file_form)
    _offer(api_form)
    return render_template(
        "devices/netbox.html", file_form=file_form, api_form=api_form, maximum_bytes=MAXIMUM_BYTES
    )
