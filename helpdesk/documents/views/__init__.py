"""Pages of papers: downloads, sheets made later, the register book, the register of numbers."""

from helpdesk.documents.views import downloads, numbers, registers
from helpdesk.documents.views.downloads import register_sections
from helpdesk.documents.views.routes import blueprint

__all__ = ["blueprint", "downloads", "numbers", "register_sections", "registers"]
