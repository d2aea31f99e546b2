"""The words in which changes of a procedure are told."""

from __future__ import annotations

from helpdesk.datafiles import Text

YES, NO = Text(id="ya", en="yes"), Text(id="tidak", en="no")
IDENTITY = Text(id="Identitas", en="Identity")
QUALIFICATION = Text(id="Kualifikasi", en="Qualification")
ROLE = Text(id="Pelaksana", en="Official")
EXTERNAL = Text(id="Kelengkapan dari luar", en="Requirement from outside")
REQUEST = Text(id="Jenis permohonan", en="Kind of request")
OUTPUT = Text(id="output", en="output")
POINT = Text(id="butir", en="point")
ROW = Text(id="urutan baris", en="order of the rows")
BRANCH = Text(id="jawaban", en="answer")

LISTS: dict[str, Text] = {
    "legal_basis": Text(id="Dasar Hukum", en="Legal basis"),
    "related": Text(id="Keterkaitan", en="Related procedures"),
    "equipment": Text(id="Peralatan/perlengkapan", en="Equipment"),
    "warnings": Text(id="Peringatan", en="Warnings"),
    "recording": Text(id="Pencatatan dan pendataan", en="Recording"),
    "notes": Text(id="Catatan", en="Notes"),
}
IDENTITY_FIELDS: dict[str, Text] = {
    "number": Text(id="Nomor SOP", en="SOP number"),
    "kind": Text(id="jenis SOP", en="kind of SOP"),
    "title": Text(id="judul", en="title"),
    "agency": Text(id="instansi", en="agency"),
    "secretariat": Text(id="sekretariat", en="secretariat"),
    "bureau": Text(id="biro", en="bureau"),
    "created_on": Text(id="tanggal pembuatan", en="date made"),
    "revised_on": Text(id="tanggal revisi", en="date revised"),
    "revision": Text(id="revisi ke", en="revision"),
    "effective_on": Text(id="tanggal efektif", en="date effective"),
    "approved_office": Text(id="jabatan pengesah", en="office that approves"),
    "approved_name": Text(id="nama pengesah", en="name of who approves"),
    "approved_nip": Text(id="NIP pengesah", en="NIP of who approves"),
}
STEP_FIELDS: dict[str, Text] = {
    "title": Text(id="nama singkat", en="short name"),
    "role": Text(id="pelaksana", en="official"),
    "activity": Text(id="kegiatan", en="activity"),
    "needs": Text(id="kelengkapan", en="requirements"),
    "working_minutes": Text(id="waktu", en="time"),
    "assigns": Text(id="menugaskan", en="assigns"),
    "returns_to": Text(id="dapat mengembalikan ke", en="may return to"),
    "next": Text(id="lanjut ke", en="goes on to"),
    "question": Text(id="keputusan", en="decision"),
    "remark": Text(id="keterangan", en="remarks"),
    "connector": Text(id="penghubung", en="connector"),
    "escalation": Text(id="eskalasi", en="escalation"),
}
# Keys of the parts that have a code; a key without a name here stands as the file has it.
PART_FIELDS: dict[str, Text] = {
    "title": Text(id="judul", en="title"),
    "full_title": Text(id="nama lengkap jabatan", en="full title"),
    "superior": Text(id="atasan", en="superior"),
    "kind": Text(id="jenis", en="kind"),
    "help": Text(id="petunjuk", en="hint"),
    "fields": Text(id="isian", en="fields"),
    "items": Text(id="butir", en="items"),
    "columns": Text(id="kolom", en="columns"),
    "paper": Text(id="naskah", en="paper"),
    "signs": Text(id="menandatangani", en="signs"),
}
SENTENCES: dict[str, Text] = {
    "added": Text(id="{part}: ditambahkan", en="{part}: added"),
    "removed": Text(id="{part}: dihapus", en="{part}: removed"),
    "moved": Text(id="{part}: urutannya berubah", en="{part}: stands in another order"),
    "changed": Text(id="{part}: berubah", en="{part}: changed"),
    "field_added": Text(id="{part}: {field} ditambahkan: “{after}”", en="{part}: {field} added: “{after}”"),
    "field_removed": Text(id="{part}: {field} dihapus: “{before}”", en="{part}: {field} removed: “{before}”"),
    "field_moved": Text(
        id="{part}: {field} berubah dari {before} menjadi {after}",
        en="{part}: {field} changed from {before} to {after}",
    ),
    "field_changed": Text(
        id="{part}: {field} diubah dari “{before}” menjadi “{after}”",
        en="{part}: {field} changed from “{before}” to “{after}”",
    ),
}


def numbered_step(number: int) -> Text:
    """Return "Langkah 4"."""
    return Text(id=f"Langkah {number}", en=f"Step {number}")


def named(what: Text, title: Text) -> Text:
    """Return "Langkah 4 (Verifikasi bahan)"."""
    return Text(id=f"{what.id} ({title.id})", en=f"{what.en} ({title.en})")


def within(whole: Text, part: Text) -> Text:
    """Return "Langkah 4 (Verifikasi bahan), output (…)"."""
    return Text(id=f"{whole.id}, {part.id}", en=f"{whole.en}, {part.en}")
