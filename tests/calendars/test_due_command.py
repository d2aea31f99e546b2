"""`helpdesk due` and `helpdesk calendar`: one line out, a sentence where the input is wrong."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from helpdesk.calendars.cli import calendar
from helpdesk.sop.clocks.cli import due


def run(command, *arguments: str):
    return CliRunner().invoke(command, list(arguments))


def test_due_prints_the_moment_in_utc_and_nothing_else():
    result = run(due, "--start", "2026-11-23T02:30:00Z", "--minutes", "570")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "2026-11-24T04:30:00Z\n", "")


def test_due_reads_any_time_zone():
    result = run(due, "--start", "2026-11-23T09:30:00+07:00", "--minutes", "570")
    assert result.stdout == "2026-11-24T04:30:00Z\n"


def test_due_counts_by_the_calendar_that_is_handed_in(tmp_path):
    path = tmp_path / "kantor.yaml"
    path.write_text("timezone: WITA\nweek: {senin-jumat: 08.00-10.00}\n", "utf-8")
    result = run(due, "--start", "2026-11-23T02:30:00Z", "--minutes", "60", "--calendar", str(path))
    assert result.stdout == "2026-11-24T01:00:00Z\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--minutes", "60"], "Waktu mulai '' tidak dikenal"),
        (["--start", "kemarin", "--minutes", "60"], "Waktu mulai 'kemarin' tidak dikenal"),
        (["--start", "2026-11-23T02:30:00", "--minutes", "60"], "zona waktu"),
        (["--start", "2026-11-23T02:30:00Z"], "Jumlah menit kerja '' harus"),
        (["--start", "2026-11-23T02:30:00Z", "--minutes", "-1"], "Jumlah menit kerja '-1' harus"),
        (["--start", "2026-11-23T02:30:00Z", "--minutes", "1.5"], "Jumlah menit kerja '1.5' harus"),
        (["--start", "2026-11-23T02:30:00Z", "--minutes", "99999999999"], "tidak selesai dalam 100 tahun"),
        (["--start", "9999-12-31T23:00:00Z", "--minutes", "1"], "Tahun 9999 berada di luar"),
        (
            ["--start", "2026-11-23T02:30:00Z", "--minutes", "1", "--calendar", "x.yaml"],
            "x.yaml:1: berkas tidak",
        ),
    ],
)
def test_bad_input_is_a_sentence_on_standard_error_and_exit_code_2(arguments, sentence):
    result = run(due, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_a_refusal_is_in_english_where_that_is_asked_for():
    result = run(due, "--minutes", "60", "--start", "x", "--lang", "en")
    assert result.stderr.startswith("The start 'x' cannot be read.")


def test_a_pause_moves_the_due_moment_by_the_working_time_within():
    pause = "2026-11-23T08:30:00Z..2026-11-24T01:00:00Z"  # Monday 15.30 to Tuesday 08.00: one hour of work
    result = run(due, "--start", "2026-11-23T02:30:00Z", "--minutes", "570", "--pause", pause)
    assert result.stdout == "2026-11-24T06:30:00Z\n"


def test_the_explanation_stands_before_the_answer_and_comes_to_the_budget():
    result = run(due, "--start", "2026-12-23T02:30:00Z", "--minutes", "570", "--explain", "--lang", "en")
    lines = result.stdout.splitlines()
    assert lines[0] == "Start: Wed, 23 Dec 2026 09:30 (Asia/Jakarta)"
    assert any("joint leave" in line and "Dec" in line for line in lines)
    assert "570 min" in lines[-3]
    assert lines[-1] == "2026-12-28T04:30:00Z"


@pytest.mark.parametrize(
    ("pauses", "sentence"),
    [
        (["2026-11-23T03:00:00Z"], "Jeda '2026-11-23T03:00:00Z' tidak dikenal"),
        (["kemarin..2026-11-23T03:00:00Z"], "Waktu mulai 'kemarin' tidak dikenal"),
        (["2026-11-23T04:00:00Z..2026-11-23T03:00:00Z"], "tidak berurutan"),
        (["2026-11-22T04:00:00Z..2026-11-23T03:00:00Z"], "tidak berurutan"),
    ],
)
def test_a_pause_that_cannot_be_is_a_sentence(pauses, sentence):
    options = [word for pause in pauses for word in ("--pause", pause)]
    result = run(due, "--start", "2026-11-23T02:30:00Z", "--minutes", "60", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_a_calendar_file_can_be_checked_alone(tmp_path):
    path = tmp_path / "kantor.yaml"
    path.write_text("week: {senin: 08.00-10.00}\n", "utf-8")
    assert run(calendar, "check", str(path)).exit_code == 0
    path.write_text("week: {senen: 08.00-10.00}\n", "utf-8")
    result = run(calendar, "check", str(path))
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{path}:1: ")


def test_the_special_days_of_a_year_are_listed_with_a_warning_where_the_list_is_missing():
    result = run(calendar, "show", "2026")
    assert "2026-12-24 Kam  -  Cuti Bersama Hari Raya Natal\n" in result.stdout
    assert result.stderr == ""
    assert "cuti bersama tahun 2031 belum ada" in run(calendar, "show", "2031").stderr


def test_rules_and_commands_load_neither_flask_nor_a_database():
    code = (
        "import sys, helpdesk.sop.cli, helpdesk.sop.rules, helpdesk.sop.clocks.cli;"
        "import helpdesk.calendars.cli, helpdesk.calendars.rules;"
        "print(*sorted({'flask', 'sqlalchemy', 'config', 'network'} & set(sys.modules)))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == ""
