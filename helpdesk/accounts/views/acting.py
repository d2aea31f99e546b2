"""Acting officers: who acts for whom, entered by decree; offices that nobody holds today."""

from __future__ import annotations

from datetime import date, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from helpdesk import clock
from helpdesk.accounts import acting, queries, standing
from helpdesk.accounts.acting_forms import ActingForm, WithdrawForm
from helpdesk.accounts.models import AUDITOR, ActingAppointment, Person
from helpdesk.accounts.rules import ActingKind, Scope
from helpdesk.accounts.views._blueprint import blueprint
from helpdesk.accounts.views.catalogue import office_codes, parts_of, superiors_of
from helpdesk.database import db, transaction
from helpdesk.errors import DomainError, Forbidden
from helpdesk.permissions import Permission
from helpdesk.web.current import settings, signed_in
from helpdesk.web.forms import show_refusal
from helpdesk.web.guards import requires
from helpdesk.web.jinja import role_title


def _today() -> date:
    return clock.now().astimezone(settings().zone).date()


def _may_appoint(role: str) -> bool:
    return acting.may_appoint(signed_in().person, role, superiors=superiors_of(role), today=_today())


@blueprint.get("/people/acting")
@requires(Permission.APPOINT_ACTING)
def list_acting() -> ResponseReturnValue:
    """Show every office with who stands in it, and the acting appointments."""
    show_all = request.args.get("all") == "1"
    now = clock.now()
    rows = standing.list_acting(db.session(), since=None if show_all else _today())
    offices = [
        (role, standing.list_officials(db.session(), role, now, settings().zone), _may_appoint(role))
        for role in office_codes()
    ]
    return render_template(
        "accounts/acting.html",
        offices=offices,
        rows=[(row, _state_of(row, now), _may_withdraw(row, now)) for row in rows],
        show_all=show_all,
    )


def _state_of(row: ActingAppointment, now: datetime) -> str:
    if row.withdrawn_at is not None:
        return "withdrawn"
    if row.is_in_force(now):
        return "in_force"
    return "over" if row.ends_before <= now else "to_come"


def _may_withdraw(row: ActingAppointment, now: datetime) -> bool:
    return row.withdrawn_at is None and now < row.ends_before and _may_appoint(row.role)


@blueprint.get("/people/acting/new/<role>")
@requires(Permission.APPOINT_ACTING)
def show_acting_form(role: str) -> ResponseReturnValue:
    """Show the form for a decree about the office; the holder's place is chosen where there is one."""
    _ensure_office(role)
    holders = _holders(role)
    form = _form(role, fresh=True)
    form.starts_on.data = _today()
    form.kind.data = (ActingKind.PLH if holders else ActingKind.PLT).value
    form.for_person_id.data = holders[0].id if len(holders) == 1 else None
    return render_template("accounts/acting_new.html", form=form, role=role, holders=holders)


@blueprint.post("/people/acting/new/<role>")
@requires(Permission.APPOINT_ACTING)
def appoint_acting(role: str) -> ResponseReturnValue:
    """Let somebody act in the office."""
    _ensure_office(role)
    form = _form(role)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                made = acting.appoint_acting(
                    session,
                    queries.get_person(session, form.person_id.data or 0),
                    _order(role, form),
                    superiors=superiors_of(role),
                    by=signed_in().person,
                    zone=settings().zone,
                    now=clock.now(),
                )
                sentence = _(
                    "%(name)s acts as %(office)s.",
                    name=made.person.name,
                    office=f"{ActingKind(made.kind).form} {role_title(role)}",
                )
            flash(sentence, "success")
            return redirect(url_for("accounts.list_acting"))
        except DomainError as refusal:
            if refusal.status == Forbidden.status:
                raise
            form = _form(role)
            form.validate()
            show_refusal(form, refusal)
    page = render_template(
        "accounts/acting_new.html", form=form, role=role, holders=_holders(role), has_errors=True
    )
    return page, 422


def _order(role: str, form: ActingForm) -> acting.ActingOrder:
    chosen = form.limited_to.data or []
    place = queries.get_person(db.session(), form.for_person_id.data) if form.for_person_id.data else None
    return acting.ActingOrder(
        role=role,
        kind=ActingKind(form.kind.data),
        decree_number=form.decree_number.data or "",
        decree_date=form.decree_date.data,
        starts_on=form.starts_on.data or _today(),
        ends_on=form.ends_on.data or _today(),
        for_person=place,
        scope=Scope(
            procedures=frozenset(one for one in chosen if "#" not in one),
            steps=frozenset(one for one in chosen if "#" in one),
            includes_secret=bool(form.includes_secret.data),
        ),
    )


@blueprint.get("/people/acting/<int:acting_id>/withdraw")
@requires(Permission.APPOINT_ACTING)
def show_withdraw_form(acting_id: int) -> ResponseReturnValue:
    """Ask why an acting appointment is to end before its time."""
    return _withdraw_page(queries.get_acting(db.session(), acting_id), WithdrawForm(formdata=None))


@blueprint.post("/people/acting/<int:acting_id>/withdraw")
@requires(Permission.APPOINT_ACTING)
def withdraw_acting(acting_id: int) -> ResponseReturnValue:
    """End an acting appointment now."""
    form = WithdrawForm()
    if not form.validate_on_submit():
        return _withdraw_page(queries.get_acting(db.session(), acting_id), form), 422
    with transaction() as session:
        row = queries.get_acting(session, acting_id)
        acting.withdraw_acting(
            session,
            row,
            reason=form.reason.data or "",
            superiors=superiors_of(row.role),
            by=signed_in().person,
            zone=settings().zone,
            now=clock.now(),
        )
    flash(_("The acting appointment is withdrawn. What was done by it stays valid."), "success")
    return redirect(url_for("accounts.list_acting"))


def _withdraw_page(row: ActingAppointment, form: WithdrawForm) -> str:
    if not _may_appoint(row.role):
        raise Forbidden
    return render_template("accounts/acting_withdraw.html", row=row, form=form, has_errors=bool(form.errors))


def _ensure_office(role: str) -> None:
    if role not in office_codes():
        abort(404)
    if not _may_appoint(role):
        raise Forbidden


def _holders(role: str) -> list[Person]:
    return list(queries.list_people_in_role(db.session(), role, _today()))


def _form(role: str, *, fresh: bool = False) -> ActingForm:
    today, holders = _today(), _holders(role)
    people = [
        (person.id, _name_with_roles(person, today))
        for person in queries.list_people(db.session())
        if person.is_active
        and person not in holders
        and person.id != signed_in().person.id
        # An auditor takes no part in what is audited.
        and AUDITOR not in queries.roles_of(person, today)
    ]
    places = [(person.id, person.name) for person in holders]
    choices = {"people": people, "holders": places, "parts": parts_of(role)}
    return ActingForm(formdata=None, **choices) if fresh else ActingForm(**choices)


def _name_with_roles(person: Person, today: date) -> str:
    titles = ", ".join(role_title(role) for role in sorted(queries.roles_of(person, today)))
    return f"{person.name} ({titles})" if titles else person.name
