"""The office's patterns: how a number reads, and what a numbering file may not say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.numbering.catalogue import DEFAULT_NUMBERING, default_numbering, load_numbering, parse_numbering
from helpdesk.numbering.errors import NumberingFileInvalid
from helpdesk.numbering.rules import AGENDA, DISPOSITION, DOCUMENT, REPORT, Paper, write_number

DAY = date(2026, 11, 3)
SHIPPED = DEFAULT_NUMBERING.read_text("utf-8")


def numbering(*changes: tuple[str, str]):
    text = SHIPPED
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return parse_numbering(text, "numbering.yaml")


def problems(*changes: tuple[str, str]) -> str:
    with pytest.raises(NumberingFileInvalid) as caught:
        numbering(*changes)
    return "\n".join(f"{one.worded('id')}\n{one.worded('en')}" for one in caught.value.problems)


def test_the_shipped_patterns_write_numbers_as_the_first_version_did() -> None:
    shipped = default_numbering()
    paper = Paper(agenda="0042/2026", step=5)
    assert shipped.write(AGENDA, 42, DAY) == "0042/2026"
    assert shipped.write(REPORT, 1, DAY) == "LAP-0001/2026"
    assert shipped.write(DISPOSITION, 9, DAY, paper) == "0042/2026/D5"
    assert shipped.write(DISPOSITION, 10, DAY, Paper("0042/2026", 5, 2)) == "0042/2026/D5-2"


def test_an_official_letter_number_has_unit_and_roman_month() -> None:
    office = numbering(
        ('unit: ""', "unit: Set.PO"), ("LAP-{number:04}/{year}", "B-{number:03}/{unit}/{roman_month}/{year}")
    )
    assert office.write(REPORT, 7, DAY) == "B-007/Set.PO/XI/2026"


@given(number=st.integers(1, 99_999), on=st.dates(date(2000, 1, 1), date(2200, 12, 31)))
def test_two_numbers_of_a_series_never_read_the_same(number: int, on: date) -> None:
    written = default_numbering().write(REPORT, number, on)
    assert written == f"LAP-{number:04d}/{on.year}"
    assert written != default_numbering().write(REPORT, number + 1, on)
    assert written != default_numbering().write(REPORT, number, on.replace(year=on.year - 1, day=1))


def test_a_series_that_the_office_did_not_describe_counts_with_the_other_papers() -> None:
    shipped = default_numbering()
    assert shipped.counter_of("surat_tugas") == DOCUMENT
    assert shipped.write("surat_tugas", 3, DAY) == "ND-0003/2026"


def test_an_office_begins_in_the_middle_of_a_year() -> None:
    pattern = '    pattern: "LAP-{number:04}/{year}"'
    office = numbering((pattern, pattern + "\n    starts: {2026: 118}"))
    assert office.series[REPORT].first_in(2026) == 118
    assert office.series[REPORT].first_in(2027) == 1


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        (("LAP-{number:04}", "LAP-{nomor:04}"), ("{nomor}", "series 'report' has fields")),
        (("LAP-{number:04}/{year}", "LAP-{number:04}"), ("dimulai lagi tiap tahun", "begin anew each year")),
        (("LAP-{number:04}/{year}", "LAP-{year}"), ("harus memuat {number}", "must have {number}")),
        (("LAP-{number:04}", "LAP-{number:4}"), ("hanya untuk isian", "only for fields")),
        (("LAP-{number:04}", "LAP-{number"), ("hanya untuk isian", "only for fields")),
        (("/D{step}{repeat}", "/{roman_month:02}"), ("hanya untuk isian", "only for fields")),
        (("{agenda}/D{step}{repeat}", "{agenda}/D{step}"), ("'disposition'",)),
        (('"{number:04}/{year}"', '"{agenda}/{number}"'), ("{agenda}", "series 'agenda'")),
        (("LAP-{number:04}", "{unit}-{number:04}"), ("'unit' belum diisi", "'unit' is not filled in")),
        (("LAP-{number:04}", "N" * 60 + "{number:04}"), ("lebih panjang dari 64", "longer than 64")),
        (("LAP-{number:04}", "ND-{number:04}"), ("pola yang sama", "the same pattern")),
        (("  report:", "  laporan:"), ("belum ada: report", "missing: report")),
        (('    pattern: "LAP-', '    starts: {2026: 0}\n    pattern: "LAP-'), ("paling sedikit 1",)),
        (('    pattern: "LAP-', '    starts: {besok: 3}\n    pattern: "LAP-'), ("tahun 'besok'", "no year")),
        (("unit:", "unite:"), ("tidak dikenal", "not known")),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_the_reason_in_both_languages(
    change: tuple[str, str], reasons: tuple[str, ...]
) -> None:
    found = problems(change)
    assert all(reason in found for reason in reasons), found


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NumberingFileInvalid, match=r"no\.yaml:1"):
        load_numbering(tmp_path / "no.yaml")


def test_what_people_wrote_in_a_name_is_no_pattern() -> None:
    names = {"unit": "{number:09}", "classification": "", "series": ""}
    written = write_number("{number}/{unit}/{year}", 1, DAY, Paper(), names=names)
    assert written == "1/{number:09}/2026"
