"""Importing devices from a CSV file: upload, read the preview, confirm. Nothing is written before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import Response as FileResponse
from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.devices import imports
from helpdesk.devices.errors import DeviceRefused, ImportStale
from helpdesk.devices.forms import ImportForm
from helpdesk.devices.importing import MAXIMUM_BYTES, ImportRefused, ImportRow, read_rows, template
from helpdesk.devices.views.blueprint import blueprint
from helpdesk.permissions import Permission
from helpdesk.web.current import signed_in
from helpdesk.web.failures import translate
from helpdesk.web.guards import requires
from helpdesk.web.input import row_number

PREVIEW_SECONDS = 3600
# Where the rows of a preview come from → the page that leads back there, its name, the words of the button.
SOURCES: dict[str, tuple[str, Any, Any]] = {
    "csv": ("devices.show_import", _l("Import"), _l("Choose another file")),
    "netbox": ("devices.show_netbox", "NetBox", _l("Back to NetBox")),
    "sweep": ("devices.list_sweeps", _l("Sweeps"), _l("Back to the sweeps")),
}
COLUMN_TITLES: dict[str, Any] = {
    "site": _l("Site"),
    "name": _l("Name"),
    "address": _l("Address"),
    "snmp_port": _l("SNMP port"),
    "ssh_port": _l("SSH port"),
    "platform": _l("Platform"),
    "description": _l("Note"),
    "snmp_credential": _l("SNMP credential"),
    "ssh_credential": _l("SSH credential"),
    "allow_old_ciphers": _l("Allow old SSH algorithms"),
}


@blueprint.get("/devices/import")
@requires(Permission.MANAGE_DEVICES)
def show_import() -> str:
    """Show the upload."""
    return _render_upload(ImportForm())


@blueprint.get("/devices/import/template.csv")
@requires(Permission.MANAGE_DEVICES)
def download_template() -> FileResponse:
    """Give an empty list with its header."""
    language = str(get_locale())
    name = "daftar-perangkat.csv" if language.startswith("id") else "devices.csv"
    return FileResponse(
        template(language),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.post("/devices/import")
@requires(Permission.MANAGE_DEVICES)
def preview_import() -> str:
    """Show what the file would do; the preview carries its rows with it, signed."""
    form = ImportForm()
    if not form.validate_on_submit():
        return _render_upload(form)
    try:
        rows = read_rows(form.file.data.stream.read(MAXIMUM_BYTES + 1))
    except ImportRefused as refusal:
        form.file.errors = [*form.file.errors, translate(refusal)]
        return _render_upload(form)
    return render_preview(rows, "csv")


@blueprint.post("/devices/import/confirm")
@requires(Permission.MANAGE_DEVICES)
def carry_out_import() -> str | Response:
    """Do what the preview showed; where the list has changed meanwhile, show the preview anew."""
    rows, agreed, source = _unpack(request.form.get("payload", ""))
    try:
        with transaction() as session:
            done = imports.carry_out_import(
                session,
                rows,
                agreed,
                now=clock.now(),
                by=signed_in().person,
                may_move_secrets=signed_in().may(Permission.MANAGE_CREDENTIALS),
                lines=_ticked(),
            )
    except (ImportStale, DeviceRefused):
        flash(
            _("The devices have changed in the meantime. Look at the new preview, then confirm."), "warning"
        )
        return render_preview(rows, source)
    added = ngettext("%(num)s device added", "%(num)s devices added", done[imports.NEW])
    changed = ngettext("%(num)s changed", "%(num)s changed", done[imports.CHANGE])
    flash(f"{added}, {changed}.", "success")
    return redirect(url_for("devices.list_devices"))


def _render_upload(form: ImportForm) -> str:
    return render_template(
        "devices/import.html", form=form, maximum_bytes=MAXIMUM_BYTES, columns=COLUMN_TITLES
    )


def _ticked() -> frozenset[int] | None:
    """Return the lines that were ticked, or None for a preview without boxes."""
    if "choosing" not in request.form:
        return None
    return frozenset(request.form.getlist("line", type=row_number))


def render_preview(rows: Sequence[ImportRow], source: str, left_out: Sequence[tuple[str, str]] = ()) -> str:
    """Show what the rows would do, each with a box to tick; `left_out` names what gives no row, and why."""
    may_move_secrets = signed_in().may(Permission.MANAGE_CREDENTIALS)
    plan = imports.plan_import(db.session(), rows, may_move_secrets=may_move_secrets)
    return render_template(
        "devices/import_preview.html",
        plan=plan,
        counts=Counter(row.action for row in plan),
        columns_titles=COLUMN_TITLES,
        payload=_pack(rows, imports.fingerprint(plan), source),
        back=SOURCES[source],
        left_out=left_out,
    )


def _pack(rows: Sequence[ImportRow], agreed: str, source: str) -> str:
    content = {"rows": [[row.line, row.values] for row in rows], "agreed": agreed, "source": source}
    packed = _serializer().dumps(content)
    return packed if isinstance(packed, str) else packed.decode("ascii")


def _unpack(payload: str) -> tuple[list[ImportRow], str, str]:
    try:
        content = _serializer().loads(payload, max_age=PREVIEW_SECONDS)
    except BadData:
        raise ImportStale from None
    rows = [ImportRow(line, values) for line, values in content["rows"]]
    # A preview of the release before this one names no source.
    return rows, content["agreed"], content.get("source", "csv")


def _serializer() -> URLSafeTimedSerializer:
    # The salt holds the person: nobody can be made to confirm somebody else's preview.
    return URLSafeTimedSerializer(
        current_app.config["SECRET_KEY"], salt=f"device-import-{signed_in().person.id}"
    )
