"""Tables and graphs of snapshots in the report's text: named by a line, drawn from frozen evidence alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.documents.pdf import render_document
from helpdesk.documents.rules import (
    DocumentKind,
    FigureSource,
    ReportData,
    SnapshotAnnex,
    blocks_from_markdown,
    escape_markdown,
)
from helpdesk.documents.rules.figures import GRAPHS, TABLES, figures_to_dict, offered
from helpdesk.documents.rules.graphs import MOST_BARS, processors
from helpdesk.documents.rules.references import Reference, list_references
from helpdesk.documents.rules.traffic import rates, traffic_in, utilisation
from helpdesk.evidence.series.drawing import round_scale

ZONE = "Asia/Jakarta"


def port(name, **counters):
    return {"name": name, "counter_bits": 64, "speed_bps": 100_000_000, "oper_status": "up", **counters}


@pytest.fixture
def source(annex: SnapshotAnnex) -> FigureSource:
    """A snapshot with traffic since the one a quarter of an hour before."""
    before = {
        "taken_at": (annex.taken_at - timedelta(minutes=15)).isoformat(),
        "interfaces": [port("Gi1", in_octets=0, out_octets=0), port("Gi2", in_octets=500, out_octets=0)],
    }
    after = {
        **annex.snapshot,
        "taken_at": annex.taken_at.isoformat(),
        "interfaces": [
            port("Gi1", in_octets=1_125_000_000, out_octets=0),
            port("Gi2", in_octets=100, out_octets=0),
        ],
    }
    return FigureSource(
        snapshot_id=12, annex=replace(annex, snapshot=after), before=before, before_sha256="b" * 64
    )


def test_a_line_of_its_own_stands_for_a_figure():
    blocks = blocks_from_markdown("Sebelum:\n{{snapshot:12 graph=processors}}\nSesudah.")
    assert [block["type"] for block in blocks] == ["paragraph", "figure", "paragraph"]
    assert blocks[1]["key"] == str(Reference(12, "graph", "processors"))


def test_the_line_ends_of_a_browser_make_no_difference():
    text = "Sebelum:\r\n{{snapshot:12 graph=processors}}\r\nSesudah."
    assert list_references([text]) == [Reference(12, "graph", "processors")]
    assert [block["type"] for block in blocks_from_markdown(text)] == ["paragraph", "figure", "paragraph"]


def test_within_a_sentence_the_words_stay_words():
    (block,) = blocks_from_markdown("Lihat {{snapshot:12 graph=processors}} ya")
    assert block["type"] == "paragraph"
    assert list_references(["Lihat {{snapshot:12 graph=processors}} ya"]) == []


@given(st.sampled_from(["{{snapshot:1 table=interfaces}}", " {{snapshot:1 graph=memory}}", "{{{{x}}"]))
def test_what_others_wrote_never_becomes_a_figure(words):
    text = escape_markdown(words)
    assert all(block["type"] != "figure" for block in blocks_from_markdown(text))
    assert list_references([text]) == []


def test_only_what_is_not_empty_is_offered(source: FigureSource) -> None:
    names = {(one.kind, one.name) for one in offered(source, ZONE)}
    assert ("graph", "traffic_in") in names
    assert ("graph", "storage") not in names
    assert ("table", "sensors") in names
    assert names <= {("table", name) for name in TABLES} | {("graph", name) for name in GRAPHS}


def test_everything_offered_can_be_drawn(source: FigureSource) -> None:
    lines = [str(one) for one in offered(source, ZONE)]
    drawn = figures_to_dict(lines, {12: source}, ZONE)
    assert list(drawn) == lines
    assert json.loads(json.dumps(drawn)) == drawn


def test_figures_count_on_in_their_order_and_tables_after_those_of_the_form(source: FigureSource) -> None:
    text = "{{snapshot:12 table=memory}}\n\n{{snapshot:12 graph=memory}}\n\n{{snapshot:12 graph=processors}}"
    drawn = figures_to_dict([text], {12: source}, ZONE)
    assert [figure["number"] for figure in drawn.values()] == [3, 1, 2]


def test_a_graph_says_its_unit_its_scale_its_values_and_where_it_comes_from(source: FigureSource) -> None:
    (figure,) = figures_to_dict(["{{snapshot:12 graph=traffic_in}}"], {12: source}, ZONE).values()
    assert figure["unit"] == "Mb/s"
    assert figure["bars"] == [{"label": "Gi1", "value": "10 Mb/s", "share": 1.0}]
    assert [mark["label"] for mark in figure["marks"]] == ["0", "2,5", "5", "7,5", "10"]
    assert figure["sources"] == ["b" * 64, source.annex.sha256]
    assert "Gi1 10 Mb/s" in figure["alt"]
    assert "09.15 WIB sampai 23 November 2026 pukul 09.30 WIB" in figure["title"]


def test_a_counter_that_ran_backwards_gives_no_rate(source: FigureSource) -> None:
    assert set(rates("in_octets", source.before, source.annex.snapshot)) == {"Gi1"}


def test_a_32_bit_counter_that_wrapped_once_is_reckoned_with() -> None:
    before = {"taken_at": "2026-11-23T02:00:00+00:00", "interfaces": [port("Gi1", in_octets=2**32 - 1000)]}
    after = {
        "taken_at": "2026-11-23T02:00:10+00:00",
        "interfaces": [port("Gi1", in_octets=250, counter_bits=32)],
    }
    assert rates("in_octets", before, after) == {"Gi1": 1000.0}


@pytest.mark.parametrize(
    "change",
    [
        {"system": {"uptime_seconds": 5}},
        {"taken_at": "2026-11-23T02:00:00+00:00"},
        {"interfaces": [port("Gi1", in_octets=900, discontinuity_seconds=7)]},
    ],
)
def test_counters_that_began_anew_give_no_rate(change) -> None:
    before = {"taken_at": "2026-11-23T02:00:00+00:00", "interfaces": [port("Gi1", in_octets=0)]}
    after = {
        "taken_at": "2026-11-23T02:00:10+00:00",
        "interfaces": [port("Gi1", in_octets=900)],
        "system": {"uptime_seconds": 500},
    }
    assert traffic_in(before, after).bars != ()
    assert traffic_in(before, after | change).bars == ()
    assert traffic_in(None, after).bars == ()


def test_the_use_of_a_port_is_that_of_its_busier_direction(source: FigureSource) -> None:
    bars = {bar.label: bar.value for bar in utilisation(source.before, source.annex.snapshot).bars}
    assert bars == {"Gi1": pytest.approx(10.0), "Gi2": 0.0}


def test_of_too_many_bars_the_greatest_are_shown_and_the_others_counted() -> None:
    graph = processors({"processors": [{"name": f"CPU {n}", "usage_percent": n} for n in range(1, 41)]})
    assert [bar.value for bar in graph.bars] == [float(n) for n in range(40, 40 - MOST_BARS, -1)]
    assert graph.left_out == 40 - MOST_BARS


@given(st.floats(min_value=0.001, max_value=1e12))
def test_a_scale_begins_at_nothing_and_ends_at_a_round_number_not_below_the_greatest(value) -> None:
    scale = round_scale(value)
    assert scale[0] == 0
    assert scale[-1] >= value * (1 - 1e-12)
    assert scale[-1] <= value * 10
    assert list(scale) == sorted(scale)


def test_the_paper_draws_the_figures_and_says_what_is_not_there(
    report: ReportData, source: FigureSource, pdf_text
) -> None:
    lines = [str(one) for one in offered(source, ZONE)]
    text = "\n\n".join([*lines, "{{snapshot:99 graph=memory}}"])
    data = replace(
        report, sections={**report.sections, "identification": text}, figures={12: source}
    ).to_dict()
    pdf = render_document(DocumentKind.REPORT, data)
    words = pdf_text(pdf)
    assert "Gambar 1. Pemakaian prosesor sw-core-01" in words
    assert "Tabel 3. Antarmuka sw-core-01" in words
    assert "Satuan: Mb/s" in words
    assert "bbbbbbbb" in words
    assert "Cuplikan yang ditunjuk di sini tidak ada pada tiket ini." in words
    assert pdf == render_document(DocumentKind.REPORT, data)


def test_a_report_kept_before_texts_had_figures_is_still_drawn(report: ReportData, pdf_text) -> None:
    data = report.to_dict()
    del data["figures"]
    assert "III. HASIL YANG DICAPAI" in pdf_text(render_document(DocumentKind.REPORT, data))
