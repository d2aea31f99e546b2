"""Refusals of evidence."""

from helpdesk.errors import DomainError, NotFound


class SnapshotNotFound(NotFound):
    """There is no such snapshot."""

    code = "snapshot_not_found"
    message = "This snapshot does not exist."


class FileNotFound(NotFound):
    """There is no such file."""

    code = "file_not_found"
    message = "This file does not exist."


class EvidenceBroken(DomainError):
    """The stored bytes no longer agree with their SHA-256."""

    code = "evidence_broken"
    status = 409
    message = (
        "The stored evidence no longer agrees with its SHA-256 (%(sha256)s). "
        "It was damaged or changed after it was frozen; do not use it."
    )


class SnapshotsNotComparable(DomainError):
    """The two are one and the same, of two devices, or one of them holds no facts."""

    code = "snapshots_not_comparable"
    message = "Choose two different snapshots of the same device, both of a time when it answered."


class CommandNotListed(DomainError):
    """The command is not one that this person may run on this device."""

    code = "command_not_listed"
    status = 422
    message = "This command is not on the list for this device and your role. Choose one of the list."


class ArgumentRefused(DomainError):
    """The value does not have the type that the command takes."""

    code = "argument_refused"
    status = 422
    message = (
        "The command does not take this value. Choose a port of the list, or write one IP address, "
        "a VLAN number from 1 to 4094, or a MAC address as 00:50:56:aa:bb:01."
    )
