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
