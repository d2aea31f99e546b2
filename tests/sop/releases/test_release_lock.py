"""A released version never changes: the lock beside the files says what each of them said."""

from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner

from helpdesk.sop.catalogue import PROCEDURES_DIRECTORY, load_catalogue, read_procedure
from helpdesk.sop.cli import sop
from helpdesk.sop.errors import ProcedureFileInvalid, ReleaseRefused
from helpdesk.sop.releases.lock import LOCK_NAME, content_digest, format_lock, parse_lock, read_lock
from helpdesk.sop.releases.publishing import release_file
from tests.factories.procedures import keep_procedure, keep_released

TODAY = date(2026, 11, 23)

# What offices already work under: a line here is never changed and never taken away.
PUBLISHED = {
    ("OT.01.02-090-097.Set.PO", 1): "d4382c0e7f6fe093eb8e5e13a2c5be1f425089247c4848c51bdb7c4ffa25fbd9",
}


def problems_of(directory) -> list[str]:
    with pytest.raises(ProcedureFileInvalid) as refused:
        load_catalogue(directory)
    return [str(problem) for problem in refused.value.problems]


def as_draft(text: str, version: int = 1) -> str:
    return text.replace("version: 2", f"version: {version}").replace("released: true", "released: false")


def test_the_shipped_versions_say_what_they_said_when_they_were_released():
    locked = {key: release.sha256 for key, release in read_lock(PROCEDURES_DIRECTORY).releases.items()}
    files = [read_procedure(path) for path in PROCEDURES_DIRECTORY.glob("*/*.yaml")]
    said = {
        (file.procedure.number, file.procedure.version): content_digest(file.value)
        for file in files
        if file.procedure.released
    }
    assert said == locked
    assert {key: said.get(key) for key in PUBLISHED} == PUBLISHED


def test_comments_line_breaks_and_order_of_keys_are_not_what_a_file_says(tmp_path, other_text):
    path = keep_released(tmp_path, other_text)
    path.write_text("# a word about this file\r\n" + other_text.replace("\n", "\r\n"), "utf-8")
    moved = (
        path.read_text("utf-8")
        .replace("warnings: []\n", "")
        .replace("version: 2\n", "warnings: []\nversion: 2\n")
    )
    path.write_text(moved, "utf-8")
    assert load_catalogue(tmp_path).get_procedure("OT.99.Uji").version == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("working_minutes: 20", "working_minutes: 21"),
        ("en: Clerk", "en: Officer"),
        ("related: []", "related: [{id: a, en: b}]"),
        ("released: true", "released: false"),
    ],
)
def test_a_released_version_that_changed_stops_the_start(tmp_path, other_text, old, new):
    path = keep_released(tmp_path, other_text)
    path.write_text(other_text.replace(old, new), "utf-8")
    (problem,) = problems_of(tmp_path)
    assert problem.startswith("OT.99.Uji/v2.yaml:1: versi 2 yang dirilis 2026-03-02 telah diubah")
    assert "OT.99.Uji/v3.yaml" in problem, "the way to change it is named"


def test_a_released_version_that_vanished_stops_the_start(tmp_path, other_text):
    path = keep_released(tmp_path, other_text)
    keep_released(tmp_path, other_text.replace("version: 2", "version: 3"), name="v3.yaml")
    path.unlink()
    (problem,) = problems_of(tmp_path)
    assert problem.startswith(f"{LOCK_NAME}:4: versi 2 yang dirilis 2026-03-02 hilang")
    assert "OT.99.Uji/v2.yaml" in problem


def test_a_version_that_says_released_but_is_not_locked_stops_the_start(tmp_path, other_text):
    keep_procedure(tmp_path, other_text)
    (problem,) = problems_of(tmp_path)
    assert problem.startswith(
        "OT.99.Uji/v2.yaml:1: bertanda released, tetapi tidak tercatat di released.lock"
    )
    assert "helpdesk sop release" in problem


def test_a_draft_may_change_as_often_as_it_likes(tmp_path, other_text):
    keep_released(tmp_path, other_text)
    for minutes in (21, 22):
        draft = as_draft(other_text, 3).replace("working_minutes: 20", f"working_minutes: {minutes}")
        keep_procedure(tmp_path, draft, name="v3.yaml")
        assert load_catalogue(tmp_path).get_procedure("OT.99.Uji").version == 2


@pytest.mark.parametrize("line", ["words", "OT.99.Uji v2 sha256:12 2026-01-01", "OT.99.Uji v2", "same"])
def test_a_damaged_lock_stops_the_start_with_its_line(tmp_path, other_text, line):
    keep_released(tmp_path, other_text)
    lock = tmp_path / LOCK_NAME
    text = lock.read_text("utf-8")
    lock.write_text(text + (text.splitlines()[-1] if line == "same" else line) + "\n", "utf-8")
    (problem,) = problems_of(tmp_path)
    assert problem.startswith(f"{LOCK_NAME}:5: baris kunci rilis rusak")


def test_a_lock_is_read_as_it_was_written(tmp_path, other_text):
    keep_released(tmp_path, other_text)
    text = (tmp_path / LOCK_NAME).read_text("utf-8")
    assert format_lock(parse_lock(text).releases.values()) == text


def test_a_release_marks_the_file_keeps_its_comments_and_writes_the_lock(tmp_path, other_text):
    draft = as_draft(other_text).replace("roles:\n", "# the two offices\nroles:  # columns\n")
    path = keep_procedure(tmp_path, draft, name="v1.yaml")
    release = release_file(path, today=TODAY)
    assert path.read_text("utf-8") == draft.replace("released: false", "released: true")
    assert (release.number, release.version, release.released_on) == ("OT.99.Uji", 1, TODAY)
    catalogue = load_catalogue(tmp_path)
    assert catalogue.get_procedure("OT.99.Uji").released
    assert catalogue.releases["OT.99.Uji", 1] == release


def test_line_ends_of_the_file_stay(tmp_path, other_text):
    path = keep_procedure(tmp_path, "", name="v1.yaml")
    path.write_bytes(as_draft(other_text).replace("\n", "\r\n").encode())
    release_file(path, today=TODAY)
    assert b"released: true\r\n" in path.read_bytes()
    assert path.read_bytes().count(b"\r\n") == path.read_bytes().count(b"\n")


def test_versions_are_released_one_after_the_other(tmp_path, other_text):
    second = keep_procedure(tmp_path, as_draft(other_text, 2))
    with pytest.raises(ReleaseRefused, match="adalah v1, bukan v2"):
        release_file(second, today=TODAY)
    first = keep_procedure(tmp_path, as_draft(other_text, 1), name="v1.yaml")
    release_file(first, today=TODAY)
    release_file(second, today=TODAY)
    with pytest.raises(ReleaseRefused, match=r"v2 sudah dirilis.*berikutnya adalah v3"):
        release_file(second, today=TODAY)
    fourth = keep_procedure(tmp_path, as_draft(other_text, 4), name="v4.yaml")
    with pytest.raises(ReleaseRefused, match="adalah v3, bukan v4"):
        release_file(fourth, today=TODAY)
    assert read_lock(tmp_path).versions_of("OT.99.Uji") == [1, 2]


def test_files_of_an_office_from_before_the_lock_are_adopted_as_they_stand(tmp_path, other_text):
    path = keep_procedure(tmp_path, other_text)
    release_file(path, today=TODAY)
    assert path.read_text("utf-8") == other_text
    assert load_catalogue(tmp_path).releases["OT.99.Uji", 2].released_on == TODAY


def test_a_version_cannot_come_into_force_before_the_one_it_replaces(tmp_path, other_text):
    release_file(keep_procedure(tmp_path, as_draft(other_text, 1), name="v1.yaml"), today=TODAY)
    earlier = as_draft(other_text, 2).replace("effective_on: 2026-03-02", "effective_on: 2026-02-02")
    with pytest.raises(ReleaseRefused, match="2026-02-02 mendahului"):
        release_file(keep_procedure(tmp_path, earlier), today=TODAY)


def test_nothing_is_written_where_anything_is_wrong(tmp_path, other_text):
    broken = as_draft(other_text).replace("role: clerk", "role: x")
    path = keep_procedure(tmp_path, broken, name="v1.yaml")
    with pytest.raises(ProcedureFileInvalid, match="peran 'x' tidak ada"):
        release_file(path, today=TODAY)
    misplaced = keep_procedure(tmp_path, as_draft(other_text), number="OT.98", name="v1.yaml")
    with pytest.raises(ProcedureFileInvalid, match=r"seharusnya OT\.99\.Uji/v1\.yaml"):
        release_file(misplaced, today=TODAY)
    assert path.read_text("utf-8") == broken
    assert not (tmp_path / LOCK_NAME).exists()


def test_the_command_releases_and_says_so(tmp_path, other_text):
    path = keep_procedure(tmp_path, as_draft(other_text), name="v1.yaml")
    done = CliRunner().invoke(sop, ["release", str(path), "--lang", "en"])
    assert done.exit_code == 0
    assert done.stdout.startswith("OT.99.Uji v1 is released and locked in released.lock (")
    again = CliRunner().invoke(sop, ["release", str(path), "--lang", "en"])
    assert (again.exit_code, again.stdout) == (1, "")
    assert "cannot be released again; the next version is v2" in again.stderr
    path.write_text("version: x\n", "utf-8")
    broken = CliRunner().invoke(sop, ["release", str(path)])
    assert broken.exit_code == 1
    assert "OT.99.Uji/v1.yaml:1: " in broken.stdout
