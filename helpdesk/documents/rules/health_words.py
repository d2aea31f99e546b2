"""What a health report says, in both languages: it is drawn in that of the office."""

from __future__ import annotations

from helpdesk.datafiles import Text
from helpdesk.documents.wording import CHANGES

WORDS: dict[str, Text] = {
    "heading": Text(id="Laporan Kesehatan Jaringan", en="Network Health Report"),
    "daily": Text(id="Laporan Kesehatan Harian", en="Daily Health Report"),
    "weekly": Text(id="Laporan Kesehatan Mingguan", en="Weekly Health Report"),
    "monthly": Text(id="Laporan Kesehatan Bulanan", en="Monthly Health Report"),
    "scope": Text(id="Cakupan", en="Scope"),
    "all": Text(id="Semua perangkat", en="All devices"),
    "site": Text(id="Lokasi", en="Site"),
    "group": Text(id="Kelompok", en="Group"),
    "period": Text(id="Periode", en="Period"),
    "made": Text(id="Dibuat", en="Made"),
    "by_itself": Text(id="secara otomatis oleh sistem", en="by the system itself"),
    "summary": Text(id="Ringkasan", en="Summary"),
    "devices": Text(id="Perangkat", en="Devices"),
    "read": Text(id="Terbaca", en="Read"),
    "unread": Text(id="Tidak terbaca", en="Not read"),
    "availability": Text(id="Ketersediaan", en="Availability"),
    "findings": Text(id="Temuan", en="Findings"),
    "no_findings": Text(
        id="Tidak ada hal yang memerlukan perhatian pada periode ini.",
        en="Nothing in this period needs attention.",
    ),
    "no_devices": Text(
        id="Tidak ada perangkat aktif dalam cakupan ini.", en="There is no device in use in this scope."
    ),
    "device": Text(id="Perangkat", en="Device"),
    "address": Text(id="Alamat", en="Address"),
    "finding": Text(id="Uraian", en="Description"),
    "readings": Text(id="Pembacaan", en="Readings"),
    "answered": Text(id="dijawab", en="answered"),
    "processor": Text(id="Prosesor", en="Processor"),
    "memory": Text(id="Memori", en="Memory"),
    "temperature": Text(id="Suhu", en="Temperature"),
    "processor_percent": Text(id="Prosesor", en="Processor"),
    "memory_percent": Text(id="Memori", en="Memory"),
    "temperature_celsius": Text(id="Suhu", en="Temperature"),
    "traffic": Text(id="Lalu lintas", en="Traffic"),
    "highest": Text(id="tertinggi", en="highest"),
    "mean": Text(id="rata-rata", en="mean"),
    "per_device": Text(id="Keadaan per Perangkat", en="Device by Device"),
    "restarts": Text(id="Dinyalakan ulang", en="Restarted"),
    "unreachable": Text(id="Tidak dapat dijangkau", en="Unreachable"),
    "incomplete": Text(id="Pembacaan tidak lengkap", en="Incomplete readings"),
    "broken": Text(id="Bukti rusak", en="Broken evidence"),
    "none": Text(id="tidak ada", en="none"),
    "to": Text(id="s.d.", en="to"),
    "onwards": Text(id="sampai akhir periode", en="to the end of the period"),
    "further": Text(id="dan {count} lainnya", en="and {count} more"),
    "busiest": Text(id="Port tersibuk", en="Busiest ports"),
    "port": Text(id="Port", en="Port"),
    "alias": Text(id="Keterangan", en="Alias"),
    "speed": Text(id="Kecepatan", en="Speed"),
    "in": Text(id="Masuk", en="In"),
    "out": Text(id="Keluar", en="Out"),
    "peak": Text(id="Puncak", en="Peak"),
    "load": Text(id="Beban puncak", en="Peak load"),
    "faulty": Text(id="Port dengan galat atau paket dibuang", en="Ports with errors or discards"),
    "errors": Text(id="Galat", en="Errors"),
    "discards": Text(id="Dibuang", en="Discards"),
    "changes": Text(id="Perubahan", en="Changes"),
    "no_changes": Text(
        id="Tidak ada perubahan yang terlihat pada periode ini.", en="No change was seen in this period."
    ),
    "seen": Text(id="Terlihat", en="Seen"),
    "object": Text(id="Objek", en="Object"),
    "what": Text(id="Perubahan", en="Change"),
    "before": Text(id="Sebelum", en="Before"),
    "after": Text(id="Sesudah", en="After"),
    "never_read": Text(
        id="Perangkat ini tidak dibaca pada periode ini.", en="This device was not read in this period."
    ),
    "graph": Text(id="Grafik", en="Graph"),
    "gap_key": Text(
        id="Bidang kelabu: tidak ada hasil pembacaan. Garis yang terputus berarti tidak ada data, bukan nol.",
        en="Grey areas: nothing was read. A broken line means no data, and not nought.",
    ),
    "steps": Text(id="{count} dari {total} selang tanpa data", en="{count} of {total} steps without data"),
    "in_dark": Text(id="Garis gelap: masuk; garis terang: keluar.", en="Dark line: in; light line: out."),
    "line_key": Text(
        id="Garis gelap: nilai tertinggi, atau lalu lintas masuk; garis terang: rata-rata, atau lalu lintas "
        "keluar.",
        en="Dark line: the highest value, or the traffic in; light line: the mean, or the traffic out.",
    ),
    "method": Text(id="Cara Penghitungan", en="How This Was Counted"),
    "page": Text(id="Halaman", en="Page"),
    "of": Text(id="dari", en="of"),
}
METHOD: tuple[Text, ...] = (
    Text(
        id="Ketersediaan adalah bagian waktu ketika perangkat menjawab, dihitung dari satu pembacaan ke "
        "pembacaan berikutnya; ringkasan memuat rata-rata perangkat yang dibaca.",
        en="Availability is the share of time in which a device answered, from one reading to the next; "
        "the summary has the mean of the devices that were read.",
    ),
    Text(
        id="Grafik dan lalu lintas berasal dari deret waktu semua pembacaan; jika deret waktu belum ada, dan "
        "untuk galat serta perubahan, dari perbandingan cuplikan yang dibekukan, paling rapat setiap {step}. "
        "Penghitung yang diatur ulang atau tidak lengkap tidak memberi angka.",
        en="Graphs and traffic come from the time series of all readings; where there is none yet, and for "
        "errors and changes, from comparing frozen snapshots, at the closest every {step}. "
        "A counter that was reset or is incomplete gives no number.",
    ),
    Text(
        id="Puncak adalah rata-rata selang yang tersibuk; lonjakan yang lebih pendek dapat lebih tinggi.",
        en="A peak is the mean of the busiest stretch, so that a shorter burst may have been higher.",
    ),
)
FINDINGS: dict[str, Text] = {
    "unread": Text(id="Tidak dibaca sama sekali pada periode ini.", en="Was not read at all in this period."),
    "silent": Text(
        id="Tidak menjawab satu pun dari {count} pembacaan.", en="Answered none of {count} readings."
    ),
    "availability": Text(
        id="Ketersediaan {percent}; {spans} kali tidak dapat dijangkau.",
        en="Availability {percent}; unreachable {spans} times.",
    ),
    "restarted": Text(id="Dinyalakan ulang {count} kali.", en="Restarted {count} times."),
    "processor_percent": Text(id="Prosesor mencapai {value}{grave}.", en="Processor reached {value}{grave}."),
    "memory_percent": Text(id="Memori mencapai {value}{grave}.", en="Memory reached {value}{grave}."),
    "temperature_celsius": Text(id="Suhu mencapai {value}{grave}.", en="Temperature reached {value}{grave}."),
    "errors": Text(
        id="Galat atau paket dibuang pada port: {ports}.", en="Errors or discards on the ports: {ports}."
    ),
    "incomplete": Text(
        id="{count} pembacaan tidak lengkap ({parts}).", en="{count} readings are incomplete ({parts})."
    ),
    "broken": Text(
        id="{count} cuplikan tidak lagi sesuai dengan sidik SHA-256-nya.",
        en="{count} snapshots no longer agree with their SHA-256.",
    ),
}
GRAVE = Text(id=" (kritis)", en=" (critical)")
PARTS_EN = {
    "system": "system",
    "interfaces": "ports",
    "processors": "processors",
    "memory": "memory",
    "sensors": "sensors",
    "neighbours": "neighbours",
    "storage": "storage",
}
_CHANGES_EN = {
    "reachable": "reachable",
    "removed": "port gone",
    "added": "new port",
    "neighbour_added": "new neighbour",
    "neighbour_removed": "neighbour gone",
    "type": "type of port",
    "admin_status": "administrative state",
    "oper_status": "operational state",
    "speed_bps": "speed",
    "mtu": "MTU",
    "alias": "alias",
    "mac": "MAC address",
    "name": "name",
    "description": "system description",
    "contact": "contact",
    "location": "location",
    "vendor": "vendor",
    "model": "model",
    "version": "version",
    "serial": "serial number",
}


def word(key: str, language: str) -> str:
    """Return one of the words of the paper."""
    return WORDS[key].in_language(language)


def change_name(what: str, language: str) -> str:
    """Return what changed, by its name."""
    known = CHANGES if language == "id" else _CHANGES_EN
    return known.get(what, what)
