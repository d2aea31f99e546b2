"""The report's text on plain values: its digest, how two states differ, why it goes back."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.documents.report.rules import (
    NUMERALS,
    REASON_LETTERS,
    Change,
    cleaned,
    compare_sections,
    compare_words,
    digest_of,
    missing_sections,
    reason_of_return,
    too_long_sections,
)
from helpdesk.documents.rules import SECTION_TITLES

TEXTS = st.text("ab \n.", max_size=60)


def said(pieces, *changes):
    return "".join(piece.text for piece in pieces if piece.change in changes)


@given(TEXTS, TEXTS)
def test_a_difference_holds_both_texts_whole(before, after):
    pieces = compare_words(before, after)
    assert said(pieces, Change.SAME, Change.REMOVED) == before
    assert said(pieces, Change.SAME, Change.ADDED) == after


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    assert all(piece.change is Change.SAME for piece in compare_words(text, text))


@given(TEXTS, TEXTS)
def test_neighbours_of_one_kind_are_one_piece(before, after):
    pieces = compare_words(before, after)
    assert all(one.change is not other.change for one, other in pairwise(pieces))


def test_one_word_that_changed_is_the_only_one_marked():
    pieces = compare_words(
        "Kabel serat optik putus.\nLantai tiga.", "Kabel tembaga optik putus.\nLantai tiga."
    )
    assert [(piece.change.value, piece.text) for piece in pieces] == [
        ("same", "Kabel "),
        ("removed", "serat "),
        ("added", "tembaga "),
        ("same", "optik putus.\nLantai tiga."),
    ]


def test_the_longest_sections_are_compared_without_a_wait():
    begun = time.thread_time()
    compare_words("a b " * 5000, "b a " * 5000)
    compare_words("a\n" * 10_000, "b\na\n" * 5000)
    words = [f"kata{number % 400}" for number in range(2800)]
    compare_words(" ".join(words), " ".join([*words[700:], *words[:700]]))
    assert time.thread_time() - begun < 5


def test_sections_are_compared_in_the_order_of_the_form():
    compared = compare_sections({"general": "satu"}, {"general": "satu", "closing": "baru"})
    assert [one.code for one in compared] == list(SECTION_TITLES)
    assert [one.code for one in compared if one.is_changed] == ["closing"]


def test_line_ends_and_blanks_around_make_no_other_text():
    assert cleaned({"general": " satu\r\ndua \n"})["general"] == "satu\ndua"
    assert digest_of(cleaned({"general": "a\r\nb"})) == digest_of(cleaned({"general": "a\nb\n"}))
    assert digest_of(cleaned({"general": "a"})) != digest_of(cleaned({"purpose": "a"}))


def test_an_empty_section_and_one_too_long_are_found():
    assert missing_sections({code: "isi" for code in SECTION_TITLES if code != "scope"}) == ["scope"]
    assert too_long_sections({"scope": "a" * 20_001, "basis": "a" * 20_000}) == ["scope"]


def test_the_reason_of_a_return_names_the_section_of_every_remark():
    reason = reason_of_return([("identification", "Sebutkan redaman.")], " Mohon diperbaiki. ")
    assert reason == "Mohon diperbaiki.\nIII.A Identifikasi Bahan: Sebutkan redaman."
    assert set(NUMERALS) == set(SECTION_TITLES)


def test_a_reason_is_no_longer_than_a_step_keeps():
    reason = reason_of_return([("closing", "b" * 3000)] * 3, "")
    assert len(reason) <= REASON_LETTERS
    assert reason.endswith("…")
