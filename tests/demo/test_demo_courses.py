"""The month behind the demo's core: what its simulation tells, with the gap that a reader should see."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk.demo import courses
from helpdesk.evidence.series.courses import load_courses
from helpdesk.evidence.series.periods import figures_of
from helpdesk.evidence.series.rules import DEVICE, Metric, Resolution
from network.lab.definition import list_device_files
from tests.factories.network import make_device

BACKBONE = "Te1/0/1"


def test_the_core_of_the_demo_has_a_month_behind_it_with_a_gap(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A few days tell the same as a month.
    monkeypatch.setattr(courses, "SINCE", timedelta(days=10))
    file = list_device_files()[0]
    device = make_device(session, name=file.name)
    courses._add(session, device, file, now, now - courses.SINCE)
    port = next(port for port in file.all_ports() if port.name == BACKBONE)
    # Nothing finer than hours reaches back so far: the page of ten days draws hours.
    for days, resolution in ((1, Resolution.RAW), (10, Resolution.HOUR)):
        found = load_courses(session, device.id, BACKBONE, now - timedelta(days=days), now)
        assert found.resolution is resolution
        traffic = found.courses[Metric.IN_BPS].points
        said = figures_of(traffic)
        assert said is not None
        assert said.mean == pytest.approx(port.in_kbps * 1000, rel=0.02)
        begin, end = (now - each for each in courses.SILENT)
        # An hour may begin before the gap does.
        assert not [point for point in traffic if begin < point.at < end - timedelta(hours=1)]
    own = load_courses(session, device.id, DEVICE, now - timedelta(days=1), now)
    assert set(own.courses) == set(courses.METERS)
