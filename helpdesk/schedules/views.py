"""Pages of schedules: when devices are read and reports are made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.accounts import queries as accounts_queries
from helpdesk.calendars.rules import WorkingCalendar
from helpdesk.calendars.service import office_calendar
from helpdesk.database import db, transaction
from helpdesk.devices import grouping
from helpdesk.devices import queries as device_queries
from helpdesk.errors import NotFound
from helpdesk.permissions import Permission
from helpdesk.schedules import queries, service
from helpdesk.schedules.errors import ScheduleRefused
from helpdesk.schedules.forms import SCHEDULE_FORMS, ReportScheduleForm, ScheduleForm
from helpdesk.schedules.models import Schedule
from helpdesk.schedules.presentation import (
    KIND_TITLES,
    RESULT_SOURCES,
    LastResult,
    scope_words,
    timing_words,
)
from helpdesk.schedules.rules import Kind, Rhythm, next_slots
from helpdesk.web.current import settings, signed_in
from helpdesk.web.forms import show_refusal
from helpdesk.web.guards import requires

blueprint = Blueprint("schedules", __name__)

SLOTS_SHOWN = 2


@dataclass(frozen=True)
class ScheduleRow:
    """A schedule as the list shows it."""

    schedule: Schedule
    scope: str
    kind: str
    timing: str
    next_times: list[datetime]
    # How many devices a schedule of snapshots governs; None for a report.
    devices: int | None
    result: LastResult | None


@blueprint.get("/schedules")
@requires(Permission.SEE_DEVICES)
def list_schedules() -> str:
    """Show all schedules with their next times and what they last yielded."""
    session = db.session()
    return render_template(
        "schedules/list.html",
        rows=_rows(session),
        default_minutes=settings().snapshot_minutes,
        sites_with_minutes=[
            site for site in device_queries.list_sites(session) if site.snapshot_minutes is not None
        ],
    )


@blueprint.get("/schedules/new/<kind>")
@requires(Permission.MANAGE_DEVICES)
def show_schedule_form(kind: str) -> str:
    """Show an empty form of the kind."""
    form = _form(db.session(), kind)
    if form.rhythm.data is None:
        form.rhythm.data = form.RHYTHMS[0].value
    return _render(form, None)


@blueprint.post("/schedules/new/<kind>")
@requires(Permission.MANAGE_DEVICES)
def add_schedule(kind: str) -> str | Response:
    """Add a schedule."""
    form = _form(db.session(), kind)
    if not form.validate_on_submit():
        return _render(form, None)
    try:
        with transaction() as session:
            service.add_schedule(session, form.given(), now=clock.now(), by=signed_in().person)
    except ScheduleRefused as refusal:
        show_refusal(form, refusal)
        return _render(form, None)
    flash(_("The schedule is added."), "success")
    return redirect(url_for("schedules.list_schedules"))


@blueprint.get("/schedules/<int:schedule_id>/edit")
@requires(Permission.MANAGE_DEVICES)
def edit_schedule(schedule_id: int) -> str:
    """Show the form with what is stored."""
    schedule = queries.get_schedule(db.session(), schedule_id)
    form = _form(db.session(), schedule.kind)
    form.fill(schedule)
    return _render(form, schedule)


@blueprint.post("/schedules/<int:schedule_id>/edit")
@requires(Permission.MANAGE_DEVICES)
def change_schedule(schedule_id: int) -> str | Response:
    """Change a schedule."""
    schedule = queries.get_schedule(db.session(), schedule_id)
    form = _form(db.session(), schedule.kind)
    if not form.validate_on_submit():
        return _render(form, schedule)
    try:
        with transaction() as session:
            schedule = queries.get_schedule(session, schedule_id)
            service.change_schedule(session, schedule, form.given(), now=clock.now(), by=signed_in().person)
    except ScheduleRefused as refusal:
        show_refusal(form, refusal)
        return _render(form, queries.get_schedule(db.session(), schedule_id))
    flash(_("The schedule is changed."), "success")
    return redirect(url_for("schedules.list_schedules"))


@blueprint.post("/schedules/<int:schedule_id>/pause")
@requires(Permission.MANAGE_DEVICES)
def pause_schedule(schedule_id: int) -> Response:
    """Let a schedule rest."""
    with transaction() as session:
        schedule = queries.get_schedule(session, schedule_id)
        service.pause_schedule(session, schedule, now=clock.now(), by=signed_in().person)
    flash(_("The schedule is paused."), "success")
    return redirect(url_for("schedules.list_schedules"))


@blueprint.post("/schedules/<int:schedule_id>/resume")
@requires(Permission.MANAGE_DEVICES)
def resume_schedule(schedule_id: int) -> Response:
    """Let a schedule hold again."""
    with transaction() as session:
        schedule = queries.get_schedule(session, schedule_id)
        service.resume_schedule(session, schedule, now=clock.now(), by=signed_in().person)
    flash(_("The schedule holds again."), "success")
    return redirect(url_for("schedules.list_schedules"))


@blueprint.post("/schedules/<int:schedule_id>/delete")
@requires(Permission.MANAGE_DEVICES)
def delete_schedule(schedule_id: int) -> Response:
    """Delete a schedule; what it had taken and made stays."""
    with transaction() as session:
        schedule = queries.get_schedule(session, schedule_id)
        service.delete_schedule(session, schedule, now=clock.now(), by=signed_in().person)
    flash(_("The schedule is deleted. What it had taken and made stays."), "success")
    return redirect(url_for("schedules.list_schedules"))


def _rows(session: Session) -> list[ScheduleRow]:
    schedules = queries.list_schedules(session)
    governed = queries.governed_devices(session, settings().snapshot_minutes)
    results: dict[int, LastResult] = {}
    for kind, source in RESULT_SOURCES.items():
        results |= source(session, [one for one in schedules if one.kind == kind], governed)
    calendar = office_calendar(session, _base_calendar())
    return [_row(session, one, governed, results, calendar) for one in schedules]


def _row(
    session: Session,
    schedule: Schedule,
    governed: dict[int, list[int]],
    results: dict[int, LastResult],
    calendar: WorkingCalendar,
) -> ScheduleRow:
    is_snapshot = schedule.kind == Kind.SNAPSHOT.value
    devices = governed.get(schedule.id, [])
    if not schedule.is_enabled:
        times = []
    elif is_snapshot and schedule.rhythm == Rhythm.INTERVAL.value:
        # Every device has its own place in the interval: the next of them is what comes next.
        found = queries.next_due_of(session, devices)
        times = [found] if found is not None else []
    else:
        times = next_slots(schedule.timing, 0, clock.now(), calendar, SLOTS_SHOWN)
    return ScheduleRow(
        schedule=schedule,
        scope=scope_words(schedule),
        kind=str(KIND_TITLES[Kind(schedule.kind)]),
        timing=timing_words(schedule.timing),
        next_times=times,
        devices=len(devices) if is_snapshot else None,
        result=results.get(schedule.id),
    )


def _base_calendar() -> WorkingCalendar:
    found: WorkingCalendar = current_app.extensions["calendar"]
    return found


def _form(session: Session, kind: str) -> ScheduleForm:
    if kind not in SCHEDULE_FORMS:
        raise NotFound
    form = SCHEDULE_FORMS[kind]()
    form.offer(device_queries.list_sites(session), grouping.list_groups(session))
    if isinstance(form, ReportScheduleForm):
        form.offer_people(accounts_queries.list_people_with_mail(session))
    return form


def _render(form: ScheduleForm, schedule: Schedule | None) -> str:
    return render_template("schedules/form.html", form=form, schedule=schedule, kind=form.KIND.value)
