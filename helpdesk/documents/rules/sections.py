"""The report's first text: official Indonesian, generated from the steps, then edited by people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from helpdesk.documents.rules.blocks import escape_markdown
from helpdesk.documents.rules.formats import (
    format_date,
    format_local_date,
    format_moment,
    format_number,
    number_in_words,
)
from helpdesk.documents.rules.report import Deviation, EvidenceItem, ProcedureFacts, StepFacts

ENDS = (".", "!", "?")


@dataclass(frozen=True, kw_only=True)
class RequestFacts:
    """Who asked, when and for what. `channel` and `kind` are already worded in Indonesian."""

    ticket_number: str
    requester_name: str
    requester_agency: str
    received_at: datetime
    channel: str
    kind: str
    subject: str
    description: str
    affected: str = ""
    letter_number: str = ""
    letter_date: date | None = None


@dataclass(frozen=True, kw_only=True)
class DispositionFacts:
    """One disposition given on the way: from which office to which, with what instruction."""

    sheet_number: str
    step_number: int
    from_office: str
    to_office: str
    to_name: str
    instruction: str
    given_at: datetime


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding of the identification; `severity` is already worded ("Ringan", "Sedang", "Berat")."""

    device: str
    title: str
    description: str = ""
    severity: str = ""
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class VerifiedItem:
    """One item of the verification: accepted, or rejected with a reason."""

    title: str
    accepted: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CoordinationFacts:
    """The coordination with the agency: who met, when, how, and what came of it."""

    agency: str
    persons: tuple[str, ...]
    held_on: date
    manner: str = ""
    subject: str = ""
    result: str = ""
    agreements: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReportFacts:
    """All that the sections are generated from."""

    timezone: str = "Asia/Jakarta"
    office: str
    unit: str
    request: RequestFacts
    procedure: ProcedureFacts
    work_programme: str = ""
    steps: tuple[StepFacts, ...]
    dispositions: tuple[DispositionFacts, ...] = ()
    findings: tuple[Finding, ...] = ()
    identification_summary: str = ""
    verified_items: tuple[VerifiedItem, ...] = ()
    coordination: CoordinationFacts | None = None
    deviations: tuple[Deviation, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()


def report_sections(facts: ReportFacts) -> dict[str, str]:
    """Return the first text of every section of SECTION_TITLES as markdown, for the Kasubbag to edit."""
    return {
        "general": _general(facts),
        "purpose": _purpose(facts),
        "scope": _scope(facts),
        "basis": _basis(facts),
        "activities": _activities(facts),
        "identification": _identification(facts),
        "verification": _verification(facts),
        "coordination": _coordination(facts),
        "conclusions": _conclusions(facts),
        "recommendations": _recommendations(facts),
        "closing": _closing(facts),
    }


def _general(facts: ReportFacts) -> str:
    request = facts.request
    asker = _said(request.requester_agency or request.requester_name)
    letter = ""
    if request.letter_number:
        letter = f" melalui surat Nomor {_said(request.letter_number)}"
        if request.letter_date:
            letter += f" tanggal {format_date(request.letter_date)}"
    opening = (
        f"Pada hari {format_moment(request.received_at, facts.timezone, weekday=True)}, "
        f"{_said(facts.office)} "
        f"menerima permohonan {_lowered(request.kind)} dari {asker}{letter} mengenai "
        f"“{_said(request.subject)}”. Permohonan tersebut diterima melalui {_lowered(request.channel)} dan "
        f"dicatat dengan nomor tiket {_said(request.ticket_number)}."
    )
    parts = [opening]
    if request.description.strip():
        parts.append(f"Uraian permohonan: {_said(request.description)}")
    if request.affected.strip():
        parts.append(f"Lokasi atau perangkat yang disebutkan pemohon: {_said(request.affected)}.")
    if facts.work_programme:
        parts.append(
            f"Pelaksanaan permohonan ini merupakan bagian dari program kerja {_said(facts.work_programme)}."
        )
    return "\n\n".join(parts)


def _purpose(facts: ReportFacts) -> str:
    return (
        "Maksud penyusunan laporan ini adalah untuk memberikan gambaran mengenai pelaksanaan koordinasi dan "
        f"kerja sama teknis sehubungan dengan permohonan mengenai “{_said(facts.request.subject)}”.\n\n"
        "Tujuannya adalah sebagai bahan pertanggungjawaban pelaksanaan kegiatan, serta sebagai bahan "
        "pertimbangan pimpinan dalam menentukan kebijakan lebih lanjut."
    )


def _scope(facts: ReportFacts) -> str:
    devices = list(dict.fromkeys(finding.device for finding in facts.findings if finding.device))
    covered = f" terhadap perangkat {_enumerated(devices)}" if devices else ""
    return (
        "Ruang lingkup laporan ini meliputi penyiapan data dan/atau bahan, proses identifikasi, verifikasi "
        f"bahan{covered}, koordinasi dan kerja sama teknis dengan instansi terkait, serta penyusunan laporan "
        "hasil kegiatan."
    )


def _basis(facts: ReportFacts) -> str:
    procedure = facts.procedure
    own = f"Standar Operasional Prosedur Nomor {_said(procedure.number)} tentang {_said(procedure.title)}"
    if procedure.effective_on:
        own += f" yang berlaku efektif sejak {format_date(procedure.effective_on)}"
    dispositions = [
        f"Disposisi Nomor {_said(row.sheet_number)} tanggal "
        f"{format_local_date(row.given_at, facts.timezone)} dari {_said(row.from_office)} kepada "
        f"{_said(row.to_office)}"
        for row in facts.dispositions
        if row.sheet_number
    ]
    entries = [*(_said(entry.rstrip(" .;")) for entry in procedure.legal_basis), own, *dispositions]
    last = len(entries) - 1
    return "\n".join(
        f"{place + 1}. {entry}{'.' if place == last else ';'}" for place, entry in enumerate(entries)
    )


def _activities(facts: ReportFacts) -> str:
    # Nothing here tells of the end or of lateness: the draft is written before the last steps have ended.
    # The paper counts both from the steps, under its table, at the moment it is signed.
    begun = [step.started_at for step in facts.steps if step.started_at]
    since = f" sejak {format_moment(min(begun), facts.timezone)}" if begun else ""
    return (
        f"Kegiatan dilaksanakan{since} sesuai dengan langkah-langkah SOP Nomor "
        f"{_said(facts.procedure.number)}. Rincian kegiatan, pejabat atau petugas yang melaksanakan, dan "
        "waktu yang dipakai tercantum dalam Tabel 1."
    )


def _identification(facts: ReportFacts) -> str:
    counted = (
        f"Identifikasi dilakukan terhadap {_counted(len(facts.evidence))} data dan/atau bahan sebagaimana "
        "tercantum dalam Lampiran I."
    )
    parts = [counted]
    if facts.identification_summary.strip():
        parts.append(_said(facts.identification_summary))
    if not facts.findings:
        parts.append("Tidak terdapat temuan yang memerlukan tindakan.")
        return "\n\n".join(parts)
    parts.append(f"Hasil identifikasi menunjukkan {_counted(len(facts.findings))} temuan, sebagai berikut:")
    by_device: dict[str, list[Finding]] = {}
    for finding in facts.findings:
        by_device.setdefault(finding.device, []).append(finding)
    for device, findings in by_device.items():
        title = f"Perangkat {_said(device)}" if device else "Temuan umum"
        rows = [f"- {_finding_line(finding)}" for finding in findings]
        parts.append(f"**{title}**\n\n" + "\n".join(rows))
    return "\n\n".join(parts)


def _finding_line(finding: Finding) -> str:
    line = f"**{_said(finding.title)}**" if finding.title.strip() else ""
    if finding.severity:
        line += f" (tingkat: {_lowered(finding.severity)})"
    if finding.description.strip():
        line += f"{'. ' if line else ''}{_said(finding.description)}"
    if finding.advice.strip():
        line += f"{'' if line.endswith(ENDS) else '.'} Saran: {_said(finding.advice)}"
    return line if line.endswith(ENDS) else f"{line}."


def _verification(facts: ReportFacts) -> str:
    items = facts.verified_items
    if not items:
        return "Verifikasi bahan belum dicatat."
    accepted = sum(item.accepted for item in items)
    rejected = len(items) - accepted
    verdict = f"{_counted(accepted)} dinyatakan diterima"
    verdict += f" dan {_counted(rejected)} dikembalikan" if rejected else ""
    rows = [
        f"| {place} | {_said(item.title)} | {'Diterima' if item.accepted else 'Ditolak'} | "
        f"{_said(item.reason) or '–'} |"
        for place, item in enumerate(items, start=1)
    ]
    table = ["| No. | Bahan | Hasil | Catatan |", "|:-:|---|:-:|---|", *rows]
    return f"Dari {_counted(len(items))} bahan yang diverifikasi, {verdict}.\n\n" + "\n".join(table)


def _coordination(facts: ReportFacts) -> str:
    held = facts.coordination
    if held is None:
        return "Koordinasi dengan instansi terkait belum dicatat."
    manner = f" melalui {_lowered(held.manner)}" if held.manner else ""
    topic = f" mengenai {_said(held.subject)}" if held.subject else ""
    persons = f", diwakili oleh {_enumerated(held.persons)}" if held.persons else ""
    parts = [
        f"Koordinasi dan kerja sama teknis dilaksanakan pada hari {format_date(held.held_on, weekday=True)} "
        f"dengan {_said(held.agency)}{persons}{manner}{topic}."
    ]
    if held.result.strip():
        parts.append(f"Hasil koordinasi: {_said(held.result)}")
    if held.agreements:
        agreed = [
            f"{place}. {_said(text.rstrip(' .;'))}." for place, text in enumerate(held.agreements, start=1)
        ]
        parts.append("Kesepakatan yang dicapai:\n\n" + "\n".join(agreed))
    return "\n\n".join(parts)


def _conclusions(facts: ReportFacts) -> str:
    agency = facts.coordination.agency if facts.coordination else facts.request.requester_agency
    entries = [
        f"Permohonan mengenai “{_said(facts.request.subject)}” telah ditindaklanjuti sesuai dengan SOP Nomor "
        f"{_said(facts.procedure.number)}.",
        f"Proses identifikasi menghasilkan {_counted(len(facts.findings))} temuan."
        if facts.findings
        else "Proses identifikasi tidak menghasilkan temuan yang memerlukan tindakan.",
        f"Koordinasi dan kerja sama teknis dengan {_said(agency)} telah dilaksanakan."
        if facts.coordination
        else "",
        "Dalam pelaksanaan terdapat penyimpangan dari SOP, yang dicatat beserta alasannya dalam Tabel 2."
        if facts.deviations
        else "",
    ]
    return _numbered(entries)


def _recommendations(facts: ReportFacts) -> str:
    advice = [
        f"{_said(finding.advice).rstrip('.')} (perangkat {_said(finding.device)})."
        if finding.device
        else f"{_said(finding.advice).rstrip('.')}."
        for finding in facts.findings
        if finding.advice.strip()
    ]
    return _numbered(
        [*advice, "Pemantauan keadaan jaringan perlu dilanjutkan secara berkala oleh kedua belah pihak."]
    )


def _closing(facts: ReportFacts) -> str:
    return (
        f"Demikian laporan ini disusun sebagai bahan masukan dan pertanggungjawaban {_said(facts.office)}. "
        "Atas perhatian dan arahan pimpinan, kami mengucapkan terima kasih."
    )


def _numbered(entries: list[str]) -> str:
    kept = [entry for entry in entries if entry]
    return "\n".join(f"{place}. {entry}" for place, entry in enumerate(kept, start=1))


def _said(text: str) -> str:
    """Return a person's words so that markdown leaves them alone."""
    return escape_markdown(text)


def _lowered(text: str) -> str:
    return _said(text[:1].lower() + text[1:])


def _counted(count: int) -> str:
    return f"{format_number(count)} ({number_in_words(count)})"


def _enumerated(items: Sequence[str]) -> str:
    said = [_said(item) for item in items]
    if len(said) <= 2:
        return " dan ".join(said)
    return f"{', '.join(said[:-1])}, dan {said[-1]}"
