"""Refusals that a person can act on. Pure: the web layer translates, the CLI prints."""

from __future__ import annotations

from typing import Any, ClassVar


class DomainError(Exception):
    """Something the rules refuse. `message` is an English msgid with %(name)s placeholders from `details`."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    message: ClassVar[str] = "This cannot be done now."

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.message % details if details else self.message)

    def details_in(self, language: str) -> dict[str, Any]:
        """Return the details of the message in the language; a subclass with titles translates them."""
        return self.details


class NotFound(DomainError):
    """What was asked for does not exist, or the person may not see it."""

    code = "not_found"
    status = 404
    message = "There is nothing here, or it is not open to you."


class Forbidden(DomainError):
    """The person's office does not allow the act."""

    code = "forbidden"
    status = 403
    message = "Your office does not allow this. Ask the admin if it should."


class InputInvalid(DomainError):
    """One field of the input cannot be accepted; `field` and `reason` say which and why."""

    code = "input_invalid"
    status = 422
    message = "%(field)s: %(reason)s"


class EditConflict(DomainError):
    """Somebody else changed the same thing in the meantime."""

    code = "edit_conflict"
    status = 409
    message = "Somebody else changed this in the meantime. Look at the new state, then try again."


class SecretUnreadable(DomainError):
    """The stored secret does not open: its key is gone, or the row was tampered with."""

    code = "secret_unreadable"
    status = 409
    message = (
        "The stored secret cannot be opened with key %(key_id)s. "
        "Put the key back into the settings, or enter the secret again."
    )


class SettingsInvalid(DomainError):
    """A setting of the environment is missing or malformed."""

    code = "settings_invalid"
    message = "Setting %(name)s: %(reason)s"


class DatabaseNewer(DomainError):
    """The database was made by a newer version of the product."""

    code = "database_newer"
    message = (
        "The database was made by a newer version (%(found)s) than this program (%(known)s). "
        "Start the newer program, or restore a backup made by this version."
    )


class DatabaseOlder(DomainError):
    """The database has no tables yet, or those of an older version."""

    code = "database_older"
    message = (
        "The database is at version %(found)s, and this program needs %(known)s. "
        "Run: helpdesk database upgrade"
    )
