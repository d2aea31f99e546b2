"""Graphs of the series: what is drawn is what was measured, a gap stays a gap, and the figures are right."""

from __future__ import annotations

import re
import statistics
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.evidence.series.drawing import Canvas, band_path, line_path, unknown_spans
from helpdesk.evidence.series.graphs import PORT_GRAPHS, draw
from helpdesk.evidence.series.periods import (
    Course,
    Courses,
    Period,
    figures_of,
    marks_of_time,
    thin,
)
from helpdesk.evidence.series.rules import KEPT, Metric, Point, Resolution
from tests.factories.moments import MORNING

JAKARTA = ZoneInfo("Asia/Jakarta")
VALUES = st.lists(st.none() | st.floats(0, 1e11), min_size=1, max_size=60)
CANVAS = Canvas(1000, 200, 1e11, digits=1)


def points(values: list[float | None], *, every: timedelta = timedelta(minutes=5)) -> list[Point]:
    """Return a bucket for each value."""
    return [
        Point(MORNING + place * every, value, value, value, 0 if value is None else 1)
        for place, value in enumerate(values)
    ]


def courses(values: list[float | None], hours: int = 1) -> Courses:
    """Return the traffic of an hour from the morning on."""
    course = Course(Metric.IN_BPS, tuple(points(values)))
    end = MORNING + timedelta(hours=hours)
    return Courses(MORNING, end, Resolution.FIVE_MINUTES, {Metric.IN_BPS: course})


@given(VALUES)
def test_every_known_value_is_drawn_once_and_no_line_crosses_a_gap(values: list[float | None]) -> None:
    path = line_path([(place / 60, value) for place, value in enumerate(values)], CANVAS)
    drawn = re.findall(r"[ML]([0-9.]+) ([0-9.]+)", path)
    known = [place for place, value in enumerate(values) if value is not None]
    assert [float(x) for x, _y in drawn] == [pytest.approx(1000 * place / 60, abs=0.06) for place in known]
    stretches = sum(place == 0 or values[place - 1] is None for place in known)
    assert path.count("M") == stretches


@given(VALUES)
def test_what_is_not_drawn_is_told_as_unknown(values: list[float | None]) -> None:
    placed = [(place / 60, value) for place, value in enumerate(values)]
    spans = unknown_spans(placed, slack=1 / 60)
    for share, value in placed:
        assert any(left < share < right for left, right in spans) <= (value is None)
    for (before, was), (after, now) in pairwise(placed):
        if was is None and now is None:
            assert any(left <= before and after <= right for left, right in spans) or before == 0


def test_a_value_alone_between_two_gaps_is_a_dot_and_has_no_area() -> None:
    assert line_path([(0.0, None), (0.5, 5e10), (1.0, None)], CANVAS) == "M500.0 100.0h0"
    assert band_path([(0.0, 0.0, 1e11), (0.5, None, None), (1.0, 0.0, 1.0)], CANVAS) == ""
    assert band_path([(0.0, 0.0, 1e11), (1.0, 0.0, 5e10)], CANVAS) == (
        "M0.0 0.0L1000.0 100.0L1000.0 200.0L0.0 200.0Z"
    )


@given(st.lists(st.tuples(st.floats(0, 1e9), st.integers(1, 12)), min_size=1, max_size=50))
def test_the_figures_agree_with_those_of_the_values_themselves(readings: list[tuple[float, int]]) -> None:
    of_course = [
        Point(MORNING + timedelta(minutes=place), value, value, value + 1, count)
        for place, (value, count) in enumerate(readings)
    ]
    said = figures_of(of_course)
    assert said is not None
    every = [value for value, count in readings for _each in range(count)]
    assert said.mean == pytest.approx(statistics.fmean(every))
    assert said.peak == max(value for value, _count in readings) + 1
    assert said.latest == readings[-1][0]
    means = [value for value, _count in readings]
    # At least 95 of 100 buckets are not above it, and it is the smallest that this is true of.
    assert sum(value <= said.percentile for value in means) >= 0.95 * len(means)
    assert sum(value < said.percentile for value in means) < 0.95 * len(means)


def test_nothing_known_has_no_figures_and_no_graph() -> None:
    assert figures_of(points([None, None])) is None
    assert draw(PORT_GRAPHS[0], courses([None, None])) is None


@given(st.lists(st.none() | st.floats(0, 1e9), min_size=1, max_size=300), st.integers(5, 40))
def test_thinning_keeps_the_lowest_the_highest_and_the_mean(values: list[float | None], most: int) -> None:
    full = points(values)
    end = MORNING + len(values) * timedelta(minutes=5)
    few = thin(full, MORNING, end, most)
    assert len(few) <= max(most, 1)
    before, after = figures_of(full), figures_of(few)
    if before is None or after is None:
        assert before is after is None
        return
    assert after.peak == before.peak
    assert after.mean == pytest.approx(before.mean)
    assert min(p.low for p in few if p.low is not None) == min(p.low for p in full if p.low is not None)


def test_a_pause_in_the_readings_is_a_gap_in_the_picture() -> None:
    found = draw(PORT_GRAPHS[0], courses([1e6] * 4 + [None] + [2e6] * 3 + [None] * 4))
    assert found is not None
    assert found.lines[0].path.count("M") == 2
    # From the middle of the fourth bucket to that of the sixth, and from the eighth to the end.
    assert [left for left, _width in found.gaps] == ["291.7", "625.0"]
    assert found.marks == (2e6, 1.5e6, 1e6, 0.5e6, 0.0)


def test_utilisation_is_the_traffic_by_the_speed_and_unknown_without_one() -> None:
    utilisation = PORT_GRAPHS[1]
    found = draw(utilisation, courses([250e6, 500e6]), speed_bps=1_000_000_000)
    assert found is not None
    assert (found.lines[0].figures.peak, found.marks[0]) == (50.0, 100.0)
    assert draw(utilisation, courses([250e6])) is None


@pytest.mark.parametrize("period", Period)
def test_the_time_axis_names_whole_moments_of_the_office_within_the_window(period: Period) -> None:
    end = datetime(2026, 11, 28, 11, 7, 13, tzinfo=UTC)
    marks = marks_of_time(period, end, JAKARTA)
    assert 3 <= len(marks) <= 8
    assert all(end - period.length < mark < end for mark in marks)
    local = [mark.astimezone(JAKARTA) for mark in marks]
    if period in (Period.HOUR, Period.SIX_HOURS, Period.DAY):
        assert all(mark.minute % 10 == mark.second == 0 for mark in local)
    else:
        assert all((mark.hour, mark.minute, mark.second) == (0, 0, 0) for mark in local)
    if period is Period.YEAR:
        assert all(mark.day == 1 for mark in local)


def test_midnight_stays_midnight_where_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    end = datetime(2026, 10, 28, 12, tzinfo=UTC)
    assert {mark.astimezone(berlin).hour for mark in marks_of_time(Period.WEEK, end, berlin)} == {0}


def test_the_longest_period_is_all_that_is_kept() -> None:
    assert Period.YEAR.length == KEPT[Resolution.HOUR]
