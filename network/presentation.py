"""A snapshot as a text for a terminal, in Indonesian or English."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from network.facts import UpsStatus
from network.observations import Interface, Snapshot

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "device": ("Perangkat", "Device"),
    "platform": ("Platform", "Platform"),
    "taken_at": ("Waktu", "Taken at"),
    "duration": ("Durasi", "Duration"),
    "name": ("Nama", "Name"),
    "model": ("Model", "Model"),
    "version": ("Versi", "Version"),
    "serial": ("Nomor seri", "Serial"),
    "location": ("Lokasi", "Location"),
    "uptime": ("Waktu aktif", "Uptime"),
    "interfaces": ("Antarmuka", "Interfaces"),
    "processors": ("Prosesor", "Processors"),
    "memory": ("Memori", "Memory"),
    "sensors": ("Sensor", "Sensors"),
    "neighbours": ("Tetangga", "Neighbours"),
    "alarms": ("Alarm aktif", "Active alarms"),
    "power": ("Catu daya", "Power supplies"),
    "ups": ("UPS", "UPS"),
    "ups_source": ("Sumber listrik", "Power source"),
    "battery": ("Kondisi baterai", "Battery"),
    "last_transfer": ("Sebab perpindahan terakhir", "Cause of the last transfer"),
    "bgp_peers": ("Mitra BGP", "BGP peers"),
    "ospf_neighbours": ("Tetangga OSPF", "OSPF neighbours"),
    "commands": ("Perintah", "Commands"),
    "problems": ("Yang tidak terbaca", "Not read"),
    "notes": ("Catatan", "Notes"),
    "days": ("hari", "days"),
    "partial": ("tidak lengkap", "partial"),
    "in": ("Masuk (oktet)", "In (octets)"),
    "out": ("Keluar (oktet)", "Out (octets)"),
    "speed": ("Kecepatan", "Speed"),
    "status": ("Status", "Status"),
}


def format_snapshot(snapshot: Snapshot, language: str) -> str:
    """Return the snapshot as a text of tables."""

    def word(key: str) -> str:
        return _WORDS[key][0 if language == "id" else 1]

    parts = [_head(snapshot, word)]
    if snapshot.interfaces:
        header = (word("interfaces"), word("status"), word("speed"), word("in"), word("out"), "Alias")
        parts.append(_table([header, *map(_interface_row, snapshot.interfaces)]))
    parts += [
        _section(word("processors"), [(p.name, _percent(p.usage_percent)) for p in snapshot.processors]),
        _section(word("memory"), [(m.name, _percent(m.usage_percent)) for m in snapshot.memory]),
        _section(
            word("sensors"),
            [(s.name, f"{s.value:g} {s.unit}") for s in snapshot.sensors if s.value is not None],
        ),
        *_states(snapshot, word),
        _section(
            word("neighbours"),
            [
                (n.local_interface or "?", f"{n.remote_name or '?'} {n.remote_port or ''}")
                for n in snapshot.neighbours
            ],
        ),
        *(_command(c.command, c.output, c.complete, word("partial")) for c in snapshot.commands),
        _section(
            word("problems"), [(f"{f.probe}: {f.code}", f.describe(language)) for f in snapshot.failures]
        ),
        _section(word("notes"), [(n.code, n.describe(language)) for n in snapshot.notes]),
    ]
    return write_out("\n\n".join(part for part in parts if part))


def write_out(text: str) -> str:
    """Return the text with every letter spelled out that would steer a terminal or turn the writing."""
    return "".join(
        letter if letter in "\n\t" or unicodedata.category(letter)[0] != "C" else ascii(letter)[1:-1]
        for letter in text
    )


def _states(snapshot: Snapshot, word: Callable[[str], str]) -> list[str]:
    """What has a state rather than a number: power, UPS, routing peers, alarms."""
    ups = snapshot.ups or UpsStatus()
    # Its numbers stand among the sensors.
    told = (
        ("ups_source", ups.source),
        ("battery", ups.battery_status),
        ("last_transfer", ups.last_transfer_cause),
    )
    return [
        _section(word("alarms"), [(alarm.name, alarm.severity) for alarm in snapshot.alarms]),
        _section(word("power"), [(supply.name, supply.status) for supply in snapshot.power]),
        _section(word("ups"), [(word(key), text) for key, text in told if text is not None]),
        _section(
            word("bgp_peers"),
            [(peer.address, f"AS {peer.remote_as or '?'} {peer.state}") for peer in snapshot.bgp_peers],
        ),
        _section(
            word("ospf_neighbours"), [(item.address, item.state or "?") for item in snapshot.ospf_neighbours]
        ),
    ]


def _head(snapshot: Snapshot, word: Callable[[str], str]) -> str:
    system = snapshot.system
    days = None if system.uptime_seconds is None else f"{system.uptime_seconds / 86400:.1f} {word('days')}"
    rows = [
        (word("device"), f"{snapshot.target.name} ({snapshot.target.address})"),
        (word("platform"), snapshot.platform),
        (word("name"), system.name),
        (word("model"), " ".join(filter(None, (system.vendor, system.model)))),
        (word("version"), system.version),
        (word("serial"), system.serial),
        (word("location"), system.location),
        (word("uptime"), days),
        (word("taken_at"), snapshot.taken_at.isoformat(timespec="seconds")),
        (word("duration"), f"{snapshot.duration_ms} ms"),
    ]
    return _table([(name, value) for name, value in rows if value])


def _interface_row(interface: Interface) -> tuple[str, ...]:
    return (
        interface.name,
        f"{interface.admin_status or '?'}/{interface.oper_status or '?'}",
        _speed(interface.speed_bps),
        _number(interface.in_octets),
        _number(interface.out_octets),
        interface.alias or "",
    )


def _section(title: str, rows: Sequence[tuple[str, str]]) -> str:
    return f"{title}\n{_table([(f'  {name}', value) for name, value in rows])}" if rows else ""


def _command(command: str, output: str, complete: bool, partial: str) -> str:
    mark = "" if complete else f" [{partial}]"
    return f"$ {command}{mark}\n{output}"


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:g} %"


def _number(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _speed(bps: int | None) -> str:
    if not bps:
        return "-"
    for factor, unit in ((10**9, "Gbit/s"), (10**6, "Mbit/s"), (10**3, "kbit/s")):
        if bps >= factor:
            return f"{bps / factor:g} {unit}"
    return f"{bps} bit/s"
