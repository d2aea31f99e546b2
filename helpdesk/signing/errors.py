"""Refusals of keys, certificates and signatures."""

from __future__ import annotations

from helpdesk.errors import DomainError, NotFound


class SigningKeyMissing(DomainError):
    """Signatures are required here, and the person has no key to give one."""

    code = "signing_key_missing"
    status = 409
    message = (
        "You have no key to sign with yet, and this office signs with certificates. "
        "Upload your key file on the page “My signing key”, or ask the admin to issue one."
    )


class SigningKeyNotFound(NotFound):
    """There is no such key."""

    code = "signing_key_not_found"
    message = "This signing key does not exist."


class KeyFileRefused(DomainError):
    """The PKCS#12 file cannot be kept; `reason` is a sentence."""

    code = "key_file_refused"
    status = 422
    message = "The key file cannot be used."


class CertificateUnfit(DomainError):
    """The certificate of the key is not one to sign papers with now."""

    code = "certificate_unfit"
    status = 422
    message = "The certificate of this key cannot sign papers."


class TokenUnavailable(DomainError):
    """The signing token is not there, or does not hold the key."""

    code = "token_unavailable"
    status = 409
    message = "The signing token does not answer. Check that it is plugged in, then try again."


class PinMissing(DomainError):
    """The key is on a token, and no PIN was given."""

    code = "pin_missing"
    status = 422
    message = "Give the PIN of your token."


class PinRefused(DomainError):
    """The token did not take the PIN."""

    code = "pin_refused"
    status = 422
    message = "The token did not accept the PIN. Nothing was signed. Most tokens lock after a few wrong PINs."


class TimestampUnavailable(DomainError):
    """The time-stamp authority gave no stamp."""

    code = "timestamp_unavailable"
    status = 409
    message = (
        "The time-stamp authority does not answer. Nothing was signed. "
        "Try again, or choose to sign without its time stamp."
    )


class SignatureFailed(DomainError):
    """The paper could not be signed, or what came out does not verify."""

    code = "signature_failed"
    status = 500
    message = "The paper could not be signed. Nothing was kept. Tell the admin of the office."


class PaperAlreadySigned(DomainError):
    """A signature is already in the file, and it allows no change."""

    code = "paper_already_signed"
    status = 409
    message = "The paper already carries a signature, which allows no change."


class AuthorityMissing(DomainError):
    """The office has made no certificate authority of its own."""

    code = "authority_missing"
    status = 409
    message = "This office has no certificate authority yet. Run: helpdesk ca init"


class AuthorityExists(DomainError):
    """There is one already, and a second would make the papers of the first unknown."""

    code = "authority_exists"
    status = 409
    message = "The certificate authority exists already: %(folder)s"


class TrustFileUnreadable(DomainError):
    """A file of trusted certificates is no certificate."""

    code = "trust_file_unreadable"
    status = 500
    message = "The trusted certificate %(path)s cannot be read."
