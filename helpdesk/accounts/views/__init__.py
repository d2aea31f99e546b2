"""Pages of accounts: signing in, one's own account, the list of people, acting officers."""

from helpdesk.accounts.views import account, acting, people, qualifications, sign_in
from helpdesk.accounts.views._blueprint import blueprint

__all__ = ["account", "acting", "blueprint", "people", "qualifications", "sign_in"]
