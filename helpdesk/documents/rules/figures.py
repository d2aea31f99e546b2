"""Tables and graphs of a snapshot inside the report's text: how they are named, offered and worded. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from helpdesk.documents.rules import formats
from helpdesk.documents.rules.annexes import SnapshotAnnex, snapshot_to_dict
from helpdesk.documents.rules.graphs import Graph, draw_bars, memory, processors, storage, temperature
from helpdesk.documents.rules.references import Reference, list_references
from helpdesk.documents.rules.traffic import traffic_in, traffic_out, utilisation

# Two tables stand in the report's form itself (the steps, the deviations); those of the text follow.
TABLES_OF_THE_FORM = 2


@dataclass(frozen=True, kw_only=True)
class FigureSource:
    """A snapshot that the text may show, with the one before it where there is one."""

    snapshot_id: int
    annex: SnapshotAnnex
    before: Mapping[str, Any] | None = None
    before_sha256: str = ""


@dataclass(frozen=True)
class _Table:
    title: str
    header: tuple[str, ...]
    align: tuple[str, ...]
    rows: Callable[[dict[str, Any]], list[list[str]]]


def _columns(*places: int) -> Callable[[list[list[str]]], list[list[str]]]:
    return lambda rows: [[row[place] for place in places] for row in rows]


_ports = _columns(0, 1, 3, 4, 5, 6)
TABLES: dict[str, _Table] = {
    "interfaces": _Table(
        "Antarmuka",
        ("Nama", "Keterangan", "Operasi", "Kecepatan", "Masuk", "Keluar"),
        ("left", "left", "center", "right", "right", "right"),
        lambda worded: _ports(worded["interfaces"]),
    ),
    "processors": _Table(
        "Pemakaian prosesor",
        ("Prosesor", "Pemakaian"),
        ("left", "right"),
        lambda worded: list(worded["processors"]),
    ),
    "memory": _Table(
        "Pemakaian memori",
        ("Memori", "Terpakai", "Jumlah", "Pemakaian"),
        ("left", "right", "right", "right"),
        lambda worded: list(worded["memory"]),
    ),
    "sensors": _Table(
        "Sensor", ("Sensor", "Jenis", "Nilai"), ("left", "left", "right"), lambda worded: worded["sensors"]
    ),
    "changes": _Table(
        "Perubahan sejak cuplikan sebelumnya",
        ("Objek", "Perubahan", "Sebelum", "Sesudah"),
        ("left", "left", "left", "left"),
        lambda worded: worded["changes"],
    ),
}
GRAPHS: dict[str, Callable[[FigureSource], Graph]] = {
    "processors": lambda source: processors(source.annex.snapshot),
    "memory": lambda source: memory(source.annex.snapshot),
    "storage": lambda source: storage(source.annex.snapshot),
    "temperature": lambda source: temperature(source.annex.snapshot),
    "traffic_in": lambda source: traffic_in(source.before, source.annex.snapshot),
    "traffic_out": lambda source: traffic_out(source.before, source.annex.snapshot),
    "utilisation": lambda source: utilisation(source.before, source.annex.snapshot),
}
NEEDS_TWO = ("traffic_in", "traffic_out", "utilisation")


def offered(source: FigureSource, timezone: str) -> list[Reference]:
    """Return what can be shown of a snapshot: nothing that would be empty."""
    worded = snapshot_to_dict(source.annex, timezone)
    tables = [Reference(source.snapshot_id, "table", name) for name in TABLES if TABLES[name].rows(worded)]
    graphs = [Reference(source.snapshot_id, "graph", name) for name in GRAPHS if GRAPHS[name](source).bars]
    return [*tables, *graphs]


def unknown_references(texts: Iterable[str], known: Iterable[Reference]) -> list[Reference]:
    """Return what the texts show and the ticket does not have."""
    there = set(known)
    return [one for one in list_references(texts) if one not in there]


def figures_to_dict(
    texts: Iterable[str], sources: Mapping[int, FigureSource], timezone: str
) -> dict[str, dict[str, Any]]:
    """Return every table and graph of the texts as the templates draw it, by the line that names it."""
    drawn: dict[str, dict[str, Any]] = {}
    counted = {"table": TABLES_OF_THE_FORM, "graph": 0}
    for reference in list_references(texts):
        source = sources.get(reference.snapshot_id)
        figure = _figure(reference, source, timezone) if source is not None else None
        if figure is not None:
            counted[reference.kind] += 1
            drawn[str(reference)] = {**figure, "number": counted[reference.kind]}
    return drawn


def _figure(reference: Reference, source: FigureSource, timezone: str) -> dict[str, Any] | None:
    annex = source.annex
    moment = formats.format_moment(annex.taken_at, timezone)
    if reference.kind == "table":
        table = TABLES.get(reference.name)
        rows = table.rows(snapshot_to_dict(annex, timezone)) if table else []
        if table is None or not rows:
            return None
        hashes = [annex.sha256]
        body: dict[str, Any] = {"header": list(table.header), "align": list(table.align), "rows": rows}
        title = table.title
    else:
        make = GRAPHS.get(reference.name)
        graph = make(source) if make else None
        if graph is None or not graph.bars:
            return None
        hashes = [annex.sha256]
        if reference.name in NEEDS_TWO and source.before is not None:
            hashes = [source.before_sha256, annex.sha256]
            begun = datetime.fromisoformat(str(source.before["taken_at"]))
            moment = f"{formats.format_moment(begun, timezone)} sampai {moment}"
        body, title = draw_bars(graph), graph.title
    return {
        "kind": reference.kind,
        "title": f"{title} {annex.device_name}, {moment}",
        "sources": [value for value in hashes if value],
        "device": annex.device_name,
        **body,
    }
