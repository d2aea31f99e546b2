"""Refusals of health reports."""

from helpdesk.errors import DomainError, InputInvalid, NotFound


class HealthReportNotFound(NotFound):
    """There is no such report, or its file is not made yet."""

    code = "health_report_not_found"
    message = "This health report does not exist, or it is still being made."


class HealthReportRefused(InputInvalid):
    """A report cannot be made as asked; `field` names the input, `reason` is a sentence."""

    code = "health_report_refused"


class HealthReportFailed(DomainError):
    """A report that was asked for on the command line was not made."""

    code = "health_report_failed"
    message = "The health report was not made: %(reason)s"
