from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine, delete, event, select
from sqlalchemy.orm import Session

from helpdesk.devices import grouping
from helpdesk.devices.models import Device
from helpdesk.documents.health import queries
from helpdesk.documents.health.errors import HealthReportRefused
from helpdesk.documents.health.figures import gather_figures
from helpdesk.documents.health.models import HealthReport
from helpdesk.documents.health.rules import period_of
from helpdesk.documents.health.service import ReportDesk, Scope
from helpdesk.documents.models import Document
from helpdesk.evidence.models import Snapshot
from helpdesk.evidence.series.models import SeriesPoint
from helpdesk.evidence.series.rules import DEVICE, Metric
from helpdesk.evidence.series.service import add_values
from helpdesk.intake.service import discard_abandoned_files
from helpdesk.notifications.models import OutboxMessage
from helpdesk.schedules import service as schedules
from helpdesk.schedules.rules import Rhythm
from helpdesk.tickets.models import EvidenceItem, Ticket, TicketDevice
from tests.factories.health import make_facts, make_port, moments, silent_facts, store_facts
from tests.factories.health_desk import (
    BEGIN,
    END,
    MONDAY,
    WEEK,
    ask_for_report,
    fill,
    make_now,
    plan_due,
    plan_weekly,
    text_of,
)
from tests.factories.network import make_device, make_site
from tests.factories.people import make_person
from tests.factories.tickets import make_ticket


def _forget_series(session: Session) -> None:
    """Leave what an office has whose snapshots are older than its series."""
    session.execute(delete(SeriesPoint))


@pytest.mark.parametrize("has_series", [True, False])
def test_the_figures_are_honest_rates_and_the_first_port_is_the_busiest(
    session: Session, has_series: bool
) -> None:
    device = make_device(session)
    fill(session, device)
    if not has_series:
        _forget_series(session)
    (figures,) = gather_figures(session, [device], BEGIN, END, Rhythm.WEEKLY)
    (port,) = figures.busiest
    assert (port.name, port.alias) == ("Gi1/0/1", "Ke distribusi")
    assert port.in_bps == pytest.approx(8e6)
    assert port.out_bps == pytest.approx(8e4)
    assert port.load_percent == pytest.approx(0.8)
    # Readings every six hours are drawn in steps of eight; without series from one snapshot to the next.
    assert len(figures.traffic) == (21 if has_series else 27)
    assert figures.faulty == ()
    assert figures.changes == ()
    assert figures.observed.availability == 100


@pytest.mark.parametrize("has_series", [True, False])
def test_a_counter_that_was_reset_gives_no_rate_and_no_errors(session: Session, has_series: bool) -> None:
    device = make_device(session)
    for number, at in enumerate(moments(BEGIN, BEGIN + timedelta(hours=24), timedelta(hours=6))):
        octets, errors = (10**9, 5 * 10**6) if number < 2 else (10**6, 0)
        # The device starts anew between the second and the third reading.
        facts = make_facts(
            at, since=BEGIN if number < 2 else at - timedelta(hours=1), uptime=0 if number >= 2 else 9e6
        )
        port = make_port(1, octets=(octets * (number + 1), 0), in_errors=errors)
        store_facts(session, device, replace(facts, interfaces=(port,)))
    if not has_series:
        _forget_series(session)
    (figures,) = gather_figures(session, [device], BEGIN, END, Rhythm.WEEKLY)
    assert len(figures.observed.restarts) >= 1
    assert all(into is None or into >= 0 for _, into, _ in figures.traffic)
    assert figures.traffic[1][1] is None
    assert figures.faulty == ()


def test_errors_and_changes_of_the_period_are_told_with_their_port(session: Session) -> None:
    device = make_device(session)
    for number, at in enumerate(moments(BEGIN, BEGIN + timedelta(hours=24), timedelta(hours=6))):
        ports = (
            make_port(1, octets=(0, 0), in_errors=100 * number, out_discards=10 * number),
            make_port(2, octets=(0, 0), oper_status="up" if number < 2 else "down"),
        )
        store_facts(session, device, replace(make_facts(at, since=BEGIN), interfaces=ports))
    (figures,) = gather_figures(session, [device], BEGIN, END, Rhythm.WEEKLY)
    (port,) = figures.faulty
    assert (port.name, round(port.errors), round(port.discards)) == ("Gi1/0/1", 300, 30)
    (change,) = figures.changes
    assert (change.object, change.what, change.before, change.after) == (
        "Gi1/0/2",
        "oper_status",
        "up",
        "down",
    )


def test_a_snapshot_that_was_tampered_with_is_counted_and_gives_no_figure(session: Session) -> None:
    device = make_device(session)
    fill(session, device)
    broken = session.scalars(select(Snapshot).order_by(Snapshot.id).offset(3)).first()
    assert broken is not None
    broken.content = b"elsewhere"
    session.flush()
    (figures,) = gather_figures(session, [device], BEGIN, END, Rhythm.WEEKLY)
    assert figures.broken_evidence == 1
    # What was measured when it came is no less true; what is compared now lacks a stretch.
    assert len(figures.traffic) == 21
    _forget_series(session)
    (figures,) = gather_figures(session, [device], BEGIN, END, Rhythm.WEEKLY)
    assert len(figures.traffic) == 26


def test_many_readings_are_no_more_opened_snapshots_and_no_more_statements(
    session: Session, engine: Engine
) -> None:
    device = make_device(session)
    fill(session, device, step=timedelta(minutes=30))
    session.commit()
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    gather_figures(session, [session.get_one(Device, device.id)], BEGIN, END, Rhythm.WEEKLY)
    event.remove(engine, "before_cursor_execute", note)
    opening = [parameters for statement, parameters in seen if "snapshots.content" in statement]
    # The readings, and the few earlier ones that they are kept beside.
    assert len(opening) == 2
    assert len(opening[0]) <= 29
    assert len(seen) <= 13


def test_the_graphs_show_every_reading_and_not_only_the_snapshots_that_are_opened(session: Session) -> None:
    device = make_device(session)
    fill(session, device, step=timedelta(hours=1))
    burst = BEGIN + timedelta(hours=50, minutes=20)
    values: dict[tuple[str, Metric], float | None] = {
        ("Gi1/0/1", Metric.IN_BPS): 9e8,
        (DEVICE, Metric.PROCESSOR_PERCENT): 99.0,
    }
    add_values(session, device.id, burst, values)
    (figures,) = gather_figures(session, [device], BEGIN, END, Rhythm.WEEKLY)
    assert figures.busiest[0].peak_bps == 9e8
    assert figures.observed.courses["processor_percent"].peak == 99.0
    step = figures.observed.courses["processor_percent"].step
    place = int((burst - BEGIN) / (END - BEGIN) / step)
    rates = [into for _share, into, _out in figures.traffic if into is not None]
    assert figures.traffic[place][1] == max(rates) > 1e8


def test_a_gap_of_the_series_is_a_gap_of_the_paper(session: Session) -> None:
    device = make_device(session)
    for at in moments(BEGIN, BEGIN + timedelta(hours=60), timedelta(hours=1)):
        store_facts(session, device, make_facts(at, since=BEGIN))
    (figures,) = gather_figures(session, [device], BEGIN, END, Rhythm.WEEKLY)
    later = [into for share, into, _out in figures.traffic if share > 62 / 168]
    assert later
    assert set(later) == {None}


def test_a_report_is_a_tagged_archive_paper_that_tells_its_week(session: Session, desk: ReportDesk) -> None:
    site = make_site(session, name="Gedung <Uji> #1")
    device, silent = (
        make_device(session, site=site, name="sw-inti"),
        make_device(session, site=site, name="rtr"),
    )
    make_device(session, site=site, name="ups")
    fill(session, device)
    store_facts(session, silent, silent_facts(BEGIN))
    session.commit()
    report_id = ask_for_report(session, desk, Scope(site_id=site.id))
    assert make_now(session, desk, report_id)
    words = text_of(session, report_id)
    for expected in (
        "LAPORAN KESEHATAN MINGGUAN",
        "16–22 November 2026",
        "Lokasi Gedung <Uji> #1",
        "23 November 2026 pukul 06.00 WIB",
        "sw-inti",
        "Ke distribusi",
        "8 Mb/s",
        "Tidak menjawab satu pun dari 1 pembacaan.",
        "Tidak dibaca sama sekali pada periode ini.",
        "50%",
    ):
        assert expected in words, expected
    report = queries.get_report(session, report_id)
    assert report.file is not None
    root = PdfReader(io.BytesIO(report.file.content)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfaid" in root["/Metadata"].get_object().get_data()


@pytest.mark.parametrize(
    ("rhythm", "words"),
    [
        (Rhythm.DAILY, "LAPORAN KESEHATAN HARIAN Rabu, 18 November 2026"),
        (Rhythm.MONTHLY, "LAPORAN KESEHATAN BULANAN Oktober 2026"),
    ],
)
def test_a_day_and_a_month_are_told_by_their_names(
    session: Session, desk: ReportDesk, rhythm: Rhythm, words: str
) -> None:
    device = make_device(session)
    fill(session, device)
    period = period_of(rhythm, date(2026, 11 if rhythm is Rhythm.DAILY else 10, 18))
    report_id = ask_for_report(session, desk, Scope(site_id=device.site_id), period=period)
    make_now(session, desk, report_id)
    assert words in text_of(session, report_id)


def test_an_office_that_speaks_english_gets_its_report_in_english(session: Session, desk: ReportDesk) -> None:
    device = make_device(session)
    fill(session, device)
    session.commit()
    report_id = ask_for_report(session, replace(desk, language="en"), Scope(site_id=device.site_id))
    make_now(session, desk, report_id)
    words = text_of(session, report_id)
    assert "WEEKLY HEALTH REPORT" in words
    assert "41.5 °C" in words
    assert "Ketersediaan" not in words


def test_a_period_that_is_not_over_is_refused(session: Session, desk: ReportDesk) -> None:
    with pytest.raises(HealthReportRefused):
        ask_for_report(session, desk, Scope(), period=period_of(Rhythm.WEEKLY, date(2026, 11, 23)))


def test_the_schedule_asks_for_the_week_before_once_and_waits_for_the_next(
    session: Session, desk: ReportDesk
) -> None:
    schedule = plan_weekly(session, now=BEGIN + timedelta(hours=12))
    assert plan_due(session, desk, BEGIN + timedelta(days=1)) == 0, "nothing before the schedule was made"
    assert schedule.next_due_at == MONDAY
    assert plan_due(session, desk, MONDAY - timedelta(seconds=1)) == 0
    assert plan_due(session, desk, MONDAY) == 1
    assert plan_due(session, desk, MONDAY + timedelta(seconds=30)) == 0
    report = session.scalars(select(HealthReport)).one()
    assert (report.first_day, report.last_day) == (WEEK.first, WEEK.last)
    assert schedule.next_due_at == MONDAY + timedelta(days=7)


def test_a_scheduler_that_comes_back_late_makes_the_latest_report_and_no_backlog(
    session: Session, desk: ReportDesk
) -> None:
    plan_weekly(session, now=BEGIN)
    plan_due(session, desk, BEGIN + timedelta(hours=1))
    assert plan_due(session, desk, MONDAY + timedelta(days=16)) == 1
    report = session.scalars(select(HealthReport)).one()
    assert report.first_day == date(2026, 11, 30)


def test_a_paused_schedule_asks_for_nothing(session: Session, desk: ReportDesk) -> None:
    schedule = plan_weekly(session, now=BEGIN)
    schedules.pause_schedule(session, schedule, now=BEGIN, by=make_person(session))
    assert plan_due(session, desk, MONDAY) == 0


def _about(session: Session, device: Device, *, received: datetime, **fields: Any) -> Ticket:
    ticket = make_ticket(session, now=received, **fields)
    ticket.device_links.append(TicketDevice(device_id=device.id, added_at=received))
    session.flush()
    return ticket


def test_the_tickets_of_the_period_about_its_devices_get_the_paper_once(
    session: Session, desk: ReportDesk
) -> None:
    device, elsewhere = make_device(session), make_device(session)
    snapshot = store_facts(session, device, make_facts(BEGIN, since=BEGIN))
    named = _about(session, device, received=BEGIN + timedelta(days=1))
    by_evidence = make_ticket(session, now=BEGIN - timedelta(days=30))
    by_evidence.evidence.append(
        EvidenceItem(
            kind="snapshot",
            title="sw",
            note="",
            snapshot_id=snapshot.id,
            sha256=snapshot.sha256,
            added_at=BEGIN,
        )
    )
    ended = _about(session, device, received=BEGIN - timedelta(days=9))
    ended.status, ended.closed_at = "closed", BEGIN - timedelta(days=2)
    within = _about(session, device, received=BEGIN - timedelta(days=9))
    within.status, within.closed_at = "closed", BEGIN + timedelta(days=2)
    later = _about(session, device, received=END + timedelta(hours=1))
    cancelled = _about(session, device, received=BEGIN)
    cancelled.status = "cancelled"
    other = _about(session, elsewhere, received=BEGIN + timedelta(days=1))
    session.commit()
    report_id = ask_for_report(session, desk, Scope(site_id=device.site_id))
    make_now(session, desk, report_id)
    papers = session.scalars(select(Document).where(Document.kind == "health_report")).all()
    assert sorted(paper.ticket_id for paper in papers) == sorted([named.id, by_evidence.id, within.id])
    assert {later.id, cancelled.id, other.id, ended.id}.isdisjoint(paper.ticket_id for paper in papers)
    session.expire_all()
    assert {paper.file_id for paper in papers} == {queries.get_report(session, report_id).file_id}


def test_nothing_of_a_secret_ticket_stands_in_the_report(session: Session, desk: ReportDesk) -> None:
    device = make_device(session)
    fill(session, device)
    ticket = _about(session, device, received=BEGIN, subject="Operasi Senyap", description="jangan dibuka")
    ticket.sensitivity = "rahasia"
    session.commit()
    report_id = ask_for_report(session, desk, Scope())
    make_now(session, desk, report_id)
    words = text_of(session, report_id)
    assert "Senyap" not in words
    assert ticket.number not in words
    assert session.scalars(select(Document.ticket_id)).all() == [ticket.id]


def test_the_people_of_the_schedule_are_told_in_their_language_with_a_link_and_no_file(
    session: Session, desk: ReportDesk
) -> None:
    device = make_device(session)
    people = [
        make_person(session, email="kabag@instansi.example", language="id"),
        make_person(session, email="head@instansi.example", language="en"),
        make_person(session, email="pergi@instansi.example", is_active=False),
    ]
    plan_weekly(session, *people, now=BEGIN, site_id=device.site_id)
    assert plan_due(session, desk, MONDAY) == 1
    report_id = session.scalars(select(HealthReport.id)).one()
    session.rollback()
    make_now(session, desk, report_id)
    letters = {one.recipient: one for one in session.scalars(select(OutboxMessage))}
    assert set(letters) == {"kabag@instansi.example", "head@instansi.example"}
    assert letters["kabag@instansi.example"].subject.startswith("[Disposisi] Laporan Kesehatan Mingguan")
    assert letters["head@instansi.example"].subject.startswith("[Disposisi] Weekly Health Report")
    assert all(f"/health-reports/{report_id}" in letter.body for letter in letters.values())
    report = queries.get_report(session, report_id)
    assert {letter.file_id for letter in letters.values()} == {report.file_id}, "kept once, sent to both"
    assert {letter.file_name for letter in letters.values()} == {f"{report.title}.pdf"}
    assert "The report is attached." in letters["head@instansi.example"].body


def test_a_report_greater_than_the_office_sends_is_told_of_by_its_link_alone(
    session: Session, desk: ReportDesk
) -> None:
    person = make_person(session, email="kabag@instansi.example")
    plan_weekly(session, person, now=BEGIN)
    make_now(session, replace(desk, mail_max_bytes=1000), ask_for_report(session, desk, Scope()))
    letter = session.scalars(select(OutboxMessage)).one()
    assert (letter.file_id, letter.file_name) == (None, None)
    assert f"To read it, sign in to Disposisi:\n\n  {desk.base_url}/health-reports/" in letter.body
    assert "attached" not in letter.body


def test_a_group_has_its_own_report_and_stays_while_there_is_one(session: Session, desk: ReportDesk) -> None:
    inside, outside = make_device(session, name="sw-dalam"), make_device(session, name="sw-luar")
    group = grouping.add_group(session, name="Inti", device_ids=[inside.id], now=BEGIN)
    session.commit()
    report_id = ask_for_report(session, desk, Scope(group_id=group.id))
    make_now(session, desk, report_id)
    words = text_of(session, report_id)
    assert "Kelompok Inti" in words
    assert inside.name in words
    assert outside.name not in words


def test_a_report_without_a_ticket_is_no_abandoned_file(session: Session, desk: ReportDesk) -> None:
    report_id = ask_for_report(session, desk, Scope())
    make_now(session, desk, report_id)
    assert discard_abandoned_files(session, now=MONDAY + timedelta(days=400)) == 0
    assert "Tidak ada perangkat aktif dalam cakupan ini." in text_of(session, report_id)
