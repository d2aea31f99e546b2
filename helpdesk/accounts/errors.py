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


class ActingOver(DomainError):
    """The acting appointment has ended."""

    code = "acting_over"
    status = 409
    message = "This acting appointment is over already."


class ActingOverlaps(DomainError):
    """Somebody acts in the office at that time already."""

    code = "acting_overlaps"
    status = 409
    message = (
        "In that time %(name)s acts in this office already (decree %(decree)s). "
        "Withdraw that appointment first, or choose other days or another part of the office."
    )


class NoCascade(DomainError):
    """An acting officer has no office of their own to be acted in."""

    code = "no_cascade"
    status = 422
    message = (
        "Only the place of somebody who holds the office themself can be taken: acting is not passed on."
    )


class QualificationKnown(DomainError):
    """The qualification is on record for that time."""

    code = "qualification_known"
    status = 409
    message = "This qualification is on record for that time already. Withdraw the earlier entry first."


class PasswordTemporary(DomainError):
    """Somebody else set the password: it signs nothing until its owner has changed it."""

    code = "password_temporary"
    status = 403
    message = "Your password was set by somebody else. Choose your own under “My account”, then sign."


class CodeWrong(DomainError):
    """The code of the second factor does not count: mistyped, too old, or used before."""

    code = "code_wrong"
    status = 403
    message = "This code does not count. Wait for the next one on your phone; each counts once only."


class CodeMissing(DomainError):
    """The account asks for a code of the phone, and none was given."""

    code = "code_missing"
    status = 422
    message = "Give the code of your phone too."


class SecondFactorOn(DomainError):
    """The account asks for a code already."""

    code = "second_factor_on"
    status = 409
    message = "The account already asks for a code. Turn that off first."


class SecondFactorNotBegun(DomainError):
    """There is no secret that a code could belong to."""

    code = "second_factor_not_begun"
    status = 409
    message = "Begin with the QR code first."
