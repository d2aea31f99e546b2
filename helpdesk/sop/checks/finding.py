"""One thing wrong with a procedure."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.datafiles import Location, Text
from helpdesk.sop.schema import Step


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: where in the file, in which step, and why."""

    location: Location
    step: Step | None
    reason: Text
