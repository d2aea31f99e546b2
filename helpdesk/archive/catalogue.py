"""The retention schedule, read and checked at start."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from helpdesk.archive.errors import RetentionFileInvalid
from helpdesk.archive.rules import RetentionSchedule
from helpdesk.datafiles import Problem, Text, findings_of, read_document

DEFAULT_SCHEDULE = Path(__file__).parent / "data" / "retention.yaml"


def load_schedule(path: Path | None = None) -> RetentionSchedule:
    """Return the schedule of the file, or the shipped one; raise with everything wrong in it."""
    path = path or DEFAULT_SCHEDULE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "UTF-8"
        reason = Text(id=f"berkas tidak dapat dibaca ({cause})", en=f"the file cannot be read ({cause})")
        raise RetentionFileInvalid([Problem(str(path), 1, None, reason)]) from None
    document = read_document(text, str(path))
    if document.problems:
        raise RetentionFileInvalid(document.problems)
    try:
        return RetentionSchedule.model_validate(document.value)
    except ValidationError as error:
        raise RetentionFileInvalid(
            [
                Problem(document.name, document.line_of(location), None, reason)
                for location, reason in findings_of(error)
            ]
        ) from None
