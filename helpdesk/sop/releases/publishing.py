"""Releases a version: checks it, marks its file, writes the lock. From then on it never changes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from helpdesk.datafiles import Problem, Text
from helpdesk.sop.catalogue import ProcedureFile, misplaced, read_procedure
from helpdesk.sop.errors import ProcedureFileInvalid, ReleaseRefused
from helpdesk.sop.releases.lock import Lock, Release, add_release, content_digest, read_lock, replace_text

_MARK = re.compile(r"(?P<key>[\"']?released[\"']?\s*:\s*)false\b")


def release_file(path: Path, *, today: date) -> Release:
    """Release the version in the file, or raise with every reason against it."""
    path = path.resolve()
    directory = path.parent.parent
    name = str(path.relative_to(directory))
    file = read_procedure(path, name)
    problems = [*misplaced(path, file.procedure, name)]
    if problems:
        raise ProcedureFileInvalid(problems)
    lock = read_lock(directory)
    if lock.problems:
        raise ProcedureFileInvalid(lock.problems)
    _ensure_is_next(lock, file)
    _ensure_follows(directory, file)
    if not file.procedure.released:
        replace_text(path, marked_released(file))
    # Read again: the digest is of what now stands on the disk.
    file = read_procedure(path, name)
    release = Release(file.procedure.number, file.procedure.version, content_digest(file.value), today)
    add_release(directory, release)
    return release


def marked_released(file: ProcedureFile) -> str:
    """Return the text of the file with `released: true`, and nothing else changed."""
    lines = file.text.splitlines(keepends=True)
    index = file.line_of_released - 1
    lines[index], count = _MARK.subn(r"\g<key>true", lines[index], count=1)
    if not count:
        reason = Text(id="tulis `released: false` dalam satu baris", en="write `released: false` on one line")
        raise ProcedureFileInvalid([Problem(file.name, file.line_of_released, None, reason)])
    return "".join(lines)


def _ensure_is_next(lock: Lock, file: ProcedureFile) -> None:
    procedure = file.procedure
    known = lock.versions_of(procedure.number)
    if procedure.version in known:
        raise ReleaseRefused(
            Text(
                id=f"{procedure.number} v{procedure.version} sudah dirilis dan tidak dapat dirilis lagi; "
                f"versi berikutnya adalah v{known[-1] + 1}.",
                en=f"{procedure.number} v{procedure.version} is released already and cannot be released "
                f"again; the next version is v{known[-1] + 1}.",
            )
        )
    # An office that kept its files before there was a lock takes the oldest one it still has as the first.
    is_adopted = procedure.released and not known
    expected = known[-1] + 1 if known else 1
    if procedure.version != expected and not is_adopted:
        raise ReleaseRefused(
            Text(
                id=f"Versi berikutnya {procedure.number} adalah v{expected}, bukan v{procedure.version}.",
                en=f"The next version of {procedure.number} is v{expected}, not v{procedure.version}.",
            )
        )


def _ensure_follows(directory: Path, file: ProcedureFile) -> None:
    """A version that comes into force before the one it replaces would replace nothing."""
    procedure = file.procedure
    before = directory / procedure.number / f"v{procedure.version - 1}.yaml"
    if not before.is_file():
        return
    previous = read_procedure(before, str(before.relative_to(directory))).procedure
    if procedure.identity.effective_on < previous.identity.effective_on:
        raise ReleaseRefused(
            Text(
                id=f"Tanggal efektif {procedure.identity.effective_on} mendahului tanggal efektif "
                f"v{previous.version}, {previous.identity.effective_on}.",
                en=f"The effective date {procedure.identity.effective_on} is before that of "
                f"v{previous.version}, {previous.identity.effective_on}.",
            )
        )
