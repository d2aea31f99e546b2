"""Refusals of configurations."""

from helpdesk.errors import DomainError, NotFound


class ConfigurationNotFound(NotFound):
    """There is no such configuration."""

    code = "configuration_not_found"
    message = "This configuration does not exist."


class NothingToConfirm(DomainError):
    """Only a version that shrank, and that nothing newer replaced, waits for a confirmation."""

    code = "nothing_to_confirm"
    status = 409
    message = (
        "This configuration does not wait for a confirmation. "
        "A reading that ended early cannot be confirmed: read the configuration again."
    )
