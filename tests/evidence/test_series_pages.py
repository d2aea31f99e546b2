"""The pages and files of the series: what a person sees of a port, and what a spreadsheet may not reckon."""

from __future__ import annotations

import csv
import dataclasses
import io
import random
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.devices.models import Device
from helpdesk.evidence import service as evidence
from helpdesk.evidence.series import service
from helpdesk.evidence.series.courses import list_ports
from helpdesk.evidence.series.csv_files import as_text
from helpdesk.evidence.series.models import Series
from helpdesk.evidence.series.rules import DEVICE, Metric
from tests.factories.network import make_device
from tests.factories.people import Office
from tests.factories.readings import switch_facts

PORT = "GigabitEthernet1/0/1"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def reader(client: FlaskClient, sign_in: Any, office: Office) -> FlaskClient:
    """Return the auditor's browser."""
    sign_in(client, office.auditor)
    return client


def _measure(session: Session, device: Device, name: str, now: datetime) -> int:
    """Let a port be read every five minutes for two hours, with an hour of silence in between."""
    for minutes in range(5, 120, 5):
        at = now - timedelta(minutes=minutes)
        known = None if 30 <= minutes < 90 else 1e6 * minutes
        values = {(name, Metric.IN_BPS): known, (name, Metric.OUT_BPS): known, (name, Metric.IN_ERRORS): 0.5}
        service.add_values(session, device.id, at, values)
    service.add_values(
        session, device.id, now - timedelta(minutes=7), {(DEVICE, Metric.PROCESSOR_PERCENT): 40.0}
    )
    session.commit()
    return list_ports(session, device.id)[name]


def test_the_page_of_a_port_shows_its_graphs_and_says_them_in_words(
    reader: FlaskClient, session: Session
) -> None:
    device = make_device(session)
    number = _measure(session, device, PORT, clock.now())
    page = reader.get(f"/devices/{device.id}/ports/{number}?period=6h", headers=ENGLISH).text
    assert page.count('role="img"') == 2  # traffic and errors; no speed and no discards are known
    assert re.search(r"Received: mean [\d.]+ Mb/s, 95th percentile 115 Mb/s, highest 115 Mb/s\.", page)
    assert "2 gaps without readings." in page  # before the first reading, and the hour of silence
    assert "0.5/s" in page
    # Strict CSP: everything that a picture looks like comes from the style sheet.
    assert not re.search(r"<(path|rect|svg|text|line|span|div)[^>]* style=", page)


def test_a_period_that_nobody_knows_is_the_last_day(reader: FlaskClient, session: Session) -> None:
    device = make_device(session)
    number = _measure(session, device, PORT, clock.now())
    for period in ("", "?period=forever", "?period=13mo", "?period=1h"):
        page = reader.get(f"/devices/{device.id}/ports/{number}{period}", headers=ENGLISH)
        assert (page.status_code, page.text.count('aria-current="true"') >= 1) == (200, True)
    assert 'period=24h#course" aria-current' in reader.get(f"/devices/{device.id}/ports/{number}").text


def test_a_port_belongs_to_its_device_and_the_series_of_a_device_is_no_port(
    reader: FlaskClient, session: Session
) -> None:
    device, other = make_device(session), make_device(session)
    number = _measure(session, device, PORT, clock.now())
    meter = session.scalars(select(Series.id).where(Series.name == DEVICE)).one()
    for address in (
        f"{other.id}/ports/{number}",
        f"{other.id}/ports/{number}.csv",
        f"{device.id}/ports/999999",
        f"{device.id}/ports/{meter}",
    ):
        assert reader.get(f"/devices/{address}").status_code == 404


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_file_holds_every_bucket_with_its_unit_and_a_gap_is_no_zero(
    reader: FlaskClient, session: Session
) -> None:
    device = make_device(session)
    number = _measure(session, device, PORT, clock.now())
    answer = reader.get(f"/devices/{device.id}/ports/{number}.csv?period=6h&resolution=raw")
    assert answer.mimetype == "text/csv"
    assert 'filename="' in answer.headers["Content-Disposition"]
    rows = _rows(answer.text)
    assert len(rows) == 23
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", rows[0]["time (UTC)"])
    assert [row["time (UTC)"] for row in rows] == sorted(row["time (UTC)"] for row in rows)
    means = [row["in mean (bit/s)"] for row in rows]
    assert (float(means[0]), means.count("")) == (115e6, 12)
    assert rows[0]["port"] == PORT
    hours = _rows(reader.get(f"/devices/{device.id}/ports/{number}.csv?period=6h&resolution=1h").text)
    assert {row["bucket (s)"] for row in hours} == {"3600"}
    assert max(float(row["in highest (bit/s)"] or 0) for row in hours) == 115e6
    own = _rows(reader.get(f"/devices/{device.id}/course.csv").text)
    assert [row["processor mean (%)"] for row in own] == ["40"]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_no_spreadsheet_reckons_what_a_device_calls_its_port(
    reader: FlaskClient, session: Session, name: str
) -> None:
    assert as_text(name) == f"'{name}"
    assert as_text(PORT) == PORT
    device = make_device(session)
    number = _measure(session, device, name, clock.now())
    row = _rows(reader.get(f"/devices/{device.id}/ports/{number}.csv").text)[0]
    assert row["port"].replace("\n", "\r") == f"'{name}"


def test_only_who_may_see_devices_sees_how_they_went(
    client: FlaskClient, session: Session, sign_in: Any, office: Office
) -> None:
    device = make_device(session)
    number = _measure(session, device, PORT, clock.now())
    for address in (f"ports/{number}", f"ports/{number}.csv", "course.csv"):
        assert client.get(f"/devices/{device.id}/{address}").status_code in (302, 401)


def test_a_switch_with_48_ports_and_their_small_graphs_stays_a_light_page(
    reader: FlaskClient, session: Session
) -> None:
    device, chance, now = make_device(session), random.Random(3), clock.now()
    facts = dataclasses.replace(switch_facts(48, chance), taken_at=now)
    run = evidence.request_snapshot(session, device, reason="manual", now=now)
    run.state = "done"
    evidence.store_snapshot(session, run, facts, now=now)
    for hour in range(1, 25):
        values = {
            (port.name, metric): chance.uniform(0, 1e9)
            for port in facts.interfaces
            for metric in (Metric.IN_BPS, Metric.OUT_BPS)
        }
        service.add_values(session, device.id, now - timedelta(hours=hour), values)
    session.commit()
    answer = reader.get(f"/devices/{device.id}", headers=ENGLISH)
    assert answer.text.count('class="spark"') == 48
    assert len(answer.data) < 100_000
    port = re.search(rf'href="(/devices/{device.id}/ports/\d+)">{PORT}<', answer.text)
    assert port is not None
    page = reader.get(port[1], headers=ENGLISH).text
    assert "Utilisation (percent of the speed)" in page


def test_a_device_that_was_never_measured_says_so(reader: FlaskClient, session: Session) -> None:
    device, now = make_device(session), clock.now()
    run = evidence.request_snapshot(session, device, reason="manual", now=now)
    run.state = "done"
    bare = dataclasses.replace(switch_facts(1, random.Random(1)), processors=(), memory=(), sensors=())
    evidence.store_snapshot(session, run, dataclasses.replace(bare, taken_at=now), now=now)
    session.commit()
    page = reader.get(f"/devices/{device.id}", headers=ENGLISH)
    assert "Nothing measured in this period" in page.text
    assert reader.get(f"/devices/{device.id}/course.csv").text.count("\n") == 1
