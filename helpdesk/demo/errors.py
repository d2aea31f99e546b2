"""Refusals of the demo."""

from helpdesk.errors import DomainError


class PortInUse(DomainError):
    """Another program listens there."""

    code = "port_in_use"
    message = "Port %(port)s is in use. Choose another one: make run PORT=%(other)s"


class PortNotAllowed(DomainError):
    """The system keeps the port for itself."""

    code = "port_not_allowed"
    message = "Port %(port)s may not be used (%(reason)s). Choose another one: make run PORT=8001"


class AlreadyRunning(DomainError):
    """Two supervisors on one data directory would start everything twice."""

    code = "already_running"
    message = "The office in %(folder)s is already running (process %(process)s). Stop it first with Ctrl-C."


class ProgramStopped(DomainError):
    """A part ended before it was ready, or ends again and again."""

    code = "program_stopped"
    message = "%(program)s stops again and again. Its last lines are above, all of them in %(log)s."


class FolderNotWritable(DomainError):
    """The data directory cannot be written."""

    code = "folder_not_writable"
    message = (
        "The folder %(folder)s cannot be written (%(reason)s). "
        "Choose another one with HELPDESK_DATA_DIRECTORY, or copy the program to a folder of your own."
    )
