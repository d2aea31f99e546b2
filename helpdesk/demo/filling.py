"""Filling an empty database with the demo office, in the order in which it all happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk.accounts import standing
from helpdesk.accounts.models import Person
from helpdesk.calendars.catalogue import calendar_of_office
from helpdesk.calendars.service import office_calendar
from helpdesk.database import transaction
from helpdesk.demo import office
from helpdesk.demo.configurations import configuration_acts
from helpdesk.demo.courses import course_acts
from helpdesk.demo.history import PastNetwork, past_network, take_scheduled
from helpdesk.demo.incident import incident_acts, with_trouble
from helpdesk.demo.keys import give_keys
from helpdesk.demo.schedules import schedule_acts
from helpdesk.demo.standing import add_qualifications
from helpdesk.demo.stories import list_stories
from helpdesk.demo.sweeps import add_sweep
from helpdesk.demo.traps import add_traps
from helpdesk.demo.walk import Act, Stage, Walk
from helpdesk.devices import reading
from helpdesk.devices.models import Device
from helpdesk.documents import listening as documents_listening
from helpdesk.documents.rules import LetterheadData
from helpdesk.documents.service import Stationery
from helpdesk.findings import service as findings_service
from helpdesk.notifications import service as notification_service
from helpdesk.notifications.models import OutboxMessage
from helpdesk.numbering.catalogue import load_numbering
from helpdesk.sop.catalogue import load_catalogue
from helpdesk.tickets import service as ticket_service
from helpdesk.tickets.automatic import service as automatic_service
from helpdesk.tickets.office import Office
from network.lab import LabDevice
from network.lab.definition import list_device_files

# The office has worked for about a year when the demo begins.
AGE = timedelta(days=400)
# Two looks at every device before today: enough for "what changed since".
LOOKS_BACK = (timedelta(hours=26), timedelta(hours=2))


def fill(engine: Engine, settings: HelpdeskSettings, devices: Sequence[LabDevice], *, now: datetime) -> bool:
    """Fill an empty database in one transaction; False where there is somebody in it already."""
    standing.listen_to_acts()
    rules = reading.load_rules(settings.health_rules_file)
    findings_service.listen_to_snapshots(rules)
    ticket_service.listen_to_events()
    notification_service.listen_to_events(settings)
    calendar = calendar_of_office(settings.calendar_file, settings.timezone)
    catalogue = load_catalogue(settings.procedures_directory)
    numbering = load_numbering(settings.numbering_file)

    def make_office(session: Session) -> Office:
        return Office(catalogue, office_calendar(session, calendar), settings.zone, numbering)

    automatic_service.listen_to_findings(rules, settings, make_office)
    documents_listening.listen_to_events(settings, make_office)
    with Session(engine) as session, transaction(session):
        if not office.is_empty(session):
            return False
        _fill(session, settings, rules, list(devices), now)
        return True


def _fill(
    session: Session,
    settings: HelpdeskSettings,
    rules: reading.RuleBook,
    devices: list[LabDevice],
    now: datetime,
) -> None:
    ring, since = settings.key_ring(), now - AGE
    calendar = office_calendar(session, calendar_of_office(settings.calendar_file, settings.timezone))
    numbering = load_numbering(settings.numbering_file)
    here = Office(load_catalogue(settings.procedures_directory), calendar, settings.zone, numbering)
    people = office.add_people(session, since=since.astimezone(settings.zone).date(), now=since)
    give_keys(session, settings, people.values(), now=since)
    admin = people[office.ADMIN]
    add_qualifications(
        session,
        people,
        here.catalogue.list_procedures(),
        by=admin,
        since=here.day_of(since),
        today=here.day_of(now),
        now=since,
    )
    years = sorted({here.year_of(since), here.year_of(now)})
    programme = office.add_work_programme(session, years, by=admin, now=since)
    registered = office.add_network(session, devices, ring=ring, by=admin, now=since)
    add_sweep(session, registered, by=admin, now=since)
    add_traps(session, registered, now=now)
    head, past_files = settings.letterhead, with_trouble(list_device_files(), now)
    with ExitStack() as stack:
        network = stack.enter_context(past_network(devices, ring, past_files)) if devices else None
        stage = Stage(
            session=session,
            office=here,
            procedure=here.catalogue.get_procedure(settings.procedure_number),
            stationery=Stationery(
                LetterheadData(
                    agency=head.agency, unit=head.unit, address=head.address, contact=head.contact
                ),
                head.city,
            ),
            prefix=settings.ticket_prefix,
            people=people,
            programme=programme,
            devices=registered,
            network=network,
            now=now,
        )
        acts = [*_all_acts(stage, settings, admin), *incident_acts(stage, settings, rules)]
        for act in sorted(acts, key=lambda act: act.at):
            act.do(act.at)
    _count_as_sent(session)


def _all_acts(stage: Stage, settings: HelpdeskSettings, admin: Person) -> list[Act]:
    acts = [act for number, story in enumerate(list_stories()) for act in Walk(stage, story, number).acts()]
    acts += _scheduled(stage.session, stage.network, stage.devices, stage.now)
    acts += schedule_acts(stage, settings, admin)
    acts += configuration_acts(stage.devices, stage.now)
    return [*acts, *course_acts(stage)]


def _scheduled(
    session: Session, network: PastNetwork | None, devices: Mapping[str, Device], now: datetime
) -> Iterator[Act]:
    if network is None:
        return
    for back in LOOKS_BACK:
        for number, device in enumerate(devices.values()):
            # Some seconds apart, as the schedule spreads them.
            at = (now - back + timedelta(seconds=7 * number)).astimezone(UTC)
            yield Act(at, partial(_look, session, network, device))


def _look(session: Session, network: PastNetwork, device: Device, at: datetime) -> None:
    take_scheduled(session, network, device, at)


def _count_as_sent(session: Session) -> None:
    """The mail of the past has long arrived: the scheduler must not send it today."""
    session.flush()
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.sent_at.is_(None))
        .values(sent_at=OutboxMessage.created_at, next_try_at=None, attempts=1)
    )
