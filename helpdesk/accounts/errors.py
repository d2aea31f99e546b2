"""Refusals of accounts."""

from helpdesk.errors import DomainError


class SignInRefused(DomainError):
    """User name or password is wrong; which of them is not said."""

    code = "sign_in_refused"
    status = 401
    message = "User name or password is wrong. Check both and try again."


class SignInThrottled(DomainError):
    """Too many failed tries."""

    code = "sign_in_throttled"
    status = 429
    message = "Too many failed tries. Wait %(seconds)s seconds, then try again."


class PasswordRefused(DomainError):
    """The new password is not good enough."""

    code = "password_refused"
    status = 422
    message = "The password cannot be accepted."


class PersonExists(DomainError):
    """The user name is taken."""

    code = "person_exists"
    status = 409
    message = "The user name %(username)s is taken."


class PasswordWrong(DomainError):
    """The password that confirms an act is wrong."""

    code = "password_wrong"
    status = 403
    message = "The password is wrong. Nothing was signed."


class AdminMissing(DomainError):
    """The act would leave the office without anybody who may manage people."""

    code = "admin_missing"
    status = 409
    message = "Nobody could manage people any more. Appoint another admin first."


class AppointmentsOverlap(DomainError):
    """The person already holds the role in that time."""

    code = "appointments_overlap"
    status = 409
    message = "The person already holds this office in that time. End the earlier appointment first."


class OwnAccountKept(DomainError):
    """Nobody shuts the door behind which they stand."""

    code = "own_account_kept"
    status = 409
    message = "You cannot deactivate your own account. Another admin can."


class PersonUnknown(DomainError):
    """Nobody has the user name."""

    code = "person_unknown"
    status = 404
    message = "Nobody has the user name %(username)s. See: helpdesk people list"


class RoleUnknown(DomainError):
    """The role is neither an office of a procedure nor admin nor auditor."""

    code = "role_unknown"
    status = 422
    message = "The role %(role)s is not known. Known are: %(known)s."
