"""Procedure files in a directory of the test's own, released as `helpdesk sop release` leaves them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from helpdesk.sop.catalogue import read_procedure
from helpdesk.sop.releases.lock import Release, add_release, content_digest

RELEASED_ON = date(2026, 3, 2)


def keep_procedure(directory: Path, text: str, *, number: str = "OT.99.Uji", name: str = "v2.yaml") -> Path:
    """Write a procedure file at its place, without a release."""
    path = directory / number / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def keep_released(directory: Path, text: str, *, number: str = "OT.99.Uji", name: str = "v2.yaml") -> Path:
    """Write a procedure file and lock what it says."""
    path = keep_procedure(directory, text, number=number, name=name)
    file = read_procedure(path)
    key = (file.procedure.number, file.procedure.version)
    add_release(directory, Release(*key, content_digest(file.value), RELEASED_ON))
    return path
