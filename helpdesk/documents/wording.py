"""Official Indonesian words for what the tables hold as codes: a paper has one language."""

from __future__ import annotations

from typing import Any

from helpdesk.documents.rules.annexes import STATUS_WORDS

REQUEST_KINDS = {
    "technical_cooperation": "Kerja sama teknis pemeliharaan",
    "operation_consultation": "Konsultasi pengoperasian",
    "coordination": "Koordinasi",
}
CHANNELS = {
    "web": "Formulir daring",
    "phone": "Telepon",
    "letter": "Surat",
    "fax": "Faksimile",
    "visit": "Kunjungan langsung",
    "monitoring": "Pemantauan jaringan",
}
MANNERS = {
    "meeting": "Rapat",
    "online": "Rapat daring",
    "phone": "Telepon",
    "letter": "Surat-menyurat",
    "visit": "Kunjungan",
}
CONDITIONS = {"normal": "Normal", "attention": "Perlu perhatian", "fault": "Rusak"}
PROPOSAL_DECISIONS = {"accepted": "Diterima", "edited": "Diterima, diubah", "rejected": "Ditolak"}
EVIDENCE_KINDS = {"snapshot": "Cuplikan perangkat", "file": "Berkas", "note": "Catatan"}
EVIDENCE_SET = "Bahan kejadian"
VERIFIED_KINDS = EVIDENCE_KINDS | {"conclusion": "Simpulan identifikasi", "finding": "Hasil identifikasi"}
SNAPSHOT_REASONS = {
    "schedule": "Cuplikan terjadwal",
    "ticket": "Cuplikan untuk tiket",
    "manual": "Cuplikan atas permintaan",
    "trap": "Cuplikan setelah trap perangkat",
}
CHANGES = {
    "reachable": "dapat dijangkau",
    "restarted": "dinyalakan ulang",
    "removed": "antarmuka hilang",
    "added": "antarmuka baru",
    "neighbour_added": "perangkat tetangga baru",
    "neighbour_removed": "perangkat tetangga hilang",
    "type": "jenis antarmuka",
    "admin_status": "status administratif",
    "oper_status": "status operasional",
    "speed_bps": "kecepatan",
    "mtu": "MTU",
    "alias": "keterangan",
    "mac": "alamat MAC",
    "name": "nama",
    "description": "deskripsi sistem",
    "contact": "narahubung",
    "location": "lokasi",
    "vendor": "pabrikan",
    "model": "model",
    "version": "versi",
    "serial": "nomor seri",
    "vlans_added": "VLAN baru",
    "vlans_removed": "VLAN hilang",
    "vlans_name": "nama VLAN",
    "vlans_status": "keadaan VLAN",
    "addresses_added": "alamat baru",
    "addresses_removed": "alamat hilang",
    "addresses_prefix_length": "panjang prefiks",
    "addresses_interface": "port alamat",
    "bgp_peers_added": "mitra BGP baru",
    "bgp_peers_removed": "mitra BGP hilang",
    "bgp_peers_state": "keadaan mitra BGP",
    "bgp_peers_admin_status": "keadaan mitra BGP yang dikehendaki",
    "bgp_peers_remote_as": "AS mitra BGP",
    "bgp_peers_router_id": "ID router mitra BGP",
    "ospf_neighbours_added": "tetangga OSPF baru",
    "ospf_neighbours_removed": "tetangga OSPF hilang",
    "ospf_neighbours_state": "keadaan tetangga OSPF",
    # what was measured
    "processors_added": "prosesor baru",
    "processors_removed": "prosesor tidak ada lagi",
    "processors_usage_percent": "beban prosesor",
    "memory_added": "memori baru",
    "memory_removed": "memori tidak ada lagi",
    "memory_usage_percent": "memori terpakai",
    "memory_total_bytes": "ukuran memori",
    "storage_added": "penyimpanan baru",
    "storage_removed": "penyimpanan tidak ada lagi",
    "storage_usage_percent": "penyimpanan terpakai",
    "storage_total_bytes": "ukuran penyimpanan",
    "sensors_added": "sensor baru",
    "sensors_removed": "sensor tidak ada lagi",
    "sensors_temperature": "suhu",
    "sensors_voltage": "tegangan",
    "sensors_current": "arus",
    "sensors_power": "daya",
    "sensors_humidity": "kelembapan",
    "sensors_fan": "kipas",
    "sensors_charge": "isi baterai",
    "sensors_runtime": "sisa waktu baterai",
    "sensors_load": "beban",
    "power_added": "catu daya baru",
    "power_removed": "catu daya tidak ada lagi",
    "power_status": "keadaan catu daya",
    "alarms_added": "alarm baru",
    "alarms_removed": "alarm tidak ada lagi",
    "alarms_severity": "tingkat alarm",
    "ups_source": "sumber listrik",
    "ups_battery_status": "keadaan baterai",
    "ups_last_transfer_cause": "sebab perpindahan terakhir ke baterai",
    "ups_battery_charge_percent": "isi baterai",
    "ups_battery_runtime_minutes": "sisa waktu baterai",
    "ups_battery_temperature_celsius": "suhu baterai",
    "ups_load_percent": "beban",
    "ups_input_volts": "tegangan listrik masuk",
}
STATES = STATUS_WORDS | {True: "ya", False: "tidak", None: "–", "": "–"}


def worded_change(change: dict[str, Any], format_speed: Any) -> dict[str, str]:
    """Return a change as the annex prints it."""
    is_speed = change["what"] == "speed_bps"

    def value(raw: Any) -> str:
        if is_speed and raw is not None:
            return str(format_speed(raw))
        return str(STATES.get(raw, raw)) if isinstance(raw, (str, bool, type(None))) else str(raw)

    is_restart = change["what"] == "restarted"
    return {
        "object": "Perangkat" if change["object"] == "device" else str(change["object"]),
        "what": CHANGES.get(change["what"], change["what"]),
        "before": "–" if is_restart else value(change["before"]),
        "after": "ya" if is_restart else value(change["after"]),
    }
