"""A frozen snapshot, worded for the tables of its annex."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from helpdesk.documents.rules import formats

STATUS_WORDS = {"up": "aktif", "down": "mati", "testing": "uji", "dormant": "siaga", "unknown": "–"}
STATUS_WORDS |= {"notPresent": "tidak terpasang", "lowerLayerDown": "lapis bawah mati"}
UNITS = {
    "state": "",
    "celsius": "°C",
    "volts": "V",
    "volt": "V",
    "amperes": "A",
    "watts": "W",
    "percent": "%",
}
PARTS = {"system": "Sistem", "interfaces": "Antarmuka", "processors": "Prosesor", "memory": "Memori"}
PARTS |= {"sensors": "Sensor", "neighbours": "Perangkat tetangga", "storage": "Penyimpanan"}
SENSOR_KINDS = {
    "temperature": "suhu",
    "fan": "kipas",
    "power": "daya",
    "voltage": "tegangan",
    "current": "arus",
}
SENSOR_KINDS |= {"charge": "muatan baterai", "load": "beban", "runtime": "waktu cadangan"}
SENSOR_KINDS |= {"humidity": "kelembapan", "state": "keadaan", "frequency": "frekuensi"}


@dataclass(frozen=True, kw_only=True)
class SnapshotChange:
    """One change since the previous snapshot, already worded."""

    object: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class SnapshotFailure:
    """One part that could not be read, with the reason in Indonesian."""

    part: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SnapshotAnnex:
    """A device's snapshot as an annex; `snapshot` is the frozen dict of network/ (system, interfaces, …).

    `failures` are worded in Indonesian by the caller; None takes the sentences frozen in the snapshot.
    """

    device_name: str
    address: str
    site: str = ""
    taken_at: datetime
    duration_seconds: float
    complete: bool
    sha256: str
    snapshot: Mapping[str, Any]
    failures: tuple[SnapshotFailure, ...] | None = None
    previous_taken_at: datetime | None = None
    changes: tuple[SnapshotChange, ...] = ()


def snapshot_to_dict(annex: SnapshotAnnex, timezone: str) -> dict[str, Any]:
    """Return the annex of one device as the template draws it."""
    snapshot = annex.snapshot
    previous = annex.previous_taken_at
    return {
        "device_name": annex.device_name,
        "identity": _identity(annex),
        "taken": formats.format_moment(annex.taken_at, timezone),
        "duration": formats.format_duration(annex.duration_seconds),
        "complete": annex.complete,
        "sha256": annex.sha256,
        "fingerprint": formats.format_fingerprint(annex.sha256),
        "processors": [
            [_text(row.get("name")), formats.format_percent(row.get("usage_percent"))]
            for row in snapshot.get("processors") or ()
        ],
        "memory": [_memory(row) for row in snapshot.get("memory") or ()],
        "sensors": [_sensor(row) for row in snapshot.get("sensors") or ()],
        "interfaces": [_interface(row) for row in snapshot.get("interfaces") or ()],
        "failures": _failures(annex),
        "previous": formats.format_moment(previous, timezone) if previous else "",
        "changes": [[row.object, row.what, row.before, row.after] for row in annex.changes],
    }


def _identity(annex: SnapshotAnnex) -> list[list[str]]:
    system = annex.snapshot.get("system") or {}
    rows = [
        ("Nama perangkat", _text(system.get("name")) or annex.device_name),
        ("Alamat", annex.address),
        ("Lokasi", annex.site or _text(system.get("location"))),
        ("Pabrikan", _text(system.get("vendor"))),
        ("Model", _text(system.get("model"))),
        ("Nomor seri", _text(system.get("serial"))),
        ("Versi perangkat lunak", _text(system.get("version"))),
        ("Waktu menyala", formats.format_uptime(_whole(system.get("uptime_seconds")))),
        ("Uraian sistem", _text(system.get("description"))),
    ]
    return [[label, value or formats.NOT_KNOWN] for label, value in rows]


def _memory(row: Mapping[str, Any]) -> list[str]:
    used, total = _whole(row.get("used_bytes")), _whole(row.get("total_bytes"))
    return [
        _text(row.get("name")),
        formats.format_bytes(used),
        formats.format_bytes(total),
        formats.format_percent(row.get("usage_percent")),
    ]


def _sensor(row: Mapping[str, Any]) -> list[str]:
    kind = _text(row.get("kind"))
    value, unit = row.get("value"), _text(row.get("unit"))
    if value is None:
        return [_text(row.get("name")), SENSOR_KINDS.get(kind, kind), formats.NOT_KNOWN]
    number = formats.format_measure(value) if isinstance(value, int | float) else _text(value)
    return [_text(row.get("name")), SENSOR_KINDS.get(kind, kind), f"{number} {UNITS.get(unit, unit)}".strip()]


def _interface(row: Mapping[str, Any]) -> list[str]:
    return [
        _text(row.get("name")) or _text(row.get("index")),
        _text(row.get("alias")),
        _status(row.get("admin_status")),
        _status(row.get("oper_status")),
        formats.format_speed(_whole(row.get("speed_bps"))),
        formats.format_bytes(_whole(row.get("in_octets"))),
        formats.format_bytes(_whole(row.get("out_octets"))),
        _sum(row, "in_errors", "out_errors"),
        _sum(row, "in_discards", "out_discards"),
    ]


def _failures(annex: SnapshotAnnex) -> list[list[str]]:
    rows = (
        [(_text(row.get("probe")), _text(row.get("message"))) for row in annex.snapshot.get("failures") or ()]
        if annex.failures is None
        else [(failure.part, failure.reason) for failure in annex.failures]
    )
    return [[PARTS.get(part, part), reason] for part, reason in rows]


def _status(value: object) -> str:
    return STATUS_WORDS.get(_text(value), _text(value)) or formats.NOT_KNOWN


def _sum(row: Mapping[str, Any], *names: str) -> str:
    # Two counters that the device does not have are not zero errors: they are not known.
    counts = [count for name in names if (count := _whole(row.get(name))) is not None]
    return formats.format_number(sum(counts)) if counts else formats.NOT_KNOWN


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _text(value: object) -> str:
    return "" if value is None else str(value)
