"""Bar graphs of a snapshot: what is measured, on which scale, said in words too. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from helpdesk.documents.rules import formats
from helpdesk.evidence.series.drawing import PERCENT_SCALE, round_scale

MOST_BARS = 12


@dataclass(frozen=True)
class Bar:
    """One measured value."""

    label: str
    value: float


@dataclass(frozen=True)
class Graph:
    """Bars of one unit; `left_out` counts those that were smaller than all that are shown."""

    title: str
    unit: str
    bars: tuple[Bar, ...] = ()
    scale: tuple[float, ...] = field(default=PERCENT_SCALE)
    left_out: int = 0


def processors(snapshot: Mapping[str, Any]) -> Graph:
    """Return how busy the processors are."""
    return _percentages("Pemakaian prosesor", snapshot.get("processors"))


def memory(snapshot: Mapping[str, Any]) -> Graph:
    """Return how full the memory is."""
    return _percentages("Pemakaian memori", snapshot.get("memory"))


def storage(snapshot: Mapping[str, Any]) -> Graph:
    """Return how full the disks are."""
    return _percentages("Pemakaian penyimpanan", snapshot.get("storage"))


def temperature(snapshot: Mapping[str, Any]) -> Graph:
    """Return what the temperature sensors say."""
    rows = [row for row in snapshot.get("sensors") or () if row.get("kind") == "temperature"]
    bars = [Bar(_name(row), value) for row in rows if (value := number_of(row.get("value"))) is not None]
    # A bar cannot be shorter than nothing: below zero a graph of bars says less than the table of sensors.
    return on_own_scale("Suhu", "°C", [bar for bar in bars if bar.value >= 0])


def on_own_scale(title: str, unit: str, bars: Iterable[Bar]) -> Graph:
    """Return the graph on a scale from nothing to a round number above the greatest value."""
    shown, left_out = _greatest(bars)
    greatest = max((bar.value for bar in shown), default=0.0)
    return Graph(title, unit, shown, round_scale(greatest), left_out)


def in_percent(title: str, bars: Iterable[Bar]) -> Graph:
    """Return the graph of percentages; the scale ends at 100 unless a value is greater."""
    shown, left_out = _greatest(bars)
    greatest = max((bar.value for bar in shown), default=0.0)
    return Graph(title, "%", shown, PERCENT_SCALE if greatest <= 100 else round_scale(greatest), left_out)


def draw_bars(graph: Graph) -> dict[str, Any]:
    """Return the graph as the templates draw it: shares of the scale, and every value as text."""
    end = graph.scale[-1]
    bars = [
        {
            "label": bar.label,
            "value": _with_unit(bar.value, graph.unit),
            "share": round(min(bar.value / end, 1.0), 4),
        }
        for bar in graph.bars
    ]
    left_out = ""
    if graph.left_out:
        left_out = f"Ditampilkan {len(bars)} nilai tertinggi dari {len(bars) + graph.left_out}."
    listed = "; ".join(f"{bar['label']} {bar['value']}" for bar in bars)
    return {
        "unit": graph.unit,
        "bars": bars,
        "marks": [
            {"label": formats.format_measure(mark), "share": round(mark / end, 4)} for mark in graph.scale
        ],
        "left_out": left_out,
        "alt": f"Grafik batang. {graph.title} dalam {graph.unit}: {listed}.",
    }


def number_of(value: object) -> float | None:
    """Return a measured number, or None where there is none."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None  # type: ignore[arg-type]


def _percentages(title: str, rows: Iterable[Mapping[str, Any]] | None) -> Graph:
    bars = [
        Bar(_name(row), max(value, 0.0))
        for row in rows or ()
        if (value := number_of(row.get("usage_percent"))) is not None
    ]
    return in_percent(title, bars)


def _greatest(bars: Iterable[Bar]) -> tuple[tuple[Bar, ...], int]:
    """Return the bars in their own order, or the greatest first where they are too many for a paper."""
    kept = list(bars)
    if len(kept) <= MOST_BARS:
        return tuple(kept), 0
    ordered = sorted(kept, key=lambda bar: -bar.value)
    return tuple(ordered[:MOST_BARS]), len(ordered) - MOST_BARS


def _with_unit(value: float, unit: str) -> str:
    number = formats.format_measure(value)
    return f"{number}%" if unit == "%" else f"{number} {unit}"


def _name(row: Mapping[str, Any]) -> str:
    return str(row.get("name") or row.get("index") or "–")
