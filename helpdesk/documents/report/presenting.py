"""How the report is shown on its pages: drawn sections, differences, remarks, what can be inserted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from helpdesk.documents.report.models import ReportComment
from helpdesk.documents.report.rules import SECTION_LETTERS, Piece, compare_words
from helpdesk.documents.report.sources import figure_sources, sources_of_texts
from helpdesk.documents.rules import SECTION_TITLES, blocks_from_markdown
from helpdesk.documents.rules.figures import figures_to_dict, offered
from helpdesk.tickets.models import Ticket

SECTION_LABELS = {
    "general": _l("I.A General"),
    "purpose": _l("I.B Purpose and aim"),
    "scope": _l("I.C Scope"),
    "basis": _l("I.D Basis"),
    "activities": _l("II Activities carried out"),
    "identification": _l("III.A Identification"),
    "verification": _l("III.B Verification"),
    "coordination": _l("III.C Coordination and technical cooperation"),
    "conclusions": _l("IV.A Conclusions"),
    "recommendations": _l("IV.B Recommendations"),
    "closing": _l("V Closing"),
}
FIGURE_LABELS = {
    ("table", "interfaces"): _l("Table: interfaces"),
    ("table", "processors"): _l("Table: processors"),
    ("table", "memory"): _l("Table: memory"),
    ("table", "sensors"): _l("Table: sensors"),
    ("table", "changes"): _l("Table: changes since the snapshot before"),
    ("graph", "processors"): _l("Graph: use of the processors"),
    ("graph", "memory"): _l("Graph: use of the memory"),
    ("graph", "storage"): _l("Graph: use of the disks"),
    ("graph", "temperature"): _l("Graph: temperatures"),
    ("graph", "traffic_in"): _l("Graph: traffic in, since the snapshot before"),
    ("graph", "traffic_out"): _l("Graph: traffic out, since the snapshot before"),
    ("graph", "utilisation"): _l("Graph: use of the ports' speed"),
}


@dataclass(frozen=True)
class Thread:
    """A remark with its answers."""

    remark: ReportComment
    answers: tuple[ReportComment, ...]


@dataclass(frozen=True)
class FigureChoice:
    """One snapshot's tables and graphs, for a list to choose from."""

    device: str
    taken_at: Any
    choices: tuple[tuple[str, Any], ...]


def drawn_sections(
    session: Session, ticket: Ticket, sections: Mapping[str, str], timezone: str
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, dict[str, Any]]]:
    """Return the blocks of every section, and the figures they show.

    A text that is too long to be kept comes here before it is refused: only what may be kept is drawn.
    """
    texts = {code: sections.get(code, "")[:SECTION_LETTERS] for code in SECTION_TITLES}
    sources = sources_of_texts(session, ticket, texts.values())
    figures = figures_to_dict(list(texts.values()), sources, timezone)
    return {code: blocks_from_markdown(text) for code, text in texts.items()}, figures


def threads_of(comments: Iterable[ReportComment]) -> dict[str, list[Thread]]:
    """Return the remarks with their answers, by section."""
    rows = list(comments)
    threads: dict[str, list[Thread]] = {code: [] for code in SECTION_TITLES}
    for remark in (one for one in rows if one.answers_id is None):
        answers = tuple(one for one in rows if one.answers_id == remark.id)
        threads.setdefault(remark.section, []).append(Thread(remark, answers))
    return threads


def figure_choices(session: Session, ticket: Ticket, timezone: str) -> list[FigureChoice]:
    """Return what can be inserted, the newest snapshot first."""
    sources = sorted(
        figure_sources(session, ticket).values(), key=lambda one: one.annex.taken_at, reverse=True
    )
    return [
        FigureChoice(
            source.annex.device_name,
            source.annex.taken_at,
            tuple((str(one), FIGURE_LABELS[one.kind, one.name]) for one in offered(source, timezone)),
        )
        for source in sources
    ]


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[Piece, ...]]:
    """Return the difference of every section that is not the same."""
    return {
        code: compare_words(before.get(code, ""), after.get(code, ""))
        for code in SECTION_TITLES
        if before.get(code, "") != after.get(code, "")
    }
