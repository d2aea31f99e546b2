"""Host keys: an own policy with a pinned fingerprint, because the library accepts whatever it is shown."""

import base64
import hashlib
import hmac

import paramiko

from network.targets import SshCredentials


class HostKeyRefused(paramiko.SSHException):
    """The device showed a key that is not the one approved for it."""


class PinnedHostKey(paramiko.MissingHostKeyPolicy):
    """Accept the approved key only; asked before the password is sent."""

    def __init__(self, credentials: SshCredentials) -> None:
        self._approved = credentials.host_key_sha256
        self._accept_any = credentials.accept_any_host_key
        self.shown: str | None = None
        self.refusal: str | None = None

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        """Compare the key with the approved one."""
        self.shown = fingerprint_of(key)
        if self._approved is None:
            if not self._accept_any:
                self._refuse("host_key_unknown")
        elif not hmac.compare_digest(self.shown, self._approved):
            self._refuse("host_key_changed")

    def describe(self) -> str:
        """Return the fingerprints a person compares."""
        if self._approved and self.refusal == "host_key_changed":
            return f"{self._approved} → {self.shown}"
        return str(self.shown)

    def _refuse(self, code: str) -> None:
        self.refusal = code
        raise HostKeyRefused(code)


def fingerprint_of(key: paramiko.PKey) -> str:
    """Return the fingerprint as OpenSSH prints it."""
    digest = hashlib.sha256(key.asbytes()).digest()
    return "SHA256:" + base64.b64encode(digest).decode("ascii").rstrip("=")
