"""The retention schedule, read and checked at start."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from helpdesk.archive.errors import RetentionFileInvalid
from helpdesk.archive.rules import RetentionSchedule
from helpdesk.datafiles import findings_of, read_file

DEFAULT_SCHEDULE = Path(__file__).parent / "data" / "retention.yaml"


def load_schedule(path: Path | None = None) -> RetentionSchedule:
    """Return the schedule of the file, or the shipped one; raise with everything wrong in it."""
    document = read_file(path or DEFAULT_SCHEDULE)
    if document.problems:
        raise RetentionFileInvalid(document.problems)
    try:
        return RetentionSchedule.model_validate(document.value)
    except ValidationError as error:
        raise RetentionFileInvalid(document.problems_of(findings_of(error))) from None
