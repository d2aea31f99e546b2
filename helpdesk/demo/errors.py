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


class NoPortsForNetwork(DomainError):
    """Every range of ports that the demo network knows has a listener in it."""

    code = "no_ports_for_network"
    message = (
        "The demo network finds no free ports between 16100 and 19119 (UDP) and 12200 and 15219 (TCP). "
        "Stop the other programs there, for instance other demo offices."
    )


class AlreadyRunning(DomainError):
    """Two supervisors on one data directory would start everything twice."""

    code = "already_running"
    message = "The office in %(folder)s is already running (process %(process)s). Stop it first with Ctrl-C."


class ProgramStopped(DomainError):
    """A part ended before it was ready, or ends again and again."""

    code = "program_stopped"
    message = "%(program)s ends and does not stay up. Its last lines are above, all of them in %(log)s."


class FolderNotWritable(DomainError):
    """The data directory cannot be written."""

    code = "folder_not_writable"
    message = (
        "The folder %(folder)s cannot be written (%(reason)s). "
        "Choose another one with HELPDESK_DATA_DIRECTORY, or copy the program to a folder of your own."
    )
