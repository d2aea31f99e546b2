"""Refusals of the jobs."""

from helpdesk.errors import DomainError


class DatabaseNotReady(DomainError):
    """The database is not at the version that this program needs."""

    code = "database_not_ready"
    message = (
        "The database is at version %(found)s, and this program needs %(known)s. "
        "Run: helpdesk database upgrade"
    )
