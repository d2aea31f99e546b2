"""Use cases of the public desk: files wait while a form is mended, and what nobody sent is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from helpdesk.documents.health.models import HealthReport
from helpdesk.documents.models import Document
from helpdesk.evidence.models import StoredFile
from helpdesk.evidence.service import store_file
from helpdesk.intake.rules import KEY_LIFE, HeldFile
from helpdesk.tickets.models import Attachment
from helpdesk.tickets.rules import NewFile
from helpdesk.uploads import CheckedFile

# Personal data of a form that was never sent is kept no longer than the form itself is good.
FORGOTTEN_AFTER = KEY_LIFE + timedelta(days=1)


def hold_files(session: Session, files: Sequence[CheckedFile], *, now: datetime) -> tuple[HeldFile, ...]:
    """Keep files that arrived with a form which is shown again."""
    held = []
    for file in files:
        stored = store_file(session, file.content, file.content_type, now=now)
        held.append(HeldFile(stored.id, file.name, stored.size_bytes, file.content_type))
    return tuple(held)


def load_held_files(session: Session, held: Sequence[HeldFile]) -> tuple[NewFile, ...]:
    """Return the files with their content; one that was forgotten in the meantime is left out."""
    rows = {
        row.id: row
        for row in session.scalars(
            select(StoredFile).where(StoredFile.id.in_([file.file_id for file in held]))
        )
    }
    return tuple(
        NewFile(file.name, rows[file.file_id].content, file.content_type)
        for file in held
        if file.file_id in rows
    )


def discard_abandoned_files(session: Session, *, now: datetime) -> int:
    """Delete files of forms that were never sent; return how many."""
    used = (
        exists().where(Attachment.file_id == StoredFile.id)
        | exists().where(Document.file_id == StoredFile.id)
        | exists().where(HealthReport.file_id == StoredFile.id)
    )
    abandoned = session.scalars(
        select(StoredFile).where(StoredFile.created_at < now - FORGOTTEN_AFTER, ~used)
    ).all()
    for row in abandoned:
        session.delete(row)
    session.flush()
    return len(abandoned)
