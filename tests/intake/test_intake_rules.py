"""The rules of the public form, without application or database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.intake.phones import normalise_phone
from helpdesk.intake.rules import (
    FormKey,
    HeldFile,
    clean_line,
    clean_text,
    group_week,
    is_wish_possible,
    normalise_email,
)
from helpdesk.intake.tokens import Seal

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
SEAL = Seal("the secret of the installation")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("nama@instansi.go.id", "nama@instansi.go.id"),
        ("  Nama.Panjang+x@Instansi.GO.ID ", "Nama.Panjang+x@instansi.go.id"),
        ("nama@bücher.example", "nama@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_written_as_mail_servers_do(written, kept):
    assert normalise_email(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "nama",
        "nama@",
        "@instansi.go.id",
        "nama@instansi",
        "nama@@instansi.go.id",
        "na ma@instansi.go.id",
        "nama@-instansi.go.id",
        "nama@instansi..go.id",
        "nama@127.0.0.1",
        ".nama@instansi.go.id",
        "nama@instansi.go.id\nBcc: lain@instansi.go.id",
        "nama@instansi.go.id,lain@instansi.go.id",
        "a" * 65 + "@instansi.go.id",
        "a@" + ".".join(["b" * 60] * 5),
    ],
)
def test_what_cannot_be_an_address_is_refused(written):
    assert normalise_email(written) is None


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0812-3456-7890", "+62 812-3456-7890"),
        ("+62 812 3456 7890", "+62 812-3456-7890"),
        ("(021) 3456789", "+62 21 3456789"),
        ("021 3456789 pesawat 12", "+62 21 3456789 ext. 12"),
        ("021-3456789 psw. 12", "+62 21 3456789 ext. 12"),
        ("+44 20 7946 0000", "+44 20 7946 0000"),
    ],
)
def test_a_telephone_number_gets_one_form(written, kept):
    assert normalise_phone(written) == kept


@pytest.mark.parametrize("written", ["", "tidak ada", "12", "0812" * 9, "0812345678901234 ext. " + "9" * 20])
def test_what_cannot_be_a_telephone_number_is_refused(written):
    assert normalise_phone(written) is None


def test_text_keeps_its_lines_and_loses_what_nobody_sees():
    assert clean_text("satu\r\n\r\ndua \x00\x07\u202e tiga\u200b\n\n") == "satu\n\ndua  tiga"
    assert clean_line(" Ibu\tSiti\r\nAminah ") == "Ibu Siti Aminah"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    once = clean_text(text)
    assert clean_text(once) == once
    assert "\x00" not in once
    once.encode("utf-8")


@pytest.mark.parametrize(
    ("days", "possible"), [(-1, False), (0, True), (30, True), (366, True), (367, False), (36_500, False)]
)
def test_a_wished_day_is_not_past_and_not_far_away(days, possible):
    today = date(2026, 11, 23)
    assert is_wish_possible(today + timedelta(days=days), today) is possible


def test_a_key_of_the_form_says_when_it_was_handed_out():
    key = SEAL.read_key(SEAL.new_key(NOW), NOW + timedelta(minutes=3))
    assert key is not None
    assert key.issued_at == NOW


def test_every_form_has_a_key_of_its_own():
    keys = {SEAL.read_key(SEAL.new_key(NOW), NOW) for _ in range(100)}
    assert len(keys) == 100


def test_nobody_can_choose_a_key():
    text = SEAL.new_key(NOW)
    assert SEAL.read_key(text[:-2] + ("aa" if text[-2:] != "aa" else "bb"), NOW) is None
    assert SEAL.read_key(Seal("another secret").new_key(NOW), NOW) is None
    assert SEAL.read_key("", NOW) is None
    assert SEAL.read_key(None, NOW) is None


def test_a_key_is_good_for_a_week():
    text = SEAL.new_key(NOW)
    assert SEAL.read_key(text, NOW + timedelta(days=7)) is not None
    assert SEAL.read_key(text, NOW + timedelta(days=7, seconds=1)) is None


def test_a_form_filled_in_within_two_seconds_was_no_person():
    key = FormKey("x", NOW)
    assert key.was_filled_too_fast(NOW + timedelta(seconds=1))
    assert not key.was_filled_too_fast(NOW + timedelta(seconds=2))


def test_the_files_of_one_form_cannot_be_carried_to_another():
    mine, other = FormKey("mine", NOW), FormKey("other", NOW)
    files = (HeldFile(7, "surat.pdf", 10, "application/pdf"),)
    text = SEAL.write_files(files, mine)
    assert SEAL.read_files(text, mine) == files
    assert SEAL.read_files(text, other) == ()
    assert SEAL.read_files("made up", mine) == ()


def test_days_with_the_same_hours_stand_together():
    long, short = [(450, 720), (780, 960)], [(450, 690)]
    groups = group_week([long, long, long, long, short, [], []])
    assert [(group.first_day, group.last_day) for group in groups] == [(0, 3), (4, 4)]
    assert groups[1].hours == ((450, 690),)
