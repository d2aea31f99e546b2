"""The second factor: asked for at sign-in, turned on and off on one's own account, off by the admin."""

from __future__ import annotations

from collections.abc import Callable

import segno
from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts import queries, second_factor, service
from helpdesk.accounts.errors import PasswordWrong, SignInThrottled
from helpdesk.accounts.models import Person
from helpdesk.accounts.second_factor_forms import BeginForm, CodeForm, ProvenForm
from helpdesk.accounts.views._blueprint import blueprint
from helpdesk.accounts.views.sign_in import PENDING, destination, start_cookie
from helpdesk.database import db, transaction
from helpdesk.errors import DomainError
from helpdesk.permissions import Permission
from helpdesk.web.current import TOKEN, settings, signed_in
from helpdesk.web.failures import translate
from helpdesk.web.forms import PageForm, show_refusal
from helpdesk.web.guards import public, requires

# Two forms of one page ask for the same: the names of one have this before them.
RENEW = "renew-"


def _address() -> str:
    return (request.remote_addr or "")[:64]


def _pending(session: Session) -> tuple[Person, str] | None:
    """Return who gave the password a moment ago and where they wanted to go; or None."""
    kept = cookie.get(PENDING)
    if not isinstance(kept, list) or len(kept) != 4:
        return None
    person_id, mark, until, wanted = kept
    person = session.get(Person, person_id)
    if person is None or not person.is_active or service.password_mark(person) != mark:
        return None
    return (person, wanted) if clock.now().timestamp() <= until else None


@blueprint.get("/sign-in/code")
@public
def show_code_form() -> ResponseReturnValue:
    """Ask for the code of the phone."""
    if _pending(db.session()) is None:
        return redirect(url_for("accounts.show_sign_in"))
    return render_template("accounts/sign_in_code.html", form=CodeForm(formdata=None))


@blueprint.post("/sign-in/code")
@public
def sign_in_with_code() -> ResponseReturnValue:
    """Open the session with the code."""
    form, now = CodeForm(), clock.now()
    if not form.validate_on_submit():
        return render_template("accounts/sign_in_code.html", form=form, has_errors=True), 422
    with transaction() as session:
        pending = _pending(session)
        if pending is None:
            flash(_("That took too long. Give the password once more."), "warning")
            return redirect(url_for("accounts.show_sign_in"))
        person, wanted = pending
        refusal, token = _open(session, person, form.code.data or "")
    if refusal is not None:
        page = render_template("accounts/sign_in_code.html", form=form, refusal=translate(refusal))
        return page, refusal.status
    start_cookie()
    cookie[TOKEN] = token
    return redirect(destination(person, wanted, now))


def _open(session: Session, person: Person, code: str) -> tuple[DomainError | None, str]:
    now = clock.now()
    try:
        refusal = second_factor.check(
            session, person, code, settings().key_ring(), address=_address(), now=now
        )
    except SignInThrottled as throttled:
        return throttled, ""
    if refusal is not None:
        return refusal, ""
    return None, service.open_session(
        session,
        person,
        address=_address(),
        user_agent=request.user_agent.string,
        hours=settings().session_hours,
        now=now,
    )


@blueprint.get("/account/second-factor")
@requires(Permission.SEE_OWN_ACCOUNT)
def show_second_factor() -> ResponseReturnValue:
    """Show how one's second factor stands."""
    return _page()


@blueprint.post("/account/second-factor/begin")
@requires(Permission.SEE_OWN_ACCOUNT)
def begin_second_factor() -> ResponseReturnValue:
    """Make the secret, and show it as QR code."""
    form = BeginForm()

    def act(session: Session, person: Person) -> DomainError | None:
        wrong = _password_refusal(session, person, form.password.data or "")
        if wrong is None:
            second_factor.begin(session, person, settings().key_ring(), now=clock.now())
        return wrong

    refused = _carry_out(form, act)
    return refused or redirect(url_for("accounts.show_second_factor"))


@blueprint.post("/account/second-factor/confirm")
@requires(Permission.SEE_OWN_ACCOUNT)
def confirm_second_factor() -> ResponseReturnValue:
    """Turn the factor on with a first code, and show the recovery codes this once."""
    form, codes = CodeForm(), list[str]()

    def act(session: Session, person: Person) -> DomainError | None:
        outcome = second_factor.confirm(
            session,
            person,
            form.code.data or "",
            settings().key_ring(),
            address=_address(),
            now=clock.now(),
        )
        if isinstance(outcome, DomainError):
            return outcome
        codes.extend(outcome)
        return None

    return _carry_out(form, act) or render_template("accounts/recovery_codes.html", codes=codes)


@blueprint.post("/account/second-factor/recovery-codes")
@requires(Permission.SEE_OWN_ACCOUNT)
def renew_recovery_codes() -> ResponseReturnValue:
    """Replace the recovery codes and show the new ones this once."""
    form, codes = ProvenForm(prefix=RENEW), list[str]()

    def act(session: Session, person: Person) -> DomainError | None:
        wrong = _proof_refusal(session, person, form)
        if wrong is None:
            codes.extend(second_factor.renew_recovery_codes(session, person, now=clock.now()))
        return wrong

    return _carry_out(form, act) or render_template("accounts/recovery_codes.html", codes=codes)


@blueprint.post("/account/second-factor/off")
@requires(Permission.SEE_OWN_ACCOUNT)
def turn_second_factor_off() -> ResponseReturnValue:
    """Ask for no code any more."""
    form = ProvenForm()

    def act(session: Session, person: Person) -> DomainError | None:
        wrong = _proof_refusal(session, person, form)
        if wrong is None:
            second_factor.turn_off(session, person, by=person, now=clock.now())
        return wrong

    refused = _carry_out(form, act)
    if refused is None:
        flash(_("Your account asks for the password only."), "success")
    return refused or redirect(url_for("accounts.show_second_factor"))


@blueprint.post("/people/<int:person_id>/second-factor/off")
@requires(Permission.MANAGE_PEOPLE)
def turn_second_factor_of_person_off(person_id: int) -> ResponseReturnValue:
    """Take the factor off an account whose phone and recovery codes are lost; the person is told."""
    with transaction() as session:
        person = queries.get_person(session, person_id)
        second_factor.turn_off(session, person, by=signed_in().person, now=clock.now())
    flash(_("The account asks for the password only. The person is told by e-mail."), "success")
    return redirect(url_for("accounts.show_person", person_id=person_id))


def _password_refusal(session: Session, person: Person, password: str) -> PasswordWrong | None:
    return service.confirm_password(session, person, password, address=_address(), now=clock.now())


def _proof_refusal(session: Session, person: Person, form: ProvenForm) -> DomainError | None:
    wrong = _password_refusal(session, person, form.password.data or "")
    return wrong or second_factor.check(
        session,
        person,
        form.code.data or "",
        settings().key_ring(),
        address=_address(),
        now=clock.now(),
    )


def _carry_out(
    form: PageForm, act: Callable[[Session, Person], DomainError | None]
) -> ResponseReturnValue | None:
    """Do the act if the form is in order; return the page with the refusal, or None when it is done."""
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        with transaction() as session:
            refusal = act(session, signed_in().person)
    except DomainError as raised:
        refusal = raised
    if refusal is None:
        return None
    if isinstance(refusal, PasswordWrong):
        form["password"].errors = [_("This is not your present password.")]
    else:
        show_refusal(form, refusal)
    return _page(form), refusal.status


def _page(form: PageForm | None = None) -> str:
    person, session = signed_in().person, db.session()
    enrolment = second_factor.find_enrolment(session, person, settings().key_ring())
    return render_template(
        "accounts/second_factor.html",
        is_on=second_factor.is_on(session, person.id),
        codes_left=second_factor.count_recovery_codes(session, person.id),
        secret=_in_groups(enrolment.secret) if enrolment else "",
        qr=_qr(enrolment.address) if enrolment else "",
        begin_form=form if isinstance(form, BeginForm) else BeginForm(formdata=None),
        code_form=form if isinstance(form, CodeForm) else CodeForm(formdata=None),
        off_form=_shown(form, ""),
        renew_form=_shown(form, RENEW),
        shown_form=form,
        has_errors=form is not None,
    )


def _shown(form: PageForm | None, prefix: str) -> PageForm:
    """Return the form that was sent, if it is this one of the page's two, else a fresh one."""
    is_this = isinstance(form, ProvenForm) and form._prefix == prefix
    return form if is_this and form is not None else ProvenForm(formdata=None, prefix=prefix)


def _in_groups(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _qr(address: str) -> Markup:
    code = segno.make(address, error="m", micro=False)
    # segno writes numbers and our own class only.
    return Markup(  # noqa: S704
        code.svg_inline(border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True)
    )
