"""Pages of tickets: the desk, the list, the ticket, the work programme."""

from helpdesk.tickets.views import clock, desk, flow, page, programme, step, work
from helpdesk.tickets.views.routes import blueprint

__all__ = ["blueprint", "clock", "desk", "flow", "page", "programme", "step", "work"]
