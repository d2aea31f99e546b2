"""The internal page that shows every component with its states. Registered only where the settings ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from flask import Blueprint, render_template, request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from helpdesk.web.failures import render_failure
from helpdesk.web.guards import public
from helpdesk.web.pagination import Page

blueprint = Blueprint("gallery", __name__)
NOW = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)
SHA256 = "9f2c4b1a7de05863c1b0e94a5d7f6a2b83c4e1f09a6d5b7c2e8f3a1d4c6b9e70"
ACTIVITIES = (
    (
        "Mengoordinasikan permintaan dan menugaskan Kasubbag",
        "Kabag Data dan Informasi",
        "Dra. Ratna Wibisono",
    ),
    ("Menyiapkan data dan/atau bahan", "Kasubbag Sistem Informasi", "Bambang Setiawan, S.Kom."),
    ("Melakukan proses identifikasi bahan", "Pelaksana (JP/JFT)", "Siti Nurhaliza Putri, A.Md."),
    ("Memverifikasi bahan", "Kasubbag Sistem Informasi", "Bambang Setiawan, S.Kom."),
    ("Berkoordinasi dengan instansi terkait", "Kabag Data dan Informasi", None),
    ("Menyusun konsep laporan", "Kasubbag Sistem Informasi", None),
    ("Menandatangani laporan", "Kabag Data dan Informasi", None),
)


@dataclass(frozen=True)
class SampleStep:
    """One step as lane.html reads it."""

    number: int
    title: str
    role_title: str
    official: str | None
    state: str
    due_at: datetime | None = None
    finished_at: datetime | None = None
    attempt: int = 1


@dataclass(frozen=True)
class SampleFile:
    """One file as attachments.html reads it."""

    name: str
    size_bytes: int
    content_type: str
    url: str = "#content"
    sha256: str = SHA256
    added_by: str = "Siti Nurhaliza Putri, A.Md."
    added_at: datetime = NOW


@dataclass(frozen=True)
class SampleChange:
    """One change between two snapshots as evidence.html reads it."""

    object: str
    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class SampleTicket:
    """One row of the table."""

    number: str
    subject: str
    agency: str
    step: int
    clock_state: str
    minutes_left: int
    status: str = "open"


FILES = [
    SampleFile("surat-permohonan-B-1207-2026.pdf", 248_120, "application/pdf"),
    SampleFile("foto-rak-lantai-3.jpg", 1_830_400, "image/jpeg"),
]
CHANGES = [
    SampleChange("GigabitEthernet0/0/7", "keadaan operasi", "up", "down"),
    SampleChange("GigabitEthernet0/0/12", "galat masuk bertambah", "14", "9.310"),
    SampleChange("VLAN 312", "ditambahkan", None, "Rapat-Terbatas"),
]
TICKETS = [
    SampleTicket(
        "TKT-2026-00142",
        "Gangguan akses aplikasi persuratan antarkementerian setelah pemindahan sakelar lantai 3",
        "Kementerian Luar Negeri",
        3,
        "late",
        -65,
    ),
    SampleTicket("TKT-2026-00143", "Penambahan jalur VPN", "Kementerian Pertahanan", 2, "near", 18),
    SampleTicket(
        "TKT-2026-00144", "Konsultasi alamat IP gedung baru", "Badan Siber dan Sandi Negara", 1, "on_time", 52
    ),
    SampleTicket(
        "TKT-2026-00139", "Pemeriksaan kabel serat optik", "Kementerian Hukum", 5, "paused", 120, "waiting"
    ),
    SampleTicket("TKT-2026-00121", "Rapat daring lintas instansi", "Polri", 7, "done", 0, "closed"),
]


def sample_lane(states: str, attempts: dict[int, int] | None = None) -> list[SampleStep]:
    """Return the seven steps in the given states, one word a step."""
    steps = []
    for number, (state, (title, role, official)) in enumerate(
        zip(states.split(), ACTIVITIES, strict=True), 1
    ):
        begun = state != "waiting"
        steps.append(
            SampleStep(
                number,
                title,
                role,
                official if begun else None,
                state,
                due_at=NOW + timedelta(minutes=50) if begun and state != "done" else None,
                finished_at=NOW - timedelta(minutes=20 * (8 - number)) if state == "done" else None,
                attempt=(attempts or {}).get(number, 1),
            )
        )
    return steps


def sample_lanes() -> list[tuple[str, list[SampleStep]]]:
    """Return lanes that show every state together."""
    return [
        ("current", sample_lane("done done current waiting waiting waiting waiting")),
        ("late", sample_lane("done late waiting waiting waiting waiting waiting")),
        ("returned", sample_lane("done done near returned waiting waiting waiting", {3: 2})),
        ("paused", sample_lane("done done done done paused waiting waiting")),
    ]


@dataclass(frozen=True)
class Samples:
    """All that the page shows."""

    now: datetime = NOW
    sha256: str = SHA256
    lanes: list[tuple[str, list[SampleStep]]] = field(default_factory=sample_lanes)
    files: list[SampleFile] = field(default_factory=FILES.copy)
    changes: list[SampleChange] = field(default_factory=CHANGES.copy)
    tickets: list[SampleTicket] = field(default_factory=TICKETS.copy)


def choices(*pairs: tuple[str, str]) -> list[SelectChoice]:
    """Return choices of a field."""
    return [SelectChoice(value, label) for value, label in pairs]


class SampleForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """One field of every kind."""

    name = StringField("Nama lengkap", [InputRequired("Isi nama lengkap Anda."), Length(max=200)])
    email = EmailField(
        "Alamat surel",
        [
            InputRequired("Isi alamat surel Anda."),
            Regexp(r"\S+@\S+\.\S+", message="Alamat surel ini tidak lengkap."),
        ],
    )
    phone = StringField("Nomor telepon", [Optional()])
    kind = SelectField(
        "Jenis permintaan",
        choices=choices(("", "Pilih satu"), ("teknis", "Kerja sama teknis"), ("konsultasi", "Konsultasi")),
    )
    description = TextAreaField("Uraian", [InputRequired("Uraikan permintaan Anda."), Length(max=2000)])
    preferred_on = DateField("Tanggal yang diharapkan", [InputRequired("Pilih tanggal.")])
    people = IntegerField("Jumlah pengguna terdampak", [Optional()])
    password = PasswordField("Kata sandi", [Optional()])
    urgency = RadioField(
        "Sifat",
        choices=choices(
            ("biasa", "Biasa"),
            ("segera", "Segera"),
            ("sangat_segera", "Sangat segera"),
            ("rahasia", "Rahasia"),
        ),
        validators=[InputRequired("Pilih salah satu sifat.")],
    )
    instructions = SelectMultipleField(
        "Isi disposisi",
        choices=choices(
            ("diketahui", "Untuk diketahui"),
            ("ditindaklanjuti", "Untuk ditindaklanjuti"),
            ("bahan", "Siapkan bahan"),
            ("koordinasi", "Koordinasikan"),
        ),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    files = FileField("Lampiran")
    consent = BooleanField(
        "Saya menyetujui data ini dipakai untuk menangani permintaan.",
        [InputRequired("Persetujuan diperlukan.")],
    )
    website = StringField("Situs")


def filled_form() -> SampleForm:
    """Return the form as somebody filled it well."""
    return SampleForm(
        formdata=None,
        name="Dewi Anggraini",
        email="dewi.anggraini@kemlu.example",
        kind="teknis",
        description="Jaringan lantai 3 terputus sejak pukul 08.15.",
        preferred_on=date(2026, 11, 25),
        urgency="segera",
        instructions=["ditindaklanjuti"],
    )


def refused_form() -> SampleForm:
    """Return the form with an error at every field that can have one."""
    sent = {"refused-email": "dewi@", "refused-kind": ""}
    form = SampleForm(formdata=MultiDict(sent), prefix="refused-", meta={"csrf": False})
    form.validate()
    return form


@blueprint.get("/_components")
@public
def show_components() -> str:
    """Show every component with its states."""
    number = request.args.get("page", 2, type=int)
    return render_template(
        "internal/components.html",
        samples=Samples(),
        form=filled_form(),
        refused=refused_form(),
        page=Page(items=TICKETS, number=min(max(number, 1), 10), size=25, total=240),
        sort=request.args.get("sort", "-due"),
    )


@blueprint.get("/_components/failure/<int:status>")
@public
def show_failure(status: int) -> tuple[str, int]:
    """Show the page of a failure."""
    return render_failure(status)
