"""Pages of accounts: signing in, one's own account, the admin's list of people."""

from helpdesk.accounts.views import account, people, sign_in
from helpdesk.accounts.views._blueprint import blueprint

__all__ = ["account", "blueprint", "people", "sign_in"]
