"""Pages of intake: the public form, what officials write down, the receipt, and following a request."""

from helpdesk.intake.views import following, requests
from helpdesk.intake.views.blueprint import blueprint

__all__ = ["blueprint", "following", "requests"]
