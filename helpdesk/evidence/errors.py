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
