"""Pages of accounts: signing in, the second factor, the own account, the list of people, acting officers."""

from helpdesk.accounts.views import account, acting, people, qualifications, second_factor, sign_in
from helpdesk.accounts.views._blueprint import blueprint

__all__ = ["account", "acting", "blueprint", "people", "qualifications", "second_factor", "sign_in"]
