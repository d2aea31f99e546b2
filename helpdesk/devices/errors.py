"""Refusals of devices, sites and credentials."""

from helpdesk.errors import DomainError, NotFound


class DeviceNotFound(NotFound):
    """There is no such device."""

    code = "device_not_found"
    message = "This device does not exist."


class SiteNotFound(NotFound):
    """There is no such site."""

    code = "site_not_found"
    message = "This site does not exist."


class GroupNotFound(NotFound):
    """There is no such device group."""

    code = "group_not_found"
    message = "This device group does not exist."


class CredentialNotFound(NotFound):
    """There is no such credential."""

    code = "credential_not_found"
    message = "This credential does not exist."


class DeviceRefused(DomainError):
    """A device cannot be kept as given; `field` names the input, `reason` is a sentence."""

    code = "device_refused"
    status = 422
    message = "%(reason)s"

    def __init__(self, *, field: str, reason: str) -> None:
        self.field = field
        super().__init__(reason=reason)


class CredentialRefused(DeviceRefused):
    """A credential cannot be kept as given."""

    code = "credential_refused"


class SiteRefused(DeviceRefused):
    """A site cannot be kept as given."""

    code = "site_refused"


class GroupRefused(DeviceRefused):
    """A device group cannot be kept as given."""

    code = "group_refused"


class GroupInUse(DomainError):
    """A group that something still needs cannot be deleted."""

    code = "group_in_use"
    message = (
        "The group %(name)s still has devices, a schedule or health reports. "
        "Take its devices out and delete its schedules first; a group with reports stays."
    )


class ImportStale(DomainError):
    """The preview no longer agrees with what is stored, or was changed on the way."""

    code = "import_stale"
    status = 409
    message = "The preview is no longer valid. Upload the file again."


class HostKeyNotShown(DomainError):
    """The host key to reject is not the one at which sessions stop."""

    code = "host_key_not_shown"
    status = 409
    message = "The device does not show this host key any more. Test SSH again, then decide."
