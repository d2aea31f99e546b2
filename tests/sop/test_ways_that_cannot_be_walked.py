"""A file whose ways could stop a run is refused, with line, step, and a reason that a clerk understands."""

from __future__ import annotations

import pytest

from helpdesk.sop.catalogue import PROCEDURES_DIRECTORY, parse_procedure
from helpdesk.sop.errors import ProcedureFileInvalid

SOUND = (PROCEDURES_DIRECTORY / "OT.01.02-091-GGN.Set.PO" / "v1.yaml").read_text("utf-8")

YES = '- {code: "yes", title: {id: Ya, en: "Yes"}, next: write-report}'
NO = '- {code: "no", title: {id: Tidak, en: "No"}, next: plan}'
FORK = "next: [repair, inform-units]"
NEEDS_OF_TEST = "needs: [safety_checks, repair_log, network_state, units_informed]"
NEEDS_OF_REPORT = "needs: [incident_record, repair_log, units_informed, service_test]"


def problems_of(text: str, language: str = "id") -> list[str]:
    with pytest.raises(ProcedureFileInvalid) as refused:
        parse_procedure(text, "v1.yaml")
    return [problem.worded(language) for problem in refused.value.problems]


def test_the_file_that_the_mistakes_are_made_in_is_sound() -> None:
    assert parse_procedure(SOUND, "v1.yaml").find_step("assess") is not None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        # Decisions and their answers.
        (YES, YES.replace("write-report", "nowhere"), "langkah 5 (assess): langkah 'nowhere' tidak ada"),
        (YES, YES.replace("write-report", "plan"), "semua jawaban menuju langkah yang sama"),
        (YES, YES.replace('"yes"', '"no"'), "dua jawaban keputusan memakai kode yang sama"),
        (NO, "", "'branches' harus memuat paling sedikit 2 butir"),
        (YES, YES.replace("title: {id: Ya", "titel: {id: Ya"), "'titel' kunci ini tidak dikenal"),
        (
            "    decision:\n",
            "    next: plan\n    decision:\n",
            "'next' dan 'decision' tidak dapat diisi",
        ),
        ("    next: sign\n", "", "langkah 6 (write-report): 'next' atau 'decision' wajib diisi"),
        # The way to the end.
        (
            "    next: end\n",
            "    next: plan\n",
            "harus ada tepat satu akhir, ditemukan: tidak ada",
        ),
        (YES, YES.replace("write-report", "close"), "langkah 6 (write-report): harus ada tepat satu awal"),
        ("    next: sign\n", "    next: close\n", "langkah 7 (sign): harus ada tepat satu awal"),
        # Steps side by side.
        (FORK, "next: [repair, repair]", "langkah 2 (plan): langkah yang sama disebut dua kali"),
        (FORK, "next: [repair, inform-units, end]", "akhir tidak dapat berdampingan dengan langkah lain"),
        (FORK, "next: [repair, inform-units, record]", "sebagian maju dan sebagian kembali"),
        (
            FORK,
            "next: [repair, inform-units, assess]",
            "'assess' menyusul 'repair', jadi tidak",
        ),
        (
            "    working_minutes: 30\n    yields:\n      - code: units_informed",
            "    returns_to: record\n    working_minutes: 30\n    yields:\n      - code: units_informed",
            "langkah 4 (inform-units): kembali ke 'record' keluar dari garis sejajar yang dibuka langkah 2",
        ),
        (
            "    next: assess\n\n  - number: 5",
            '    decision: {question: {id: Q, en: Q}, branches: [{code: "a", title: {id: A, en: A}, '
            'next: assess}, {code: "b", title: {id: B, en: B}, next: end}]}\n\n  - number: 5',
            "langkah sejajar repair, inform-units tidak bertemu lagi pada satu langkah sebelum akhir",
        ),
        # Needs that are not there on some way.
        (
            NEEDS_OF_REPORT,
            NEEDS_OF_REPORT.replace("service_test", "signed_incident_report"),
            "kebutuhan 'signed_incident_report' tidak dihasilkan oleh langkah sebelumnya",
        ),
        (
            "needs: [repair_disposition]\n    working_minutes: 30",
            "needs: [repair_disposition, repair_log]\n    working_minutes: 30",
            "langkah 4 (inform-units): kebutuhan 'repair_log' tidak dihasilkan oleh langkah sebelumnya",
        ),
        ("needs: [incident_record, first_checks]", "needs: [x]", "kebutuhan 'x' tidak dihasilkan"),
        # Offices.
        ("{to: network_coordinator,", "{to: nobody,", "langkah 3 (repair): peran 'nobody' tidak ada"),
        ("{to: network_coordinator,", "{to: network_technician,", "eskalasi harus ke peran lain"),
        ("at_percent: 100", "at_percent: 0", "'at_percent' harus paling sedikit 1"),
        (
            "assigns: [network_technician, duty_operator]",
            "assigns: [network_technician, head]",
            "langkah 2 (plan): menugaskan 'head', tetapi langkah berikutnya bukan tugas peran itu",
        ),
        (
            "    assigns: [network_technician, duty_operator]\n",
            "",
            "jenis 'disposition' memerlukan 'assigns'",
        ),
        ("returns_to: write-report", "returns_to: close", "hanya dapat kembali ke langkah sebelumnya"),
        # Outputs and their options.
        ("signs: incident_report", "signs: repair_log", "tidak ada naskah 'repair_log'"),
        ("        signs: incident_report\n", "", "jenis 'signature' memerlukan 'signs'"),
        ("needs: [incident_report]", "needs: [service_test]", "naskah 'incident_report' harus tercantum"),
        (
            "from: [units_informed]",
            "from: [units_told_of_it]",
            "langkah 6 (write-report): tidak ada output 'units_told_of_it'",
        ),
        ("from: [units_informed]", "from: [incident_report]", "'incident_report' tidak dapat dimuat"),
        ("min_count: 0", "min_count: 9", "'min_count' lebih besar dari 'max_count'"),
        ("types: [pdf, png, jpg]", "types: [pdf, exe]", "berkas 'exe' tidak diterima kantor"),
        ("max: 100000", "max: 0", "'min' lebih besar dari 'max'"),
        ("max: 100000", "max: banyak", "'max'"),
        ("type: number", "type: colour", "'type' harus salah satu dari"),
        ("            role: network_technician\n", "", "isian 'person' memerlukan 'role'"),
        ("            role: network_technician\n", "            role: x\n", "peran 'x' tidak ada"),
        ("code: severity", "code: symptom", "kode 'symptom' dipakai dua kali"),
        ("{code: cabling,", "{code: power,", "kode 'power' dipakai dua kali"),
        ("kind: checklist", "kind: form", "'items' bukan pilihan jenis 'form'"),
        ("kind: checklist", "kind: form", "jenis 'form' memerlukan 'fields'"),
        ("type: long_text", "type: choice", "memerlukan paling sedikit dua 'choices'"),
        ("            required: false", "            unit: {id: x, en: x}", "'unit' bukan pilihan isian"),
        ("- code: network_disturbance", "- kode: network_disturbance", "'kode' kunci ini tidak dikenal"),
    ],
)
def test_a_mistake_is_named_by_step_and_reason(old: str, new: str, problem: str) -> None:
    assert old in SOUND
    found = problems_of(SOUND.replace(old, new, 1))
    assert any(problem in one for one in found), found
    assert all(one.startswith("v1.yaml:") for one in found)


def test_a_need_that_is_missing_on_one_way_only_is_told_with_that_way() -> None:
    # Whoever answers "no" goes round the report; the signature needs it all the same.
    branch = '- {code: "no", title: {id: Tidak, en: "No"}, next: sign}'
    (problem,) = problems_of(SOUND.replace(NO, branch))
    assert problem.endswith(
        "langkah 7 (sign): kebutuhan 'incident_report' belum ada pada jalan 1 → 2 → 3 → 4 → 5 (Tidak)"
    )
    (problem,) = problems_of(SOUND.replace(NO, branch), "en")
    assert problem.endswith("'incident_report' is not there on the way 1 → 2 → 3 → 4 → 5 (No)")


def test_steps_that_go_round_without_a_way_out_are_named() -> None:
    circle = SOUND.replace(YES, YES.replace("write-report", "sign"))
    circle = circle.replace(NO, NO.replace("plan", "write-report"))
    found = problems_of(circle.replace("    next: sign\n", "    next: write-report\n"))
    assert any("langkah 6 (write-report): tidak ada jalan dari sini ke akhir" in one for one in found), found


def test_an_answer_may_end_the_work_early() -> None:
    early = SOUND.replace(NO, '- {code: "no", title: {id: Tidak, en: "No"}, next: end}')
    procedure = parse_procedure(early, "v1.yaml")
    assert procedure.last_step.id == "close"


def test_an_answer_may_lead_back_to_the_same_step() -> None:
    again = SOUND.replace(NO, '- {code: "no", title: {id: Tidak, en: "No"}, next: assess}')
    assert parse_procedure(again, "v1.yaml").find_step("assess") is not None


def test_an_answer_may_open_steps_side_by_side() -> None:
    both = SOUND.replace(NO, '- {code: "no", title: {id: Tidak, en: "No"}, next: [repair, inform-units]}')
    assert parse_procedure(both, "v1.yaml").find_step("assess") is not None


def test_a_wide_fan_of_lines_is_checked_in_a_moment() -> None:
    """What is looked at grows with the situations, not with the orders in which they come about."""
    lines = ["repair", "inform-units", *(f"line-{number}" for number in range(6))]
    rows = SOUND.replace(FORK, f"next: [{', '.join(lines)}]")
    head, tail = rows.split("  - number: 5\n", 1)
    for number in range(6):
        head += f"""  - number: {5 + number}
    id: line-{number}
    title: {{id: Garis, en: Line}}
    role: head
    activity: {{id: Mengerjakan, en: Does}}
    needs: [repair_disposition]
    working_minutes: 5
    yields: [{{code: made_{number}, kind: coordination, title: {{id: hasil, en: result}}}}]
    next: assess
"""
    for number in (8, 7, 6):
        tail = tail.replace(f"  - number: {number}\n", f"  - number: {number + 6}\n")
    procedure = parse_procedure(f"{head}  - number: 11\n{tail}", "v1.yaml")
    assert len(procedure.steps) == 14
