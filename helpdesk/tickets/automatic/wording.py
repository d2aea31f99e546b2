"""What an automatic ticket says, in the language of the office's papers."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from helpdesk.evidence.models import Snapshot
from helpdesk.findings.models import FindingRecord
from helpdesk.findings.rules import QUIET, Turn

REQUESTER = "Pemantauan jaringan"
SUBJECT_LETTERS = 200


def subject_of(finding: FindingRecord, title: str) -> str:
    """Return the subject: what kind of finding, where."""
    subject = f"{title}: {finding.device.name}"
    if finding.object != finding.device.name:
        subject += f", {finding.object}"
    return subject[:SUBJECT_LETTERS]


def description_of(finding: FindingRecord, sentence: str, snapshot: Snapshot, zone: ZoneInfo) -> str:
    """Return what is wrong, where, since when, and what shows it."""
    device = finding.device
    return "\n".join(
        (
            sentence,
            "",
            f"Perangkat: {device.name} ({device.address}), {device.site.name}",
            f"Objek: {finding.object}",
            f"Sejak: {_moment(finding.first_seen_at, zone)}",
            f"Bukti: cuplikan {_moment(snapshot.taken_at, zone)}, SHA-256 {snapshot.sha256}",
        )
    )


def note_of(turn: Turn, sentence: str, snapshot: Snapshot, zone: ZoneInfo) -> str:
    """Return what is noted when it happens again, swings, or is over."""
    beginning = {
        Turn.OPENED: f"Terjadi lagi: {sentence}",
        Turn.WORSENED: f"Memburuk lagi sebelum pulih: {sentence}",
        Turn.FLAPPING: f"Berubah-ubah (flapping): {sentence} Perubahan berikutnya tidak dicatat sampai "
        f"keadaan tenang selama {QUIET.seconds // 60} menit.",
        Turn.RECOVERED: f"Pulih: keadaan ini tidak lagi terbaca. Semula: {sentence} "
        "Tiket ditutup oleh petugas.",
    }[turn]
    return f"{beginning}\n{_proof(snapshot, zone)}"


def note_of_child(finding: FindingRecord, parent: str, snapshot: Snapshot, zone: ZoneInfo) -> str:
    """Return what is noted on the ticket of the device in between."""
    sentence = f"{finding.device.name} tidak dapat dijangkau lewat {parent}."
    return f"{sentence}\n{_proof(snapshot, zone)}"


def _proof(snapshot: Snapshot, zone: ZoneInfo) -> str:
    return f"Bukti: cuplikan {_moment(snapshot.taken_at, zone)}, SHA-256 {snapshot.sha256}"


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%d-%m-%Y %H.%M.%S} {local.tzname()}"
