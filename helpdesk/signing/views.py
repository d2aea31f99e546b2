"""Pages of keys: one's own, and for the admin those of a person."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from helpdesk import clock
from helpdesk.accounts import queries as account_queries
from helpdesk.accounts.models import Person
from helpdesk.database import db, transaction
from helpdesk.errors import DomainError
from helpdesk.permissions import Permission
from helpdesk.signing import authority, queries, service
from helpdesk.signing.errors import CertificateUnfit, KeyFileRefused
from helpdesk.signing.forms import KeyFileForm, RevokeForm, TokenForm
from helpdesk.signing.models import SigningKey
from helpdesk.signing.rules import KeyKind
from helpdesk.signing.tokens import IS_SUPPORTED, TokenPlace
from helpdesk.web.current import settings, signed_in
from helpdesk.web.failures import translate
from helpdesk.web.forms import PageForm, show_refusal
from helpdesk.web.guards import public, requires
from helpdesk.web.limits import limiter

blueprint = Blueprint("signing", __name__)
KIND_LABELS = {
    KeyKind.ISSUED.value: _l("Issued by this office"),
    KeyKind.PKCS12.value: _l("Key file"),
    KeyKind.TOKEN.value: _l("Token"),
}
# Whoever checks papers elsewhere fetches these now and then.
FETCHES = "60 per hour"


@blueprint.get("/account/keys")
@requires(Permission.SEE_OWN_ACCOUNT)
def show_own_keys() -> ResponseReturnValue:
    """Show the key one signs with."""
    return _own_page()


@blueprint.post("/account/keys/file")
@requires(Permission.SEE_OWN_ACCOUNT)
def upload_key() -> ResponseReturnValue:
    """Take a PKCS#12 file in."""
    form = KeyFileForm()
    if not form.validate_on_submit():
        return _own_page(form), 422
    content = form.file.data.read()
    try:
        with transaction() as session:
            person = signed_in().person
            service.add_key_file(
                session,
                person,
                content,
                form.password.data or "",
                ring=settings().key_ring(),
                by=person,
                now=clock.now(),
            )
    except DomainError as refusal:
        return _refused(form, refusal)
    flash(_("The key is kept, sealed. You sign papers with it from now on."), "success")
    return redirect(url_for("signing.show_own_keys"))


@blueprint.post("/account/keys/token")
@requires(Permission.SEE_OWN_ACCOUNT)
def name_token() -> ResponseReturnValue:
    """Remember a key on a token."""
    form, module = TokenForm(), settings().pkcs11_module
    if not form.validate_on_submit():
        return _own_page(form), 422
    place = TokenPlace(module or Path("/"), form.token.data or "", form.key.data or "")
    try:
        with transaction() as session:
            person = signed_in().person
            service.add_token_key(session, person, place, form.pin.data or "", by=person, now=clock.now())
    except DomainError as refusal:
        return _refused(form, refusal)
    flash(_("You sign with the token from now on. Its PIN is asked at every signature."), "success")
    return redirect(url_for("signing.show_own_keys"))


@blueprint.post("/account/keys/<int:key_id>/retire")
@requires(Permission.SEE_OWN_ACCOUNT)
def retire_own_key(key_id: int) -> ResponseReturnValue:
    """Sign with the key no more."""
    with transaction() as session:
        person = signed_in().person
        service.retire_key(session, queries.get_key(session, person, key_id), by=person, now=clock.now())
    flash(_("The key is wiped. What was signed with it stays valid."), "success")
    return redirect(url_for("signing.show_own_keys"))


@blueprint.get("/people/<int:person_id>/keys")
@requires(Permission.MANAGE_PEOPLE)
def show_keys(person_id: int) -> ResponseReturnValue:
    """Show the keys of a person."""
    return _admin_page(account_queries.get_person(db.session(), person_id))


@blueprint.post("/people/<int:person_id>/keys")
@requires(Permission.MANAGE_PEOPLE)
def issue_key(person_id: int) -> ResponseReturnValue:
    """Make a key for the person, with a certificate of the office's own authority."""
    with transaction() as session:
        person = account_queries.get_person(session, person_id)
        service.issue_key(session, person, settings(), by=signed_in().person, now=clock.now())
    flash(_("The key is made. The person signs papers with it from now on."), "success")
    return redirect(url_for("signing.show_keys", person_id=person_id))


@blueprint.post("/people/<int:person_id>/keys/<int:key_id>/revoke")
@requires(Permission.MANAGE_PEOPLE)
def revoke_key(person_id: int, key_id: int) -> ResponseReturnValue:
    """Take a key out of force from now on."""
    form = RevokeForm()
    if not form.validate_on_submit():
        return _admin_page(account_queries.get_person(db.session(), person_id), form), 422
    with transaction() as session:
        person = account_queries.get_person(session, person_id)
        key = queries.get_key(session, person, key_id)
        service.revoke_key(session, key, form.reason.data or "", by=signed_in().person, now=clock.now())
    flash(_("The key is revoked. Papers signed before stay valid."), "success")
    return redirect(url_for("signing.show_keys", person_id=person_id))


@blueprint.get("/verify/authority.pem")
@public
@limiter.limit(FETCHES)
def download_authority() -> Response:
    """Hand out the certificates of the office's authority: with them others check papers by themselves."""
    content = authority.public_certificates(settings().data_directory)
    return Response(content, mimetype="application/x-pem-file")


@blueprint.get("/verify/revoked.crl")
@public
@limiter.limit(FETCHES)
def download_revocations() -> Response:
    """Hand out the list of revoked certificates."""
    content = service.revocation_list(db.session(), settings(), now=clock.now())
    return Response(content, mimetype="application/x-pem-file")


def _refused(form: PageForm, refusal: DomainError) -> ResponseReturnValue:
    if isinstance(refusal, (KeyFileRefused, CertificateUnfit)) and "file" in form:
        form["file"].errors = [f"{translate(refusal)} {_(str(refusal.details['reason']))}"]
    elif isinstance(refusal, CertificateUnfit):
        form.form_errors.append(f"{translate(refusal)} {_(str(refusal.details['reason']))}")
    else:
        show_refusal(form, refusal)
    return _own_page(form), refusal.status


def _own_page(form: PageForm | None = None) -> str:
    person, session = signed_in().person, db.session()
    return render_template(
        "signing/own_keys.html",
        keys=queries.list_keys(session, person.id),
        active=queries.find_active_key(session, person.id),
        kind_labels=KIND_LABELS,
        now=clock.now(),
        file_form=form if isinstance(form, KeyFileForm) else KeyFileForm(formdata=None),
        token_form=form if isinstance(form, TokenForm) else TokenForm(formdata=None),
        has_tokens=IS_SUPPORTED and settings().pkcs11_module is not None,
        is_required=settings().signatures == "required",
        shown_form=form,
        has_errors=form is not None,
    )


def _admin_page(person: Person, form: RevokeForm | None = None) -> str:
    session = db.session()
    active: SigningKey | None = queries.find_active_key(session, person.id)
    return render_template(
        "signing/keys.html",
        person=person,
        keys=queries.list_keys(session, person.id),
        active=active,
        kind_labels=KIND_LABELS,
        now=clock.now(),
        has_authority=authority.find_root(settings().data_directory) is not None,
        revoke_form=form or RevokeForm(formdata=None),
        has_errors=form is not None,
        asked=request.view_args or {},
    )
