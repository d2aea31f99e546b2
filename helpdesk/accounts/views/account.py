"""One's own account: language, password, the browsers one is signed in with."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from helpdesk import clock
from helpdesk.accounts import queries, service
from helpdesk.accounts.errors import PasswordWrong, SignInThrottled
from helpdesk.accounts.forms import LanguageForm, PasswordForm
from helpdesk.accounts.rules import browser_of
from helpdesk.accounts.views._blueprint import blueprint
from helpdesk.database import db, transaction
from helpdesk.permissions import Permission
from helpdesk.web.current import signed_in
from helpdesk.web.forms import show_refusal
from helpdesk.web.guards import requires


@blueprint.get("/account")
@requires(Permission.SEE_OWN_ACCOUNT)
def show_account() -> ResponseReturnValue:
    """Show one's own account."""
    return _page()


@blueprint.post("/account/language")
@requires(Permission.SEE_OWN_ACCOUNT)
def change_language() -> ResponseReturnValue:
    """Speak another language from now on, on every device."""
    form = LanguageForm()
    if not form.validate_on_submit():
        return _page(language_form=form), 422
    with transaction():
        service.set_language(signed_in().person, form.language.data)
    cookie["language"] = form.language.data
    return redirect(url_for("accounts.show_account"))


@blueprint.post("/account/password")
@requires(Permission.SEE_OWN_ACCOUNT)
def change_password() -> ResponseReturnValue:
    """Change the password, and end every session but this one."""
    person, now = signed_in().person, clock.now()
    form = PasswordForm(username=person.username, name=person.name)
    if not form.validate_on_submit():
        return _page(password_form=form), 422
    try:
        with transaction() as session:
            wrong = service.confirm_password(
                session, person, form.present.data or "", address=(request.remote_addr or "")[:64], now=now
            )
            if wrong is None:
                service.set_password(
                    session,
                    person,
                    form.password.data or "",
                    by=person,
                    now=now,
                    keep_session_id=signed_in().session_id,
                )
    except SignInThrottled as refusal:
        show_refusal(form, refusal)
        return _page(password_form=form), refusal.status
    if isinstance(wrong, PasswordWrong):
        form.present.errors = [_("This is not your present password.")]
        return _page(password_form=form), 422
    flash(_("Your password is changed. Every other browser has been signed out."), "success")
    return redirect(url_for("accounts.show_account"))


@blueprint.post("/account/sessions/<int:session_id>/revoke")
@requires(Permission.SEE_OWN_ACCOUNT)
def revoke_session(session_id: int) -> ResponseReturnValue:
    """Sign one of one's own browsers out."""
    with transaction() as session:
        service.revoke_session(session, signed_in().person, session_id, now=clock.now())
    flash(_("The browser has been signed out."), "success")
    return redirect(url_for("accounts.show_account"))


@blueprint.post("/account/sessions/revoke-others")
@requires(Permission.SEE_OWN_ACCOUNT)
def revoke_other_sessions() -> ResponseReturnValue:
    """Sign every browser out but this one."""
    with transaction() as session:
        service.revoke_sessions(session, signed_in().person, now=clock.now(), keep_id=signed_in().session_id)
    flash(_("Every other browser has been signed out."), "success")
    return redirect(url_for("accounts.show_account"))


def _page(*, language_form: LanguageForm | None = None, password_form: PasswordForm | None = None) -> str:
    me, now = signed_in(), clock.now()
    person = me.person
    return render_template(
        "accounts/account.html",
        person=person,
        session_id=me.session_id,
        sessions=[
            (each, browser_of(each.user_agent))
            for each in queries.list_open_sessions(db.session(), person.id, now)
        ],
        language_form=language_form or LanguageForm(formdata=None, language=person.language),
        password_form=password_form
        or PasswordForm(formdata=None, username=person.username, name=person.name),
        has_errors=bool(language_form or password_form),
    )
