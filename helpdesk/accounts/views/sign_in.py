"""Signing in and out."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from helpdesk import clock
from helpdesk.accounts import service, standing
from helpdesk.accounts.errors import SignInRefused, SignInThrottled
from helpdesk.accounts.forms import SignInForm
from helpdesk.accounts.models import Person
from helpdesk.accounts.views._blueprint import blueprint
from helpdesk.database import db, transaction
from helpdesk.permissions import Permission, permissions_of
from helpdesk.web.current import TOKEN, settings, signed_in
from helpdesk.web.failures import translate
from helpdesk.web.guards import is_local_path, public

# What a visitor chose before signing in and keeps; all else of the cookie is dropped, so that nobody can
# plant a session in somebody's browser.
KEPT = ("language", "theme")

# Who gave the password and still owes the code: number, mark of the password, until when, then where to.
PENDING = "second_factor"
CODE_WAIT = timedelta(minutes=5)

# Where a person lands: the first page of the list that their roles open.
FRONT_PAGES = (
    (Permission.SEE_DESK, "tickets.show_desk"),
    (Permission.SEE_TICKETS, "tickets.list_tickets"),
    (Permission.MANAGE_PEOPLE, "accounts.list_people"),
    (Permission.SEE_DEVICES, "devices.list_devices"),
)


@blueprint.get("/sign-in")
@public
def show_sign_in() -> ResponseReturnValue:
    """Show the form; who is signed in already goes on to where they work."""
    wanted = request.args.get("next")
    if current_user.is_authenticated:
        return redirect(destination(signed_in().person, wanted, clock.now()))
    form = SignInForm(formdata=None, next=wanted if is_local_path(wanted) else "")
    return render_template("accounts/sign_in.html", form=form)


@blueprint.post("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Open a session, or say no without saying why."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    now = clock.now()
    try:
        with transaction() as session:
            outcome = service.sign_in(
                session,
                username=form.username.data or "",
                password=form.password.data or "",
                address=(request.remote_addr or "")[:64],
                user_agent=request.user_agent.string,
                hours=settings().session_hours,
                now=now,
            )
            if current_user.is_authenticated and isinstance(outcome, tuple):
                service.revoke_session(session, signed_in().person, signed_in().session_id, now=now)
    except SignInThrottled as refusal:
        response = _page(form, 429, refusal)
        response.headers["Retry-After"] = str(refusal.details["seconds"])
        return response
    if isinstance(outcome, SignInRefused):
        return _page(form, 401, outcome)
    start_cookie()
    if isinstance(outcome, service.CodeNeeded):
        until = int((now + CODE_WAIT).timestamp())
        wanted = form.next.data if is_local_path(form.next.data) else ""
        cookie[PENDING] = [outcome.person_id, outcome.password_mark, until, wanted]
        return redirect(url_for("accounts.show_code_form"))
    person, token = outcome
    cookie[TOKEN] = token
    return redirect(destination(person, form.next.data, now))


@blueprint.post("/sign-out")
@public  # also for somebody whose last role has ended
def sign_out() -> ResponseReturnValue:
    """End the session: its row, and what the cookie holds."""
    if current_user.is_authenticated:
        with transaction() as session:
            service.revoke_session(session, signed_in().person, signed_in().session_id, now=clock.now())
    start_cookie()
    flash(_("You have signed out."), "success")
    return redirect(url_for("accounts.show_sign_in"))


def _page(form: SignInForm, status: int, refusal: SignInRefused | SignInThrottled | None = None) -> Response:
    words = translate(refusal) if refusal else ""
    page = render_template("accounts/sign_in.html", form=form, refusal=words, has_errors=True)
    return make_response(page, status)


def start_cookie() -> None:
    """Drop all that the cookie holds but what a visitor chose."""
    kept = {key: cookie[key] for key in KEPT if key in cookie}
    cookie.clear()
    cookie.update(kept)


def destination(person: Person, wanted: str | None, now: datetime) -> str:
    """Return where the person wanted to go, else the front page of their work."""
    if wanted and is_local_path(wanted):
        return wanted
    offices = standing.offices_of(db.session(), person, now, settings().zone)
    permissions = permissions_of(standing.roles_in(offices))
    endpoint = next((page for permission, page in FRONT_PAGES if permission in permissions), None)
    if endpoint is None:
        flash(_("You hold no office today. Ask the admin for an appointment."), "warning")
    return url_for(endpoint or "intake.show_form")
