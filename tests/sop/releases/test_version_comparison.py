"""What a version changes is said part by part, step by step, field by field, in both languages."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from hypothesis import given, settings

from helpdesk.sop.catalogue import parse_procedure
from helpdesk.sop.cli import sop
from helpdesk.sop.pages import marked_words
from helpdesk.sop.releases.comparison import ChangeKind, compare
from tests.factories.flows import flows
from tests.factories.procedures import keep_released


def changes(text: str, *changed: tuple[str, str], language: str = "id") -> list[str]:
    new = text
    for old, now in changed:
        assert old in new
        new = new.replace(old, now, 1)
    before, after = parse_procedure(text, "v2.yaml"), parse_procedure(new, "v3.yaml")
    return [change.worded(language) for change in compare(before, after)]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "working_minutes: 20",
            "working_minutes: 45",
            "Langkah 2 (Menilai): waktu diubah dari “20 Menit” menjadi “45 Menit”",
        ),
        (
            "activity: {id: Menilai, en: Judges}",
            "activity: {id: Menilai ulang, en: Judges}",
            "Langkah 2 (Menilai): kegiatan diubah dari “Menilai” menjadi “Menilai ulang”",
        ),
        (
            "returns_to: look",
            "returns_to: judge",
            "Langkah 3 (Menutup): dapat mengembalikan ke diubah dari “Memeriksa” menjadi “Menilai”",
        ),
        (
            "    returns_to: look\n",
            "",
            "Langkah 3 (Menutup): dapat mengembalikan ke dihapus: “Memeriksa”",
        ),
        (
            "    next: judge\n",
            "    remark: {id: segera, en: at once}\n    next: judge\n",
            "Langkah 1 (Memeriksa): keterangan ditambahkan: “segera”",
        ),
        (
            "equipment: []",
            "equipment: [{id: Kertas, en: Paper}]",
            "Peralatan/perlengkapan: butir ditambahkan",
        ),
        (
            "id: Dasar, en: Basis",
            "id: Asas, en: Basis",
            "Dasar Hukum: butir diubah dari “Dasar” menjadi “Asas”",
        ),
        ("name: Budi", "name: Sari", "Identitas: nama pengesah diubah dari “Budi” menjadi “Sari”"),
        (
            "effective_on: 2026-03-02",
            "effective_on: 2026-06-01",
            "Identitas: tanggal efektif diubah dari “2026-03-02” menjadi “2026-06-01”",
        ),
        (
            "en: finding}",
            "en: result}",
            "output (temuan): judul diubah dari “[en] finding” menjadi “[en] result”",
        ),
        (
            "{code: trained, title: {id: Terlatih, en: Trained}}",
            "{code: able, title: {id: Mampu, en: Able}}",
            "Kualifikasi (Mampu): ditambahkan",
        ),
    ],
)
def test_a_change_is_a_sentence(other_text, old, new, sentence):
    found = changes(other_text, (old, new))
    assert any(sentence in one for one in found), found


def test_what_stays_is_not_said(other_text):
    assert len(changes(other_text, ("working_minutes: 20", "working_minutes: 45"))) == 1


def test_changes_are_said_in_english_too(other_text):
    found = changes(other_text, ("working_minutes: 20", "working_minutes: 45"), language="en")
    assert found == ["Step 2 (Judge): time changed from “20 minutes” to “45 minutes”"]


NEW_STEP = """\
  - number: 2
    id: ask
    title: {id: Bertanya, en: Ask}
    role: clerk
    activity: {id: Bertanya, en: Asks}
    needs: [finding]
    working_minutes: 5
    yields: [{code: answer, kind: coordination, title: {id: jawaban, en: answer}}]
    next: judge
"""


def test_a_step_that_is_added_moves_no_other(other_text):
    found = changes(
        other_text,
        ("    next: judge\n", "    next: ask\n"),
        ("  - number: 2\n", NEW_STEP + "  - number: 3\n"),
        ("  - number: 3\n    id: close", "  - number: 4\n    id: close"),
    )
    assert "Langkah 2 (Bertanya): ditambahkan" in found
    assert not [one for one in found if "urutan baris" in one]


def test_steps_in_another_order_are_said_to_be_moved(other_text):
    procedure = parse_procedure(other_text, "v2.yaml")
    first, second, last = procedure.steps
    swapped = procedure.model_copy(
        update={
            "steps": (second.model_copy(update={"number": 1}), first.model_copy(update={"number": 2}), last)
        }
    )
    moved = [change for change in compare(procedure, swapped) if change.kind is ChangeKind.MOVED]
    assert len(moved) == 1


@settings(max_examples=30, deadline=None)
@given(flows(longest=6, letters=20), flows(longest=6, letters=20))
def test_there_is_no_difference_exactly_where_both_say_the_same(one, other):
    assert compare(one, one) == []
    same_steps = one.model_dump(exclude={"version"}) == other.model_dump(exclude={"version"})
    assert (compare(one, other) == []) == same_steps
    there, back = compare(one, other), compare(other, one)
    assert sum(x.kind is ChangeKind.ADDED for x in there) == sum(x.kind is ChangeKind.REMOVED for x in back)


def test_words_that_came_and_fell_are_marked():
    before, after = marked_words("disposisi dan bahan", "disposisi serta bahan")
    assert before == (("disposisi", False), ("dan", True), ("bahan", False))
    assert after == (("disposisi", False), ("serta", True), ("bahan", False))


def test_the_command_ends_as_diff_does(tmp_path, other_text):
    old = keep_released(tmp_path, other_text)
    text = other_text.replace("version: 2", "version: 3")
    text = text.replace("working_minutes: 20", "working_minutes: 45")
    new = keep_released(tmp_path, text, name="v3.yaml")
    command = CliRunner().invoke
    same = command(sop, ["diff", str(old), str(old), "--lang", "en"])
    assert (same.exit_code, same.stdout) == (0, "There is no difference.\n")
    by_file = command(sop, ["diff", str(old), str(new)])
    by_number = command(sop, ["diff", "OT.99.Uji", "v2", "v3", "--directory", str(tmp_path)])
    assert by_file.exit_code == by_number.exit_code == 1
    assert by_file.stdout == by_number.stdout
    assert by_file.stdout == "Langkah 2 (Menilai): waktu diubah dari “20 Menit” menjadi “45 Menit”\n"
    assert command(sop, ["diff", str(old), "tidak-ada.yaml"]).exit_code == 2
    assert command(sop, ["diff", "OT.99.Uji", "v2", "v9", "--directory", str(tmp_path)]).exit_code == 2
    assert command(sop, ["diff", "OT.99.Uji", "dua", "v3", "--directory", str(tmp_path)]).exit_code == 2
