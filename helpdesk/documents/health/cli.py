"""`helpdesk health-report`: make the report of a past period now, without waiting for the scheduler."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from sqlalchemy.orm import Session, sessionmaker

from config import load_settings
from helpdesk import clock, schema
from helpdesk.database import make_engine, transaction
from helpdesk.devices.errors import GroupNotFound, SiteNotFound
from helpdesk.devices.grouping import find_group_by_name
from helpdesk.devices.queries import find_site_by_code
from helpdesk.documents.health import queries, service
from helpdesk.documents.health.desk import report_desk
from helpdesk.documents.health.errors import HealthReportFailed, HealthReportRefused
from helpdesk.documents.health.rules import Period, period_between
from helpdesk.documents.health.service import Scope
from helpdesk.events import ORIGIN
from helpdesk.evidence.service import owner_name
from helpdesk.notifications import service as notifications_service


def read_period(text: str) -> Period:
    """Return the period of `2026-11-23..2026-11-29`, or refuse it."""
    first, _, last = text.partition("..")
    try:
        found = period_between(date.fromisoformat(first), date.fromisoformat(last or first))
    except ValueError:
        found = None
    if found is None:
        reason = "Write a day, a week from Monday to Sunday or a whole month, as 2026-11-23..2026-11-29."
        raise HealthReportRefused(field="period", reason=reason)
    return found


@click.command()
@click.option("--site", help="The code of the site; without it and without a group, all devices.")
@click.option("--group", help="The name of the device group.")
@click.option("--period", required=True, help="The days, as 2026-11-23..2026-11-29.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the PDF there too.")
def health_report(site: str | None, group: str | None, period: str, output: Path | None) -> None:
    """Make the health report of a past day, week or month."""
    settings = load_settings()
    schema.ensure_current(settings)
    notifications_service.listen_to_events(settings)
    engine, desk = make_engine(settings.database_url), report_desk(settings)
    sessions = sessionmaker(engine, info={ORIGIN: "command line"})
    try:
        wanted = read_period(period)
        with sessions() as session, transaction(session):
            scope = _scope(session, site, group)
            report_id = service.request_report(session, scope, wanted, desk, now=clock.now()).id
        service.make_report(sessions, report_id, desk, owner_name("command"), now=clock.now)
        with sessions() as session:
            report = queries.get_report(session, report_id)
            if report.file is None:
                raise HealthReportFailed(reason="somebody else is making it")
            if output is not None:
                output.write_bytes(report.file.content)
            click.echo(f"{report.title}: {report.file.size_bytes} bytes, SHA-256 {report.file.sha256}")
    finally:
        engine.dispose()


def _scope(session: Session, site: str | None, group: str | None) -> Scope:
    if group is not None:
        found = find_group_by_name(session, group)
        if found is None:
            raise GroupNotFound
        return Scope(group_id=found.id)
    if site is None:
        return Scope()
    known = find_site_by_code(session, site)
    if known is None:
        raise SiteNotFound
    return Scope(site_id=known.id)
