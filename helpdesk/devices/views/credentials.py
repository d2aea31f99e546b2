"""Pages of credentials: a secret goes in and is never shown again."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.devices import credentials, queries
from helpdesk.devices.errors import CredentialNotFound, CredentialRefused
from helpdesk.devices.forms import CREDENTIAL_FORMS, KIND_TITLES, CredentialForm, show_refusal
from helpdesk.devices.models import Credential
from helpdesk.devices.views.blueprint import blueprint
from helpdesk.permissions import Permission
from helpdesk.web.current import settings, signed_in
from helpdesk.web.failures import translate
from helpdesk.web.guards import requires


@blueprint.get("/credentials")
@requires(Permission.MANAGE_CREDENTIALS)
def list_credentials() -> str:
    """Show the names of all credentials and where they are used."""
    session = db.session()
    return render_template(
        "devices/credentials.html",
        credentials=queries.list_credentials(session),
        counts=queries.count_devices_by_credential(session),
        kind_titles=KIND_TITLES,
    )


@blueprint.get("/credentials/new/<kind>")
@requires(Permission.MANAGE_CREDENTIALS)
def show_credential_form(kind: str) -> str:
    """Show an empty form of the kind."""
    return _render(_form_of(kind), kind, None)


@blueprint.post("/credentials/new/<kind>")
@requires(Permission.MANAGE_CREDENTIALS)
def add_credential(kind: str) -> str | Response:
    """Seal and keep a new credential."""
    form = _form_of(kind)
    if not form.validate_on_submit():
        return _render(form, kind, None)
    try:
        with transaction() as session:
            credentials.add_credential(
                session,
                name=form.name.data or "",
                kind=kind,
                public=form.public(),
                secret=form.secret(),
                ring=settings().key_ring(),
                now=clock.now(),
                by=signed_in().person,
            )
    except CredentialRefused as refusal:
        show_refusal(form, refusal)
        return _render(form, kind, None)
    flash(_("The credential is sealed and kept."), "success")
    return redirect(url_for("devices.list_credentials"))


@blueprint.get("/credentials/<int:credential_id>/edit")
@requires(Permission.MANAGE_CREDENTIALS)
def edit_credential(credential_id: int) -> str:
    """Show the form with what may be shown."""
    credential = queries.get_credential(db.session(), credential_id)
    form = _form_of(credential.kind)
    form.fill(credential)
    return _render(form, credential.kind, credential)


@blueprint.post("/credentials/<int:credential_id>/edit")
@requires(Permission.MANAGE_CREDENTIALS)
def change_credential(credential_id: int) -> str | Response:
    """Change a credential; empty secrets stay as they are."""
    credential = queries.get_credential(db.session(), credential_id)
    kind = credential.kind
    form = _form_of(kind)
    if not form.validate_on_submit():
        return _render(form, kind, credential)
    try:
        with transaction() as session:
            credentials.change_credential(
                session,
                queries.get_credential(session, credential_id),
                name=form.name.data or "",
                public=form.public(),
                secret=form.secret(),
                ring=settings().key_ring(),
                now=clock.now(),
                by=signed_in().person,
            )
    except CredentialRefused as refusal:
        show_refusal(form, refusal)
        return _render(form, kind, queries.get_credential(db.session(), credential_id))
    flash(_("The credential is changed."), "success")
    return redirect(url_for("devices.list_credentials"))


@blueprint.post("/credentials/<int:credential_id>/delete")
@requires(Permission.MANAGE_CREDENTIALS)
def delete_credential(credential_id: int) -> Response:
    """Delete a credential that nothing uses."""
    try:
        with transaction() as session:
            credential = queries.get_credential(session, credential_id)
            credentials.delete_credential(session, credential, now=clock.now(), by=signed_in().person)
    except CredentialRefused as refusal:
        flash(translate(refusal), "danger")
    else:
        flash(_("The credential is deleted."), "success")
    return redirect(url_for("devices.list_credentials"))


def _form_of(kind: str) -> CredentialForm:
    if kind not in CREDENTIAL_FORMS:
        raise CredentialNotFound
    return CREDENTIAL_FORMS[kind]()


def _render(form: CredentialForm, kind: str, credential: Credential | None) -> str:
    return render_template(
        "devices/credential_form.html", form=form, kind=kind, kind_titles=KIND_TITLES, credential=credential
    )
