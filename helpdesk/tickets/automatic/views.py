"""What opened an automatic ticket, on the ticket's page."""

from __future__ import annotations

from typing import Any

from helpdesk.tickets.automatic import queries
from helpdesk.tickets.incidents import queries as incident_queries
from helpdesk.tickets.incidents import views as incident_views  # noqa: F401  # adds its route to the tickets'
from helpdesk.tickets.views.case import Case
from helpdesk.tickets.views.sections import Place, Section, register_section


def register_sections() -> None:
    """Show beside the ticket the finding that opened it, and how it stands."""
    register_section(Section("monitoring", Place.ASIDE, "tickets/parts/monitoring.html", _facts, order=20))


def _facts(case: Case) -> dict[str, Any] | None:
    link = queries.find_link_of_ticket(case.session, case.ticket.id)
    if link is None:
        return None
    return {
        "finding": link.finding,
        "is_freezing": bool(incident_queries.list_unfrozen(case.session, case.ticket.id)),
    }
