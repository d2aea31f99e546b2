"""The report of a story: written in the editor, shown with a graph, remarked on, handed in again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.demo.stories import Remark
from helpdesk.documents import service as document_service
from helpdesk.documents.report import queries as report_queries
from helpdesk.documents.report import service as report_service
from helpdesk.documents.report.service import Author
from helpdesk.documents.report.sources import figure_sources
from helpdesk.documents.rules.figures import offered
from helpdesk.sop.models import StepRun
from helpdesk.tickets.holders import viewer_of_person
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office

# What the report of a story shows of the network, best first.
WANTED = ("processors", "memory", "temperature")


@dataclass(frozen=True)
class Desk:
    """Somebody at the report of a ticket."""

    session: Session
    ticket: Ticket
    office: Office
    person: Person
    now: datetime

    @property
    def author(self) -> Author:
        """The person as the report's use cases know them."""
        viewer = viewer_of_person(self.session, self.person, self.office, self.now)
        return Author(self.session, self.ticket, self.office, viewer, self.person, self.now)


def write_report(desk: Desk, step_run: StepRun, unit: str) -> dict[str, Any]:
    """Save the generated text as a version, add a graph, hand it in; return what the step yields."""
    sections = document_service.first_sections(desk.session, desk.ticket, desk.office, unit=unit)
    before = report_queries.find_latest_version(desk.session, desk.ticket)
    if before is None:
        report_service.save_version(desk.author, sections, revision=0, note="Naskah awal dari langkah SOP")
        sections["identification"] += _graph(desk)
    else:
        sections = dict(before.sections)
        for remark in report_queries.list_open_remarks(desk.session, desk.ticket):
            sections[remark.section] += "\n\nBagian ini telah diperbaiki sesuai catatan pimpinan."
            report_service.add_remark(desk.author, "", "Sudah diperbaiki.", answers_id=remark.id)
            report_service.settle_remark(desk.author, remark.id, settled=True)
    version = report_service.hand_in(
        desk.session, desk.ticket, desk.office, step_run, sections, by=desk.person, now=desk.now
    )
    return {"sections": version.sections, "version": version.number, "sha256": version.sha256}


def remark_on_report(desk: Desk, remarks: Sequence[Remark]) -> str:
    """Write the remarks and return them as the reason of the return."""
    for remark in remarks:
        report_service.add_remark(desk.author, remark.section, remark.body)
    return report_service.reason_of_open_remarks(desk.session, desk.ticket, "")


def _graph(desk: Desk) -> str:
    sources = figure_sources(desk.session, desk.ticket)
    shown = [one for source in sources.values() for one in offered(source, desk.office.zone.key)]
    graphs = {one.name: one for one in shown if one.kind == "graph"}
    chosen = next((graphs[name] for name in WANTED if name in graphs), None)
    return f"\n\n{chosen}" if chosen is not None else ""
