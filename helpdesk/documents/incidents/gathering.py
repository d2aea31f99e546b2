"""What an evidence set holds, part by part, read from what was kept of the device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.devices import reading
from helpdesk.devices.models import Device
from helpdesk.documents.incidents.rules import BOTH_WAYS, WINDOWS, Course
from helpdesk.documents.incidents.tables import Cell, to_csv
from helpdesk.documents.rules import formats
from helpdesk.evidence import queries as evidence_queries
from helpdesk.evidence.comparison import list_changed_states
from helpdesk.evidence.configurations import queries as configuration_queries
from helpdesk.evidence.configurations.wording import difference_text
from helpdesk.evidence.errors import EvidenceBroken
from helpdesk.evidence.models import Snapshot
from helpdesk.evidence.series import queries as series_queries
from helpdesk.evidence.series.rules import DEVICE_METRICS, Metric
from helpdesk.evidence.traps.models import ReceivedTrap
from helpdesk.evidence.traps.queries import select_traps
from helpdesk.findings import queries as findings_queries
from helpdesk.findings.wording import sentence_in
from helpdesk.tickets.incidents.models import EvidenceSet
from helpdesk.tickets.incidents.rules import Part

LATEST_TRAPS = 20
PORTS_DRAWN = 2
# A change of the configuration in the week before may be the cause; what is older is told, and not shown.
RECENT_CHANGE = timedelta(days=7)
LANGUAGE = "id"
_ONE_DAY = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Reached:
    """How the device was reached just now: what each question took, and the routers on the way."""

    round_trips: Sequence[float | None] = ()
    hops: Sequence[reading.Hop] = ()


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """The parts that are tables and texts, and the courses of each window to draw."""

    parts: tuple[Part, ...]
    courses: dict[str, tuple[Course, ...]]


def gather(
    session: Session,
    asked: EvidenceSet,
    rules: reading.RuleBook,
    reached: Reached,
    *,
    now: datetime,
) -> Gathered:
    """Return all that is known of the device around the event."""
    shown = _Snapshots(session, asked)
    parts = [
        *shown.parts(),
        _round_trips(asked, reached.round_trips, now),
        _route(asked, reached.hops, now),
        _readings(session, asked, now),
        _way(session, asked, now),
        _neighbours(shown, now),
        _differences(shown, now),
        _findings(session, asked, rules, now),
        _traps(session, asked, now),
        _configuration(session, asked, now),
    ]
    return Gathered(
        parts=tuple(parts),
        courses={
            name: tuple(_courses(session, asked, now - length, now, shown.port())) for name, length in WINDOWS
        },
    )


class _Snapshots:
    """The readings before, at and after the event, each as it was frozen."""

    def __init__(self, session: Session, asked: EvidenceSet) -> None:
        self._asked = asked
        at = asked.snapshot
        after = evidence_queries.find_snapshot_of_run(session, asked.run_id) if asked.run_id else None
        self.before = _opened(evidence_queries.find_previous_snapshot(session, at))
        self.event = _opened(at)
        self.after = _opened(after)

    def parts(self) -> Iterator[Part]:
        """Yield the three, and of one that is not there why."""
        for name, title, pair, why in (
            ("cuplikan-1-sebelum.json", "Cuplikan sebelum kejadian", self.before, "Tidak ada sebelumnya"),
            ("cuplikan-2-kejadian.json", "Cuplikan yang menunjukkan kejadian", self.event, "Rusak"),
            ("cuplikan-3-sesudah.json", "Cuplikan sesudah kejadian", self.after, "Belum selesai dibaca"),
        ):
            if pair is None:
                yield Part(
                    name=name.replace(".json", ".txt"),
                    title=title,
                    content=why.encode(),
                    at=self._asked.event_at,
                    is_complete=False,
                    remark=why,
                )
                continue
            snapshot, content = pair
            yield Part(
                name=name,
                title=title,
                content=content,
                at=snapshot.taken_at,
                is_complete=snapshot.complete,
                source=f"cuplikan {snapshot.id}, SHA-256 {snapshot.sha256}, {snapshot.duration_ms} ms",
            )

    def latest(self) -> Snapshot | None:
        """Return the latest one that holds facts."""
        pairs = (pair for pair in (self.after, self.event, self.before) if pair is not None)
        return next((snapshot for snapshot, _ in pairs if snapshot.reachable), None)

    def port(self) -> str | None:
        """Return the port that the finding is about, where it is about one."""
        latest, subject = self.latest(), self._asked.finding.object
        rows = evidence_queries.load_content(latest).get("interfaces", ()) if latest else ()
        return subject if any(row.get("name") == subject for row in rows) else None


def _opened(snapshot: Snapshot | None) -> tuple[Snapshot, bytes] | None:
    if snapshot is None:
        return None
    try:
        return snapshot, evidence_queries.load_canonical(snapshot)
    except EvidenceBroken:
        return None


def _round_trips(asked: EvidenceSet, taken: Sequence[float | None], now: datetime) -> Part:
    answered = [one for one in taken if one is not None]
    if not taken:
        remark = "Perangkat ini tidak dibaca lewat SNMP; waktu tempuh tidak diukur"
    elif answered:
        mean = sum(answered) / len(answered)
        remark = f"{len(answered)} dari {len(taken)} dijawab, rata-rata {formats.format_measure(mean)} ms."
    else:
        remark = f"0 dari {len(taken)} dijawab."
    return Part(
        name="keterjangkauan.csv",
        title="Waktu tempuh pertanyaan SNMP",
        content=to_csv(("nomor", "milidetik"), enumerate(taken, start=1)),
        at=now,
        is_complete=bool(taken),
        source=f"GET sysUpTime.0, sysObjectID.0 {asked.device.address}:{asked.device.snmp_port}",
        remark=remark,
    )


def _route(asked: EvidenceSet, hops: Sequence[reading.Hop], now: datetime) -> Part:
    last = hops[-1] if hops else None
    if last is None:
        remark = "Rute tidak dapat ditelusuri dari peladen ini"
    elif last.is_end:
        remark = f"{last.number} lompatan; jawaban terakhir dari {last.address}."
    else:
        remark = f"Tidak ada jawaban sejak lompatan {last.number}."
    return Part(
        name="rute.csv",
        title="Rute ke perangkat, perute demi perute",
        content=to_csv(
            ("lompatan", "alamat", "milidetik", "akhir"),
            ((hop.number, hop.address, hop.milliseconds, hop.is_end) for hop in hops),
        ),
        at=now,
        is_complete=last is not None,
        source=f"UDP TTL 1-{last.number if last else 0} {asked.device.address}",
        remark=remark,
    )


def _readings(session: Session, asked: EvidenceSet, now: datetime) -> Part:
    rows = session.execute(
        select(
            Snapshot.taken_at, Snapshot.reachable, Snapshot.complete, Snapshot.duration_ms, Snapshot.failures
        )
        .where(
            Snapshot.device_id == asked.device_id,
            Snapshot.taken_at > now - _ONE_DAY,
            Snapshot.taken_at <= now,
        )
        .order_by(Snapshot.taken_at, Snapshot.id)
    ).all()
    return Part(
        name="pembacaan-24-jam.csv",
        title="Pembacaan 24 jam terakhir",
        content=to_csv(
            ("waktu", "terjangkau", "lengkap", "milidetik", "kegagalan"),
            (
                (row.taken_at.isoformat(), row.reachable, row.complete, row.duration_ms, _codes(row.failures))
                for row in rows
            ),
        ),
        at=now,
        remark=f"{sum(row.reachable for row in rows)} dari {len(rows)} pembacaan dijawab.",
    )


def _codes(failures: Sequence[dict[str, Any]]) -> str:
    return ", ".join(f"{one.get('probe', '')}: {one.get('code', '')}" for one in failures)


def _way(session: Session, asked: EvidenceSet, now: datetime) -> Part:
    """The devices on the way to this one, from it on upwards, and how each was read last."""
    above = findings_queries.parents_above(session, asked.device_id)
    latest = evidence_queries.latest_snapshots(session, sorted(above))
    names = {row.id: row.name for row in session.execute(_names(above))}
    rows: list[tuple[Cell, ...]] = []
    for device_id in above:
        read = latest.get(device_id)
        rows.append(
            (
                names.get(device_id),
                read.taken_at.isoformat() if read else None,
                read.reachable if read else None,
            )
        )
    return Part(
        name="jalur.csv",
        title="Perangkat pada jalur ke perangkat ini",
        content=to_csv(("perangkat", "dibaca_terakhir", "terjangkau"), rows),
        at=now,
    )


def _names(ids: dict[int, int | None]) -> Any:
    return select(Device.id, Device.name).where(Device.id.in_(ids))


def _neighbours(shown: _Snapshots, now: datetime) -> Part:
    snapshot = shown.latest()
    found = evidence_queries.load_content(snapshot).get("neighbours", ()) if snapshot else ()
    columns = ("protocol", "local_interface", "remote_name", "remote_port", "remote_address")
    return Part(
        name="tetangga.csv",
        title="Perangkat tetangga",
        content=to_csv(columns, ([one.get(column) for column in columns] for one in found)),
        at=snapshot.taken_at if snapshot else now,
        is_complete=snapshot is not None,
        source=f"cuplikan {snapshot.id}" if snapshot else "",
    )


def _differences(shown: _Snapshots, now: datetime) -> Part:
    """What differs between the reading before the event and the latest one."""
    before, later = shown.before, shown.after or shown.event
    rows: list[tuple[Cell, ...]] = []
    if before is not None and later is not None:
        facts = [evidence_queries.load_content(pair[0]) for pair in (before, later)]
        for change in list_changed_states(facts[0], facts[1], reachable=later[0].reachable):
            values = [
                value if value is None or isinstance(value, int | float) else str(value)
                for value in (change["before"], change["after"])
            ]
            rows.append((change["object"], change["what"], *values))
    return Part(
        name="perubahan.csv",
        title="Perubahan sejak cuplikan sebelum kejadian",
        content=to_csv(("objek", "perubahan", "sebelum", "sesudah"), rows),
        at=later[0].taken_at if later else now,
        is_complete=before is not None and later is not None,
    )


def _findings(session: Session, asked: EvidenceSet, rules: reading.RuleBook, now: datetime) -> Part:
    rows = findings_queries.list_told(session, [asked.device_id])
    return Part(
        name="temuan.csv",
        title="Temuan yang terbuka pada perangkat",
        content=to_csv(
            ("aturan", "objek", "tingkat", "sejak", "uraian"),
            (
                (
                    one.rule,
                    one.object,
                    one.severity,
                    one.first_seen_at.isoformat(),
                    sentence_in(one, rules, LANGUAGE),
                )
                for one in rows
            ),
        ),
        at=now,
    )


def _traps(session: Session, asked: EvidenceSet, now: datetime) -> Part:
    told_by_then = select_traps(device_id=asked.device_id).where(ReceivedTrap.received_at <= now)
    rows = session.scalars(told_by_then.limit(LATEST_TRAPS)).all()
    return Part(
        name="trap.csv",
        title=f"{LATEST_TRAPS} trap terakhir dari perangkat",
        content=to_csv(
            ("waktu", "trap", "oid", "versi", "isi"),
            (
                (
                    one.received_at.isoformat(),
                    one.code,
                    one.oid,
                    one.version,
                    "; ".join(f"{each['oid']}={each['value']}" for each in one.varbinds),
                )
                for one in rows
            ),
        ),
        at=rows[0].received_at if rows else now,
        remark="" if rows else "Tidak ada trap yang diterima dari perangkat ini",
    )


def _configuration(session: Session, asked: EvidenceSet, now: datetime) -> Part:
    changed = configuration_queries.configuration_change_since(
        session, asked.device_id, asked.event_at - RECENT_CHANGE
    )
    head = configuration_queries.find_head(session, asked.device_id)
    if changed is not None:
        text, at, remark = difference_text(session, changed), changed.taken_at, ""
    elif head is not None:
        remark = f"Tidak berubah dalam {RECENT_CHANGE.days} hari terakhir."
        text, at = f"{remark}\n", head.last_seen_at
    else:
        remark = "Konfigurasi perangkat ini belum pernah dibaca"
        text, at = f"{remark}\n", now
    source = f"{head.command}, SHA-256 {head.raw_sha256}" if head is not None else ""
    return Part(
        name="konfigurasi.diff.txt",
        title="Perubahan konfigurasi terakhir",
        content=text.encode("utf-8", "replace"),
        at=at,
        is_complete=head is not None,
        source=source,
        remark=remark,
    )


def _courses(
    session: Session, asked: EvidenceSet, begin: datetime, end: datetime, port: str | None
) -> Iterator[Course]:
    """Yield what is drawn: the device's own figures, and its port, or those that carry the most."""
    device_id = asked.device_id
    for metric in DEVICE_METRICS.values():
        yield Course(
            metric=metric, points=series_queries.device_series(session, device_id, metric, begin, end)
        )
    busiest = series_queries.busiest_interfaces(session, [device_id], begin, end, limit=PORTS_DRAWN)
    ports = [port] if port else [one.interface for one in islice(busiest, PORTS_DRAWN)]
    for name in ports:
        for way_in, way_out in BOTH_WAYS.items():
            if way_in is Metric.IN_BPS or port:
                yield Course(
                    metric=way_in,
                    object=name,
                    points=series_queries.rates(session, device_id, name, way_in, begin, end),
                    out=series_queries.rates(session, device_id, name, way_out, begin, end),
                )
