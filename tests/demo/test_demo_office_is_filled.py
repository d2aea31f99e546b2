"""The demo office goes through the use cases, in the order in which it happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import build_settings
from helpdesk import schema
from helpdesk.accounts import queries as account_queries
from helpdesk.accounts import service as account_service
from helpdesk.calendars.catalogue import default_calendar
from helpdesk.calendars.rules import working_minutes_between
from helpdesk.database import make_engine, transaction
from helpdesk.demo import office, ports, preparing
from helpdesk.demo.filling import fill
from helpdesk.demo.people import PASSWORD, PEOPLE
from helpdesk.demo.stories import list_stories
from helpdesk.demo.walk import moment_before
from helpdesk.devices import grouping
from helpdesk.devices import queries as device_queries
from helpdesk.devices.models import Device
from helpdesk.documents.health.models import HealthReport
from helpdesk.documents.models import Document
from helpdesk.events import Event
from helpdesk.notifications.models import OutboxMessage
from helpdesk.schedules import queries as schedule_queries
from helpdesk.sop import queries as sop_queries
from helpdesk.sop.catalogue import load_catalogue
from helpdesk.sop.errors import ProcedureFileInvalid
from helpdesk.tickets.models import Ticket
from network.lab import inventory

# A Monday morning in the office, and a night of a weekend: the demo must look sensible on both.
MOMENTS = (datetime(2026, 11, 23, 3, 0, tzinfo=UTC), datetime(2026, 11, 21, 18, 30, tzinfo=UTC))


@pytest.fixture(scope="module", params=MOMENTS, ids=["working", "weekend"])
def filled(request, tmp_path_factory):
    settings = build_settings(data_directory=tmp_path_factory.mktemp("demo"), testing=True)
    schema.upgrade(settings)
    engine = make_engine(settings.database_url)
    # Without the lab: its agents have tests of their own, and ports are scarce where tests run in parallel.
    assert fill(engine, settings, [], now=request.param)
    with Session(engine) as session:
        yield session, settings, request.param
    engine.dispose()


def test_every_role_of_the_procedure_has_somebody_who_can_sign_in(filled):
    session, _settings, now = filled
    for role in (role for one in load_catalogue().list_procedures() for role in one.roles):
        assert account_queries.list_people_in_role(session, role.code, now.date())
    for one in PEOPLE:
        person = account_queries.find_person_by_username(session, one.username)
        assert account_service.is_password_of(person, PASSWORD)


def test_tickets_stand_at_every_step_and_at_the_end(filled):
    session, _settings, _now = filled
    tickets = session.scalars(select(Ticket)).all()
    current = [sop_queries.find_current(ticket.run) for ticket in tickets]
    assert {step.step_number for step in current if step is not None} == {1, 2, 3, 4, 5, 6, 7}
    assert {ticket.status for ticket in tickets} == {"open", "closed", "cancelled"}
    assert len(tickets) == len(list_stories())


def test_some_work_is_late_and_some_was_returned(filled):
    session, _settings, now = filled
    steps = [step for ticket in session.scalars(select(Ticket)) for step in ticket.run.steps]
    assert any(step.state == "current" and step.due_at < now for step in steps)
    assert any(step.state == "current" and step.due_at > now for step in steps)
    assert any(step.return_reason for step in steps)


def test_nothing_happens_after_now_and_numbers_follow_the_time(filled):
    session, _settings, now = filled
    tickets = session.scalars(select(Ticket).order_by(Ticket.received_at)).all()
    assert [ticket.sequence for ticket in tickets] == list(range(1, len(tickets) + 1))
    assert all(step.opened_at <= now for ticket in tickets for step in ticket.run.steps)


def test_each_closed_ticket_has_its_signed_paper(filled):
    session, _settings, _now = filled
    closed = session.scalars(select(Ticket.id).where(Ticket.status == "closed")).all()
    signed = (Document.kind == "report") | ((Document.kind == "paper") & Document.number.is_not(None))
    reports = session.scalars(select(Document.ticket_id).where(signed)).all()
    assert sorted(closed) == sorted(reports)
    assert closed


def test_the_mail_of_the_past_is_not_sent_again(filled):
    session, _settings, _now = filled
    waiting = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.sent_at.is_(None))
    assert session.scalar(waiting) == 0


def test_an_office_with_people_in_it_is_left_alone(filled):
    session, settings, now = filled
    before = session.scalar(select(func.count()).select_from(Ticket))
    engine = session.get_bind()
    session.rollback()
    assert not fill(engine, settings, [], now=now + timedelta(days=1))
    assert session.scalar(select(func.count()).select_from(Ticket)) == before


@pytest.mark.parametrize("now", MOMENTS)
@pytest.mark.parametrize("minutes", [1, 60, 449, 450, 2350])
def test_a_moment_of_the_past_lies_exactly_so_many_working_minutes_back(now, minutes):
    calendar = default_calendar()
    began = moment_before(calendar, now, minutes)
    assert working_minutes_between(calendar, began, now) == minutes


def test_a_demo_network_whose_ports_are_taken_moves_with_its_devices(tmp_path, monkeypatch, capsys):
    settings = build_settings(data_directory=tmp_path, testing=True)
    schema.upgrade(settings)
    engine = make_engine(settings.database_url)
    before, after = (inventory(port, port - 4000, state_folder=tmp_path / "lab") for port in (16100, 16200))
    now = MOMENTS[0]
    with Session(engine) as session, transaction(session):
        people = office.add_people(session, since=now.date(), now=now)
        office.add_network(session, before, ring=settings.key_ring(), by=people[office.ADMIN], now=now)
        pointed_elsewhere = device_queries.find_device_by_name(session, before[0].name)
        pointed_elsewhere.snmp_port = 161
    ports.keep_lab_ports(tmp_path / "lab" / "ports.json", ports.LabPorts(16100, 12100))
    monkeypatch.setattr(preparing, "load_settings", lambda: settings)
    monkeypatch.setattr(ports, "is_range_free", lambda chosen: chosen.snmp == 16200)
    monkeypatch.setattr(ports, "other_lab_ports", lambda: ports.LabPorts(16200, 12200))
    preparing.prepare.main([], standalone_mode=False)
    assert "16200" in capsys.readouterr().out
    assert ports.lab_ports(tmp_path / "lab" / "ports.json") == ports.LabPorts(16200, 12200)
    with Session(engine) as session:
        found = {
            each.name: (each.snmp_port, each.ssh_port, each.ssh_host_key)
            for each in session.scalars(select(Device))
        }
    engine.dispose()
    assert found[before[0].name][0] == 161
    expected = {each.name: (each.snmp_port, each.ssh_port or 22, each.host_key_sha256) for each in after[1:]}
    assert {name: found[name] for name in expected} == expected


def test_a_bad_procedure_file_stops_the_demo_before_anything_is_started(tmp_path, monkeypatch):
    folder = tmp_path / "procedures" / "OT.1"
    folder.mkdir(parents=True)
    (folder / "v1.yaml").write_text("version: first\n", "utf-8")
    settings = build_settings(data_directory=tmp_path, procedures_directory=folder.parent, testing=True)
    monkeypatch.setattr(preparing, "load_settings", lambda: settings)
    with pytest.raises(ProcedureFileInvalid, match=r"OT\.1/v1\.yaml:1: "):
        preparing.prepare.main([], standalone_mode=False)
    assert not list(tmp_path.glob("*.sqlite3"))


def test_an_acting_officer_and_a_certificate_that_ran_out_are_to_be_seen(filled):
    session = filled[0]
    acted = session.scalars(select(Event).where(Event.kind == "step_completed")).all()
    (by_another,) = [event for event in acted if event.acting is not None]
    assert by_another.acting is not None
    assert by_another.acting["kind"] == "Plh."
    assert by_another.acting["for_person"].startswith("Ratna")
    lacking = session.scalars(select(Event).where(Event.kind == "assignee_unqualified")).all()
    assert lacking
    assert {tuple(event.data["codes"]) for event in lacking} == {("helpdesk_system",)}


def test_the_demo_has_a_group_with_its_schedules_and_the_report_of_yesterday(filled):
    session, settings, now = filled
    (group,) = grouping.list_groups(session)
    kept = {(one.kind, one.group_id) for one in schedule_queries.list_schedules(session)}
    assert kept == {("snapshot", group.id), ("health_report", group.id)}
    report = session.scalars(select(HealthReport)).one()
    assert report.state == "done"
    assert report.file.content.startswith(b"%PDF")
    assert report.last_day == now.astimezone(settings.zone).date() - timedelta(days=1)
