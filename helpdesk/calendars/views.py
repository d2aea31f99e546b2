"""The calendar page: the week, a year's holidays, the office's own days, a question about a deadline."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from babel.dates import get_day_names
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts.queries import list_people
from helpdesk.calendars import overview, queries, service
from helpdesk.calendars.confirmed import ListedDay, list_to_confirm, suggested_days, unheard_of
from helpdesk.calendars.forms import DayForm, DeadlineForm, HolidaysForm
from helpdesk.calendars.rules import DayKind, ExceptionKind, WorkingCalendar, due_at
from helpdesk.calendars.warnings import Unconfirmed, unconfirmed_years
from helpdesk.database import db, transaction
from helpdesk.errors import DomainError, NotFound
from helpdesk.permissions import Permission
from helpdesk.web.current import settings, signed_in
from helpdesk.web.forms import show_refusal
from helpdesk.web.guards import requires

blueprint = Blueprint("calendars", __name__)

FIRST_YEAR, LAST_YEAR = 2000, 2100


def _base() -> WorkingCalendar:
    return cast(WorkingCalendar, current_app.extensions["calendar"])


def _today() -> date:
    return clock.now().astimezone(settings().zone).date()


@blueprint.app_context_processor
def _warnings() -> dict[str, Any]:
    """Let any page warn whoever keeps the calendar; only the pages that ask cost a look."""
    return {"unconfirmed_holidays": _unconfirmed_holidays}


def _unconfirmed_holidays() -> list[Unconfirmed]:
    if not current_user.may(Permission.MANAGE_CALENDAR):
        return []
    return unconfirmed_years(queries.list_confirmed_years(db.session()), _today())


@blueprint.get("/calendar")
@requires(Permission.MANAGE_CALENDAR)
def show_calendar() -> ResponseReturnValue:
    """Show the calendar of a year; with start and minutes in the address, answer when it is due."""
    question = DeadlineForm(request.args if "start" in request.args else None)
    return _page(question=question)


@blueprint.post("/calendar/days")
@requires(Permission.MANAGE_CALENDAR)
def add_day() -> ResponseReturnValue:
    """Enter days of the office's own."""
    form = DayForm()
    if form.validate_on_submit() and form.starts_on.data:
        try:
            with transaction() as session:
                service.add_day(
                    session,
                    _base(),
                    kind=ExceptionKind(form.kind.data),
                    starts_on=form.starts_on.data,
                    ends_on=form.ends_on.data or form.starts_on.data,
                    name=form.name.data or "",
                    hours=form.week_change(_base().week),
                    by=signed_in().person,
                    now=clock.now(),
                )
                moved = _moved_by_last_change(session)
            flash(_("The calendar is changed.") + " " + _moved_words(moved), "success")
            return redirect(url_for("calendars.show_calendar", year=form.starts_on.data.year) + "#own-days")
        except DomainError as refusal:
            show_refusal(form, refusal)
    return _page(day_form=form), 422


@blueprint.post("/calendar/days/<int:day_id>/withdraw")
@requires(Permission.MANAGE_CALENDAR)
def withdraw_day(day_id: int) -> ResponseReturnValue:
    """Take an entry out of force; it stays on record."""
    with transaction() as session:
        day = queries.get_day(session, day_id)
        service.withdraw_day(session, _base(), day, by=signed_in().person, now=clock.now())
        year, moved = day.starts_on.year, _moved_by_last_change(session)
    flash(_("The entry is withdrawn. It stays on record.") + " " + _moved_words(moved), "success")
    return redirect(url_for("calendars.show_calendar", year=year) + "#own-days")


@blueprint.get("/calendar/holidays/<int:year>")
@requires(Permission.MANAGE_CALENDAR)
def show_holidays(year: int) -> str:
    """Show the list of a year to be confirmed."""
    return _holidays_page(_listed_year(year), HolidaysForm(formdata=None))


@blueprint.post("/calendar/holidays/<int:year>")
@requires(Permission.MANAGE_CALENDAR)
def confirm_holidays(year: int) -> ResponseReturnValue:
    """Take the office's word on the list of a year."""
    form = HolidaysForm()
    form.year = _listed_year(year)
    form.kept.choices = [(day.on.isoformat(), day.name) for day in _days_to_confirm(year)]
    if form.validate():
        with transaction() as session:
            service.confirm_holidays(
                session,
                _base(),
                year,
                kept=form.kept_days(),
                added=[(day.on, day.name, DayKind(form.added_kind.data)) for day in form.pasted()],
                by=signed_in().person,
                now=clock.now(),
            )
            moved = _moved_by_last_change(session)
        flash(_("The list of %(year)s is confirmed.", year=year) + " " + _moved_words(moved), "success")
        return redirect(url_for("calendars.show_calendar", year=year) + "#holidays")
    return _holidays_page(year, form), 422


def _listed_year(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound
    return year


def _days_to_confirm(year: int) -> list[ListedDay]:
    former = queries.find_confirmation(db.session(), year)
    return list_to_confirm(
        suggested_days(_base().holidays, year), service.listed_days(former) if former else ()
    )


def _holidays_page(year: int, form: HolidaysForm) -> str:
    days = _days_to_confirm(year)
    is_sent = form.kept.raw_data is not None or form.is_submitted()
    ticked = set(form.kept.data or []) if is_sent else {day.on.isoformat() for day in days if day.is_kept}
    return render_template(
        "calendars/holidays.html",
        year=year,
        form=form,
        days=[(day, day.on.isoformat() in ticked) for day in days],
        confirmation=queries.find_confirmation(db.session(), year),
        day_names=_day_names(),
        has_errors=bool(form.errors),
    )


def _moved_by_last_change(session: Session) -> int:
    """Return how many deadlines the change of this transaction has moved."""
    last = queries.list_changes(session, limit=1)
    return queries.count_moved(session, last[0].id).get(last[0].id, 0) if last else 0


def _moved_words(moved: int) -> str:
    if not moved:
        return str(_("No deadline of an open step has moved."))
    return str(ngettext("%(num)d deadline has moved.", "%(num)d deadlines have moved.", moved))


def _journal(session: Session) -> list[dict[str, Any]]:
    events = queries.list_changes(session)
    moved = queries.count_moved(session, events[-1].id) if events else {}
    return [{"event": event, "moved": moved.get(event.id, 0)} for event in events]


def _page(*, day_form: DayForm | None = None, question: DeadlineForm | None = None) -> str:
    session, today = db.session(), _today()
    year = _year(today)
    calendar = service.office_calendar(session, _base())
    question = question or DeadlineForm(formdata=None)
    names = {person.id: person.name for person in list_people(session)}
    return render_template(
        "calendars/calendar.html",
        calendar=calendar,
        year=year,
        years=range(today.year - 1, today.year + 3),
        day_names=_day_names(),
        weekly_minutes=overview.weekly_minutes(calendar),
        national_days=overview.national_days(calendar, year),
        years_without_joint_leave=[
            each for each in (today.year, today.year + 1) if overview.is_joint_leave_missing(calendar, each)
        ],
        own_days=[
            (service.as_exception(day), day, names.get(day.created_by_id or 0, ""))
            for day in queries.list_days_of_year(session, year)
        ],
        day_form=day_form or DayForm(formdata=None),
        confirmation=queries.find_confirmation(session, year),
        unheard_of=_unheard_of(year),
        unconfirmed=unconfirmed_years(queries.list_confirmed_years(session), today),
        national_years={each: bool(calendar.holidays.in_year(each)) for each in (today.year, today.year + 1)},
        journal=_journal(session),
        names=names,
        question=question,
        due=_answer(calendar, question),
        has_errors=bool(day_form or question.errors),
    )


def _unheard_of(year: int) -> list[ListedDay]:
    """Return what the library suggests for a confirmed year that the office has not seen."""
    former = queries.find_confirmation(db.session(), year)
    if former is None:
        return []
    return unheard_of(suggested_days(_base().holidays, year), service.listed_days(former))


def _year(today: date) -> int:
    year = request.args.get("year", default=today.year, type=int)
    return year if FIRST_YEAR <= year <= LAST_YEAR else today.year


def _answer(calendar: WorkingCalendar, question: DeadlineForm) -> datetime | None:
    """Return the due moment that was asked for, or None where nothing sensible was asked."""
    if not question.is_asked or not question.validate():
        return None
    start = cast(datetime, question.start.data).replace(tzinfo=settings().zone)
    try:
        return due_at(calendar, start, question.minutes.data or 0)
    except DomainError as refusal:
        show_refusal(question, refusal)
        return None


def _day_names() -> list[str]:
    names = get_day_names("wide", locale=get_locale())
    return [str(names[weekday]) for weekday in range(7)]
