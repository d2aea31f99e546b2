"""Procedure files: a mistake is named with file, line, step and reason; a sound one is found by number."""

from __future__ import annotations

from datetime import date

import pytest

from helpdesk.sop.catalogue import PROCEDURE_SCHEMA, PROCEDURES_DIRECTORY, load_catalogue, parse_procedure
from helpdesk.sop.errors import ProcedureFileInvalid, ProcedureUnknown
from helpdesk.sop.schema import published_schema
from tests.factories.procedures import keep_procedure, keep_released


def problems_of(text: str, language: str = "id") -> list[str]:
    with pytest.raises(ProcedureFileInvalid) as refused:
        parse_procedure(text, "v2.yaml")
    return [problem.worded(language) for problem in refused.value.problems]


def line_of(text: str, part: str) -> int:
    """The line of the only place where the part stands."""
    (number,) = [number for number, line in enumerate(text.splitlines(), start=1) if part in line]
    return number


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "needs: [finding]",
            "needs: [x]",
            "langkah 2 (judge): kebutuhan 'x' tidak dihasilkan oleh langkah sebelumnya",
        ),
        (
            "needs: [finding]",
            "needs: [letter]",
            "langkah 2 (judge): kebutuhan 'letter' tidak dihasilkan oleh langkah sebelumnya",
        ),
        (
            "needs: [finding]",
            "needs: [verdict]",
            "langkah 2 (judge): kebutuhan 'verdict' tidak dihasilkan oleh langkah sebelumnya",
        ),
        ("needs: [plan]", "needs: []", "langkah 1 (look): 'needs' harus memuat paling sedikit 1 butir"),
        ("role: clerk", "role: clerc", "langkah 1 (look): peran 'clerc' tidak ada"),
        ("next: judge", "next: juge", "langkah 1 (look): langkah 'juge' tidak ada"),
        ("returns_to: look", "returns_to: nowhere", "langkah 3 (close): langkah 'nowhere' tidak ada"),
        (
            "returns_to: look",
            "returns_to: close",
            "langkah 3 (close): hanya dapat kembali ke langkah sebelumnya, bukan 'close'",
        ),
        (
            "working_minutes: 20",
            "working_minutes: 0",
            "langkah 2 (judge): 'working_minutes' harus lebih besar dari 0",
        ),
        (
            "working_minutes: 20",
            "working_minutes: lama",
            "langkah 2 (judge): 'working_minutes' harus berupa bilangan bulat",
        ),
        (
            "working_minutes: 20",
            "working_minutes: 112501",
            "langkah 2 (judge): 'working_minutes' harus paling banyak 112500",
        ),
        ("id: judge", "id: look", "langkah 2 (look): id langkah 'look' dipakai dua kali"),
        ("id: judge", "id: end", "langkah 2 (end): id 'end' dicadangkan"),
        ("number: 3", "number: 2", "langkah 2 (close): nomor langkah '2' dipakai dua kali"),
        ("number: 3", "number: 4", "langkah 4 (close): nomor langkah harus 3, berurutan seperti baris tabel"),
        ("code: verdict", "code: finding", "langkah 2 (judge): kode kelengkapan 'finding' dipakai dua kali"),
        ("kind: verification", "kind: poem", "langkah 2 (judge): 'kind' harus salah satu dari 'form'"),
        (
            "returns_to: look",
            "assigns: clerk",
            "langkah 3 (close): 'assigns' memerlukan output jenis 'disposition', tempat petugasnya ditunjuk",
        ),
        ("effective_on: 2026-03-02", "effective_on: 2025-03-02", "tanggal efektif 2025-03-02 mendahului"),
        ("effective_on: 2026-03-02", "effective_on: besok", "'effective_on' harus tanggal yang ada"),
        ("revised_on: 2026-02-02", "revised_on: null", "tanggal revisi dan nomor revisi diisi bersama"),
        ("superior: chief}", "superior: clerk}", "atasan 'clerk' dari peran 'clerk' tidak ada atau berputar"),
        ("related: []", "relatid: []", "'relatid' kunci ini tidak dikenal"),
        ("related: []", "warnings: []", "kunci 'warnings' tertulis dua kali"),
        ("released: true", "released: yes", "'released' harus true atau false"),
        ("number: OT.99.Uji", "number: ../OT", "'number' bentuknya harus"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_step(other_text, old, new, problem):
    text = other_text.replace(old, new, 1)
    # A key that stands twice is a mistake where it stands the second time.
    line = line_of(text, new) if "dua kali" not in problem else None
    found = problems_of(text)
    assert any(problem in one for one in found), found
    if line is not None:
        assert any(one.startswith(f"v2.yaml:{line}: ") for one in found), found


def test_a_mistake_is_named_in_english_too(other_text):
    (problem,) = problems_of(other_text.replace("needs: [finding]", "needs: [x]"), "en")
    assert problem.endswith("step 2 (judge): the need 'x' is not yielded by an earlier step")


def test_a_procedure_has_one_start_and_one_end(other_text):
    two_starts = problems_of(other_text.replace("next: judge", "next: close"))
    assert any(
        "langkah 2 (judge): harus ada tepat satu awal, ditemukan: look, judge" in one for one in two_starts
    )
    two_ends = problems_of(other_text.replace("next: close", "next: end"))
    assert any(
        "langkah 2 (judge): harus ada tepat satu akhir, ditemukan: judge, close" in one for one in two_ends
    )
    no_end = problems_of(other_text.replace("next: end", "next: judge"))
    assert any("tepat satu akhir, ditemukan: tidak ada" in one for one in no_end)


def test_every_step_is_reached_from_the_start(other_text):
    # The two last steps lead to each other, beside a first one that ends at once.
    circle = other_text.replace("next: end", "next: judge").replace("next: judge", "next: end", 1)
    assert any("langkah 2 (judge): tidak tercapai dari langkah awal" in one for one in problems_of(circle))


def test_all_problems_are_named_at_once(other_text):
    text = other_text.replace("working_minutes: 20", "working_minutes: -1").replace("kind: makro", "kind: x")
    assert len(problems_of(text)) == 2


@pytest.mark.parametrize(
    "text",
    ["", "[]", "just words", "a: [", "\t", "a: &x 1\nb: *x", "- " * 3000, "a: !!python/object:os.x {}"],
)
def test_text_that_is_no_procedure_is_refused_and_never_crashes(text):
    assert problems_of(text)


def test_the_published_schema_is_the_one_that_files_are_checked_with():
    assert PROCEDURE_SCHEMA.read_text("utf-8") == published_schema(), (
        "run: helpdesk sop schema > helpdesk/sop/procedures/schema.json"
    )


def test_the_newest_released_version_in_force_is_found(tmp_path, other_text):
    third = other_text.replace("version: 2", "version: 3").replace(
        "effective_on: 2026-03-02", "effective_on: 2026-06-01"
    )
    draft = other_text.replace("version: 2", "version: 4").replace("released: true", "released: false")
    keep_released(tmp_path, other_text)
    keep_released(tmp_path, third, name="v3.yaml")
    keep_procedure(tmp_path, draft, name="v4.yaml")
    catalogue = load_catalogue(tmp_path)
    assert catalogue.get_procedure("OT.99.Uji").version == 3
    assert catalogue.get_procedure("OT.99.Uji", on=date(2026, 5, 31)).version == 2
    assert catalogue.get_procedure("OT.99.Uji", 4).released is False
    assert [one.version for one in catalogue.list_procedures()] == [3]
    assert [one.version for one in catalogue.list_versions("OT.99.Uji")] == [2, 3, 4]
    with pytest.raises(ProcedureUnknown):
        catalogue.get_procedure("OT.99.Uji", on=date(2026, 1, 1))


def test_an_unknown_procedure_or_version_is_refused_by_name():
    with pytest.raises(ProcedureUnknown, match=r"OT\.00"):
        load_catalogue().get_procedure("OT.00")
    with pytest.raises(ProcedureUnknown, match=r"Set\.PO v9"):
        load_catalogue().get_procedure("OT.01.02-090-097.Set.PO", 9)


def test_one_bad_file_stops_the_start_and_all_bad_files_are_named(tmp_path, other_text):
    keep_procedure(tmp_path, other_text)
    keep_procedure(tmp_path, other_text.replace("role: clerk", "role: x"), name="v3.yaml")
    keep_procedure(tmp_path, "kosong", number="OT.98")
    with pytest.raises(ProcedureFileInvalid) as refused:
        load_catalogue(tmp_path)
    files = {problem.file for problem in refused.value.problems}
    assert files == {"OT.99.Uji/v3.yaml", "OT.98/v2.yaml"}
    assert "OT.99.Uji/v3.yaml:" in str(refused.value)


def test_a_file_stands_where_its_number_and_version_say(tmp_path, other_text):
    keep_procedure(tmp_path, other_text, name="v1.yaml")
    with pytest.raises(ProcedureFileInvalid, match=r"seharusnya OT\.99\.Uji/v2\.yaml"):
        load_catalogue(tmp_path)


def test_a_directory_without_procedures_stops_the_start(tmp_path):
    with pytest.raises(ProcedureFileInvalid, match="tidak ada berkas prosedur"):
        load_catalogue(tmp_path)


def test_two_procedures_cannot_claim_the_same_request(tmp_path):
    source = (PROCEDURES_DIRECTORY / "OT.01.02-091-GGN.Set.PO" / "v1.yaml").read_text("utf-8")
    for number in ("OT.1.Uji", "OT.2.Uji"):
        folder = tmp_path / number
        folder.mkdir()
        text = source.replace("OT.01.02-091-GGN.Set.PO", number).replace("released: true", "released: false")
        (folder / "v1.yaml").write_text(text, "utf-8")
    with pytest.raises(ProcedureFileInvalid, match=r"OT\.2\.Uji/v1\.yaml.*network_disturbance"):
        load_catalogue(tmp_path)
