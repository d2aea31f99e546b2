"""The office a ticket is worked on in: its procedures, its calendar, its keys. Handed to every use case."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from helpdesk.calendars.rules import WorkingCalendar
from helpdesk.numbering.catalogue import default_numbering
from helpdesk.numbering.rules import Numbering
from helpdesk.sop.catalogue import Catalogue
from helpdesk.sop.models import ProcedureRun
from helpdesk.sop.schema import Procedure


@dataclass(frozen=True)
class Office:
    """What the rules of a ticket depend on beside the ticket itself."""

    catalogue: Catalogue
    calendar: WorkingCalendar
    zone: ZoneInfo
    numbering: Numbering = field(default_factory=default_numbering)

    def procedure_of(self, run: ProcedureRun) -> Procedure:
        """Return the procedure in the version the run began with."""
        return self.catalogue.get_procedure(run.procedure_number, run.procedure_version)

    def day_of(self, moment: datetime) -> date:
        """Return the calendar day of a moment at the office."""
        return moment.astimezone(self.zone).date()

    def year_of(self, moment: datetime) -> int:
        """Return the calendar year of a moment at the office."""
        return moment.astimezone(self.zone).year

    def is_head(self, role: str) -> bool:
        """Whether the role has no superior in one of the procedures: it sees every ticket."""
        roles = [procedure.find_role(role) for procedure in self.catalogue.list_procedures()]
        return any(found is not None and found.superior is None for found in roles)
