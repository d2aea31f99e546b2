from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.documents.rules.line_graphs import HEIGHT, WIDTH, draw_lines, evenly
from helpdesk.evidence.series.drawing import scale_of, segments

VALUES = st.lists(st.none() | st.floats(0, 1e12), min_size=1, max_size=90)


@given(VALUES)
def test_every_value_is_drawn_once_and_no_gap_is_bridged(values: list[float | None]) -> None:
    points = evenly(values, 1 / len(values))
    drawn = [value for stretch in segments(points) for _, value in stretch]
    assert drawn == [value for value in values if value is not None]
    shares = {share: place for place, (share, _) in enumerate(points)}
    for stretch in segments(points):
        places = [shares[share] for share, _ in stretch]
        assert places == list(range(places[0], places[0] + len(places)))


@given(VALUES)
def test_a_graph_is_well_formed_and_stays_inside_of_its_frame(values: list[float | None]) -> None:
    svg = draw_lines(
        [evenly(values, 1 / len(values))],
        scale_of(values, percent=False),
        days=7,
        gaps=values,
        step=1 / len(values),
    )
    root = ElementTree.fromstring(svg)
    for path in root.iter("{http://www.w3.org/2000/svg}path"):
        for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path.attrib["d"]):
            assert 0 <= float(x) <= WIDTH
            assert 0 <= float(y) <= HEIGHT


def test_a_gap_is_grey_and_as_wide_as_it_lasted() -> None:
    svg = draw_lines([], (0.0, 100.0), days=1, gaps=[1.0, None, None, 1.0], step=0.25)
    assert re.findall(r'<rect x="([\d.]+)" y="0" width="([\d.]+)"', svg) == [("50.00", "100.00")]


def test_a_single_value_between_two_gaps_is_a_dot() -> None:
    svg = draw_lines([evenly([None, 50.0, None], 1 / 3)], (0.0, 100.0), days=1)
    assert '<circle cx="100.00" cy="30.00"' in svg
