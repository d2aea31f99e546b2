"""Refusals of findings and of maintenance windows."""

from helpdesk.errors import DomainError, NotFound


class FindingNotFound(NotFound):
    """There is no such finding."""

    code = "finding_not_found"
    message = "This finding does not exist."


class WindowNotFound(NotFound):
    """There is no such maintenance window."""

    code = "window_not_found"
    message = "This maintenance window does not exist."


class WindowRefused(DomainError):
    """A maintenance window cannot be planned as given; `field` names the input."""

    code = "window_refused"
    status = 422
    message = "%(reason)s"

    def __init__(self, *, field: str, reason: str) -> None:
        self.field = field
        super().__init__(reason=reason)


class WindowOver(DomainError):
    """The window has ended already."""

    code = "window_over"
    status = 409
    message = "This maintenance window has already ended."


class OverrideNotFound(NotFound):
    """There is no such exception to a rule."""

    code = "override_not_found"
    message = "This exception to a rule does not exist."


class OverrideRefused(DomainError):
    """A rule cannot have these figures; `field` names the input."""

    code = "override_refused"
    status = 422
    message = "%(reason)s"

    def __init__(self, *, field: str, reason: str) -> None:
        self.field = field
        super().__init__(reason=reason)
