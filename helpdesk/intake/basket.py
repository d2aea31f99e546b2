"""The files of one form: those that arrived before, those that arrive now, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from helpdesk.errors import DomainError
from helpdesk.intake import service
from helpdesk.intake.rules import HeldFile
from helpdesk.tickets.rules import NewFile
from helpdesk.uploads import CheckedFile, FileRefused, check_file, safe_name


class TooManyFiles(FileRefused):
    """More files than the office takes with one form."""

    code = "too_many_files"
    message = "At most %(limit)s files are taken. Not taken: %(name)s."


class FileForgotten(FileRefused):
    """A file waited longer than the office keeps files that belong to no request."""

    code = "file_forgotten"
    message = "Some files of this form are no longer kept here. Attach them again."


@dataclass
class Basket:
    """What a form brings along."""

    held: tuple[HeldFile, ...] = ()
    arrived: tuple[CheckedFile, ...] = ()
    problems: list[DomainError] = field(default_factory=list)

    def hold(self, session: Session, *, now: datetime) -> None:
        """Keep what arrived until the form is sent again."""
        known = {(file.file_id, file.name) for file in self.held}
        kept = service.hold_files(session, self.arrived, now=now)
        # Who chooses a file again that we already have means the same file.
        self.held += tuple(file for file in kept if (file.file_id, file.name) not in known)
        self.arrived = ()

    def contents(self, session: Session) -> tuple[NewFile, ...]:
        """Return all files with their content."""
        loaded = service.load_held_files(session, self.held)
        if len(loaded) != len(self.held):
            raise FileForgotten
        known = {(file.name, file.content) for file in loaded}
        fresh = [file for file in self.arrived if (file.name, file.content) not in known]
        return loaded + tuple(NewFile(file.name, file.content, file.content_type) for file in fresh)


def fill_basket(
    held: Sequence[HeldFile],
    uploads: Iterable[FileStorage] | None,
    *,
    removed: Iterable[str],
    max_count: int,
    max_bytes: int,
) -> Basket:
    """Check what arrives beside what is already there."""
    unwanted = set(removed)
    basket = Basket(held=tuple(file for file in held if str(file.file_id) not in unwanted))
    checked: list[CheckedFile] = []
    left_over: list[str] = []
    for upload in uploads or ():
        if not isinstance(upload, FileStorage) or not upload.filename:
            continue
        if len(basket.held) + len(checked) >= max_count:
            left_over.append(safe_name(upload.filename))
            continue
        try:
            checked.append(check_file(upload.filename, upload.stream.read(), max_bytes=max_bytes))
        except FileRefused as problem:
            basket.problems.append(problem)
    if left_over:
        basket.problems.append(TooManyFiles(limit=max_count, name=", ".join(left_over)))
    basket.arrived = tuple(checked)
    return basket
