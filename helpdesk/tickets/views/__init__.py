"""Pages of tickets: the desk, the list, the ticket, the work programme."""

from helpdesk.tickets.views import clock, commands, desk, flow, page, programme, step, work
from helpdesk.tickets.views.routes import blueprint

__all__ = ["blueprint", "clock", "commands", "desk", "flow", "page", "programme", "step", "work"]
