"""`helpdesk sop`: check and show."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from helpdesk.sop.catalogue import PROCEDURES_DIRECTORY
from helpdesk.sop.cli import sop

NUMBER = "OT.01.02-090-097.Set.PO"


def run(*arguments: str):
    return CliRunner().invoke(sop, list(arguments))


def test_a_sound_file_is_ok():
    result = run("check", str(PROCEDURES_DIRECTORY / NUMBER / "v1.yaml"))
    assert (result.exit_code, result.stdout) == (0, f"OK {NUMBER} v1: 7 langkah, 570 menit\n")


def test_a_bad_file_is_named_by_line_step_and_reason(tmp_path, other_text):
    path = tmp_path / "v2.yaml"
    path.write_text(other_text.replace("needs: [finding]", "needs: [x]"), "utf-8")
    result = run("check", str(path))
    line = path.read_text("utf-8").splitlines().index("    needs: [x]") + 1
    assert result.exit_code == 1
    assert result.stdout == (
        f"{path}:{line}: langkah 2 (judge): kebutuhan 'x' tidak dihasilkan oleh langkah sebelumnya\n"
    )


def test_a_file_that_is_not_there_is_a_sentence():
    result = run("check", "tidak-ada.yaml", "--lang", "en")
    assert (result.exit_code, result.stdout) == (
        1,
        "tidak-ada.yaml:1: the file cannot be read (No such file or directory)\n",
    )


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "id",
            ["Rabu, 02 Mei 2018", "Dasar Hukum", "60 Menit", "Jumlah waktu: 570"],
        ),
        (
            "en",
            [
                "Wednesday, May 2, 2018",
                "Legal basis",
                "Janiruddin, S.H., M.Si",
                "60 minutes",
                "Time in all: 570",
            ],
        ),
    ],
)
def test_a_procedure_is_shown_whole_in_both_languages(lang, words):
    result = run("show", NUMBER, "--lang", lang)
    assert result.exit_code == 0
    for word in words:
        assert word in result.stdout
    assert "\x1b" not in result.stdout, "no terminal codes in a pipe"


def test_an_unknown_procedure_is_answered_with_those_that_exist():
    result = run("show", "OT.00", "--lang", "id")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        f"Tidak ada prosedur OT.00 yang dirilis. Berkas yang ada: {NUMBER} v1, {NUMBER} v2"
    )


def test_the_schema_is_printed():
    assert '"title": "Procedure"' in run("schema").stdout
