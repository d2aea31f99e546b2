"""The invented people of the demo office. Names, NIP and addresses belong to nobody."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "meja-kerja-demo"  # noqa: S105  # printed at every start of the demo, and used nowhere else


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who can be tried out: the role's code, and its name for the table at the start."""

    username: str
    name: str
    role: str
    office: str
    nip: str | None
    rank: str | None = None
    language: str = "id"


PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson(
        "ratna",
        "Ratna Puspita, S.Kom., M.T.I.",
        "head",
        "Kepala Bagian / Head",
        "197604122001122001",
        "Pembina (IV/a)",
    ),
    DemoPerson(
        "bagus",
        "Bagus Prasetyo, S.T.",
        "subhead",
        "Kepala Subbagian / Subhead",
        "198309172008011002",
        "Penata (III/c)",
    ),
    DemoPerson(
        "dewi",
        "Dewi Anggraini, A.Md.Kom.",
        "technician",
        "Pelaksana / Technician",
        "199202282015032003",
        "Pengatur (II/c)",
    ),
    DemoPerson(
        "yohanes",
        "Yohanes Lelapary, S.Kom.",
        "technician",
        "Pelaksana / Technician",
        "199511032019021004",
        "Penata Muda (III/a)",
        "en",
    ),
    DemoPerson(
        "wayan",
        "I Wayan Suardana, S.T.",
        "network_coordinator",
        "Koordinator Jaringan / Coordinator",
        "198506142010121003",
        "Penata (III/c)",
    ),
    DemoPerson(
        "fajar",
        "Fajar Nugroho, A.Md.T.",
        "network_technician",
        "Teknisi Jaringan / Technician",
        "199408252019031006",
        "Pengatur Tingkat I (II/d)",
    ),
    DemoPerson(
        "putri",
        "Putri Maharani, A.Md.",
        "duty_operator",
        "Petugas Piket / Duty operator",
        "199801172022032008",
        "Pengatur (II/c)",
    ),
    DemoPerson("admin", "Sri Wahyuni", "admin", "Admin", "198807252011012005"),
    DemoPerson("auditor", "Hendra Gunawan, S.E., Ak.", "auditor", "Auditor", "197912302005011006"),
)
