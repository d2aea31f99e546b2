"""Which of the known credentials sent a message of SNMPv3: proven by its digest, before anything is kept."""

import hashlib
import hmac
from collections.abc import Iterable

from pysnmp.entity.config import AUTH_SERVICES  # type: ignore[import-untyped]
from pysnmp.proto.rfc1902 import OctetString  # type: ignore[import-untyped]

from network.snmp.pysnmp_engine import AUTH_PROTOCOLS
from network.targets import AuthProtocol, SnmpV3Credentials
from network.trap_messages import UserMessage

# Hash by protocol, and how many bytes of it a message carries (RFC 3414, RFC 7860).
_DIGESTS = {
    AuthProtocol.MD5: ("md5", 12),
    AuthProtocol.SHA: ("sha1", 12),
    AuthProtocol.SHA224: ("sha224", 16),
    AuthProtocol.SHA256: ("sha256", 24),
    AuthProtocol.SHA384: ("sha384", 32),
    AuthProtocol.SHA512: ("sha512", 48),
}


class TrapUsers:
    """The users whose traps are accepted. The same name may stand for several keys."""

    def __init__(self, credentials: Iterable[SnmpV3Credentials]) -> None:
        self._by_name: dict[bytes, list[SnmpV3Credentials]] = {}
        # Stretching a pass phrase hashes a megabyte: once per credential, not once per datagram.
        self._stretched: dict[SnmpV3Credentials, bytes] = {}
        for each in credentials:
            self._by_name.setdefault(each.user.encode(), []).append(each)

    def sender_of(self, message: UserMessage, datagram: bytes) -> SnmpV3Credentials | None:
        """Return the credential that the message proves to have, at exactly its level of security.

        pysnmp takes a message without authentication from a user who has keys when the sender is the
        authoritative engine, as in a trap: so the level is compared here.
        """
        for each in self._by_name.get(message.user, ()):
            if each.security_level == message.security_level and self._fits(each, message, datagram):
                return each
        return None

    def _fits(self, credentials: SnmpV3Credentials, message: UserMessage, datagram: bytes) -> bool:
        if credentials.auth_protocol is None or credentials.auth_key is None:
            return True
        name, length = _DIGESTS[credentials.auth_protocol]
        if len(message.digest) != length:
            return False
        stretched = self._stretched.get(credentials)
        if stretched is None:
            service = AUTH_SERVICES[AUTH_PROTOCOLS[credentials.auth_protocol]]
            stretched = bytes(service.hash_passphrase(OctetString(credentials.auth_key.reveal().encode())))
            self._stretched[credentials] = stretched
        # RFC 3414, A.2.2: the key of a user at one engine.
        key = hashlib.new(name, stretched + message.engine_id + stretched).digest()
        after = message.digest_at + length
        plain = datagram[: message.digest_at] + bytes(length) + datagram[after:]
        return hmac.compare_digest(hmac.digest(key, plain, name)[:length], message.digest)
