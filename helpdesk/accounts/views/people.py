"""The admin's list of people: their roles from when to when, and whether they may sign in."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from helpdesk import clock
from helpdesk.accounts import queries, second_factor, service
from helpdesk.accounts.acting_forms import QualificationForm
from helpdesk.accounts.errors import AdminMissing
from helpdesk.accounts.forms import AppointmentForm, EndForm, NewPersonForm, PersonForm
from helpdesk.accounts.models import Person
from helpdesk.accounts.rules import ActingKind, digest_of
from helpdesk.accounts.views._blueprint import blueprint
from helpdesk.accounts.views.catalogue import qualification_titles, vacant_offices
from helpdesk.database import db, transaction
from helpdesk.errors import DomainError, EditConflict
from helpdesk.permissions import Permission
from helpdesk.web.current import settings, signed_in
from helpdesk.web.forms import show_refusal
from helpdesk.web.guards import requires


def _today() -> date:
    return clock.now().astimezone(settings().zone).date()


@blueprint.get("/people")
@requires(Permission.MANAGE_PEOPLE)
def list_people() -> ResponseReturnValue:
    """Show who may sign in, and in which roles."""
    everybody = queries.list_people(db.session())
    active = [person for person in everybody if person.is_active]
    show_all = request.args.get("all") == "1"
    return render_template(
        "accounts/people.html",
        people=[
            (person, sorted(queries.roles_of(person, _today())))
            for person in (everybody if show_all else active)
        ],
        vacant=vacant_offices(clock.now()),
        show_all=show_all,
        count_active=len(active),
        count_all=len(everybody),
    )


@blueprint.get("/people/new")
@requires(Permission.MANAGE_PEOPLE)
def show_new_person() -> ResponseReturnValue:
    """Show the form for a new person."""
    form = NewPersonForm(formdata=None, starts_on=_today(), language=settings().default_language)
    return render_template("accounts/person_new.html", form=form)


@blueprint.post("/people/new")
@requires(Permission.MANAGE_PEOPLE)
def add_person() -> ResponseReturnValue:
    """Add a person, and show the first password this once."""
    form = NewPersonForm()
    if form.validate_on_submit():
        password = service.generate_password()
        try:
            with transaction() as session:
                person = service.add_person(
                    session,
                    username=form.username.data or "",
                    password=password,
                    roles=form.roles.data or [],
                    starts_on=form.starts_on.data or _today(),
                    now=clock.now(),
                    by=signed_in().person,
                    **_details_of(form),
                )
            return _show_password_once(person, password)
        except DomainError as refusal:
            show_refusal(form, refusal)
    return render_template("accounts/person_new.html", form=form, has_errors=True), 422


@blueprint.get("/people/<int:person_id>")
@requires(Permission.MANAGE_PEOPLE)
def show_person(person_id: int) -> ResponseReturnValue:
    """Show a person with every appointment."""
    return person_page(queries.get_person(db.session(), person_id))


@blueprint.get("/people/<int:person_id>/edit")
@requires(Permission.MANAGE_PEOPLE)
def show_person_form(person_id: int) -> ResponseReturnValue:
    """Show the form that corrects what is kept about a person."""
    person = queries.get_person(db.session(), person_id)
    form = PersonForm(formdata=None, obj=person, seen=digest_of(service.details_of(person)))
    return render_template("accounts/person_edit.html", form=form, person=person)


@blueprint.post("/people/<int:person_id>/edit")
@requires(Permission.MANAGE_PEOPLE)
def change_person(person_id: int) -> ResponseReturnValue:
    """Correct what is kept about a person."""
    form = PersonForm()
    if not form.validate_on_submit():
        person = queries.get_person(db.session(), person_id)
        page = render_template("accounts/person_edit.html", form=form, person=person, has_errors=True)
        return page, 422
    try:
        with transaction() as session:
            person = queries.get_person(session, person_id)
            service.change_person(
                session,
                person,
                by=signed_in().person,
                now=clock.now(),
                seen=form.seen.data or None,
                **_details_of(form),
            )
    except EditConflict as conflict:
        return _changed_meanwhile(person_id, form, conflict), conflict.status
    flash(_("The changes are kept."), "success")
    return redirect(url_for("accounts.show_person", person_id=person_id))


def _changed_meanwhile(person_id: int, form: PersonForm, conflict: EditConflict) -> str:
    """Show what was typed beside what is kept now; sent again, it counts."""
    person = queries.get_person(db.session(), person_id)
    now = service.details_of(person)
    typed = _details_of(form)
    form.seen.data = digest_of(now)
    show_refusal(form, conflict)
    return render_template(
        "accounts/person_edit.html",
        form=form,
        person=person,
        has_errors=True,
        differences=[
            (form[name].label.text, typed[name], now[name]) for name in now if typed[name] != now[name]
        ],
    )


@blueprint.post("/people/<int:person_id>/appointments")
@requires(Permission.MANAGE_PEOPLE)
def add_appointment(person_id: int) -> ResponseReturnValue:
    """Give the person a role from a date."""
    form = AppointmentForm()
    if form.validate_on_submit() and form.starts_on.data:
        try:
            with transaction() as session:
                service.appoint(
                    session,
                    queries.get_person(session, person_id),
                    form.role.data,
                    starts_on=form.starts_on.data,
                    ends_on=form.ends_on.data,
                    by=signed_in().person,
                    now=clock.now(),
                )
            flash(_("The appointment is kept."), "success")
            return redirect(url_for("accounts.show_person", person_id=person_id))
        except DomainError as refusal:
            show_refusal(form, refusal)
    return person_page(queries.get_person(db.session(), person_id), appointment_form=form), 422


@blueprint.get("/people/<int:person_id>/appointments/<int:appointment_id>/end")
@requires(Permission.MANAGE_PEOPLE)
def show_end_form(person_id: int, appointment_id: int) -> ResponseReturnValue:
    """Ask for the last day of an appointment."""
    return _end_page(person_id, appointment_id, EndForm(formdata=None, last_day=_today()))


@blueprint.post("/people/<int:person_id>/appointments/<int:appointment_id>/end")
@requires(Permission.MANAGE_PEOPLE)
def end_appointment(person_id: int, appointment_id: int) -> ResponseReturnValue:
    """End an appointment with a day."""
    form = EndForm()
    if form.validate_on_submit() and form.last_day.data:
        try:
            with transaction() as session:
                person = queries.get_person(session, person_id)
                service.end_appointment(
                    session,
                    queries.get_appointment(session, person, appointment_id),
                    last_day=form.last_day.data,
                    by=signed_in().person,
                    now=clock.now(),
                )
            flash(_("The appointment has its last day."), "success")
            return redirect(url_for("accounts.show_person", person_id=person_id))
        except AdminMissing as refusal:
            show_refusal(form, refusal)
    return _end_page(person_id, appointment_id, form), 422


@blueprint.post("/people/<int:person_id>/deactivate")
@requires(Permission.MANAGE_PEOPLE)
def deactivate_person(person_id: int) -> ResponseReturnValue:
    """Shut an account and end its sessions."""
    with transaction() as session:
        person = queries.get_person(session, person_id)
        service.deactivate_person(session, person, by=signed_in().person, today=_today(), now=clock.now())
    flash(_("The account is deactivated and signed out everywhere."), "success")
    return redirect(url_for("accounts.show_person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/reactivate")
@requires(Permission.MANAGE_PEOPLE)
def reactivate_person(person_id: int) -> ResponseReturnValue:
    """Open an account again."""
    with transaction() as session:
        person = queries.get_person(session, person_id)
        service.reactivate_person(session, person, by=signed_in().person, now=clock.now())
    flash(_("The account is active again. Reset the password if it may be known to others."), "success")
    return redirect(url_for("accounts.show_person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/reset-password")
@requires(Permission.MANAGE_PEOPLE)
def reset_password(person_id: int) -> ResponseReturnValue:
    """Replace the password by a generated one and show it this once."""
    password = service.generate_password()
    with transaction() as session:
        person = queries.get_person(session, person_id)
        service.set_password(session, person, password, by=signed_in().person, now=clock.now())
    return _show_password_once(person, password)


def _show_password_once(person: Person, password: str) -> str:
    """Show the password in the answer itself: it is kept nowhere, not even in a cookie."""
    return render_template("accounts/password_once.html", person=person, password=password)


def _end_page(person_id: int, appointment_id: int, form: EndForm) -> str:
    person = queries.get_person(db.session(), person_id)
    appointment = queries.get_appointment(db.session(), person, appointment_id)
    return render_template(
        "accounts/appointment_end.html",
        person=person,
        appointment=appointment,
        form=form,
        has_errors=bool(form.errors),
    )


def _details_of(form: PersonForm) -> dict[str, Any]:
    return {name: form[name].data for name in ("name", "nip", "rank", "email", "language")}


def person_page(
    person: Person,
    *,
    appointment_form: AppointmentForm | None = None,
    qualification_form: QualificationForm | None = None,
) -> str:
    """Draw the page of a person, with a form that was refused in place of a fresh one."""
    today = _today()
    titles = qualification_titles()
    appointments = sorted(person.appointments, key=lambda each: (each.starts_on, each.id), reverse=True)
    return render_template(
        "accounts/person.html",
        person=person,
        today=today,
        appointments=appointments,
        acting=[
            (row, ActingKind(row.kind).form, row.is_in_force(clock.now()))
            for row in reversed(person.acting_appointments)
        ],
        qualifications=[
            (row, titles.get(row.code, row.code), row.is_valid_on(today)) for row in person.qualifications
        ],
        missing=[
            title
            for code, title in titles.items()
            if not any(row.code == code and row.is_valid_on(today) for row in person.qualifications)
        ],
        sessions=queries.list_open_sessions(db.session(), person.id, clock.now()),
        appointment_form=appointment_form or AppointmentForm(formdata=None, starts_on=today),
        qualification_form=qualification_form
        or QualificationForm(formdata=None, offered=list(titles.items()), valid_from=today),
        is_self=person.id == signed_in().person.id,
        has_second_factor=second_factor.is_on(db.session(), person.id),
        has_errors=appointment_form is not None or qualification_form is not None,
    )
