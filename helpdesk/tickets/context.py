"""The office and the viewer of the running request."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.calendars.rules import WorkingCalendar
from helpdesk.calendars.service import office_calendar
from helpdesk.numbering.rules import Numbering
from helpdesk.permissions import Standing, standing_of
from helpdesk.sop.catalogue import Catalogue
from helpdesk.tickets.office import Office
from helpdesk.tickets.rules import Viewer
from helpdesk.web.current import signed_in


def catalogue() -> Catalogue:
    """Return the procedures in force."""
    return cast(Catalogue, current_app.extensions["catalogue"])


def current_office(session: Session) -> Office:
    """Return the office with the calendar as it stands now."""
    return office_of(current_app, session)


def office_of(app: Flask, session: Session) -> Office:
    """Return the office of an application, also outside of a request."""
    base = cast(WorkingCalendar, app.extensions["calendar"])
    procedures = cast(Catalogue, app.extensions["catalogue"])
    zone, numbering = app.extensions["settings"].zone, cast(Numbering, app.extensions["numbering"])
    return Office(procedures, office_calendar(session, base), zone, numbering)


def current_viewer(office: Office) -> Viewer:
    """Return who looks: a head and an auditor see every ticket, also who acts for the head without limit."""
    me = signed_in()
    whole = frozenset(one.role for one in me.offices if one.scope.is_whole)
    sees_all = any(
        standing_of(role) is Standing.AUDITOR
        or (standing_of(role) is Standing.OFFICIAL and office.is_head(role))
        for role in whole
    )
    acting = tuple(one for one in me.offices if one.is_acting)
    return Viewer(me.person.id, whole, sees_all, acting, office.day_of(clock.now()))
