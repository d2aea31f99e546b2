"""Keys on a card or a token (PKCS#11): the PIN opens them for one signature, and is kept nowhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509

from helpdesk.signing.certificates import asn1_of
from helpdesk.signing.errors import PinRefused, TokenUnavailable

try:
    import pkcs11
    from pkcs11 import Attribute, ObjectClass
    from pyhanko.sign.pkcs11 import PKCS11Signer

    IS_SUPPORTED = True
except ImportError:  # the extra `token` is not installed
    IS_SUPPORTED = False

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

# A module of PKCS#11 is one library in the process; a token does one thing at a time.
_one_at_a_time = threading.Lock()
LABEL_LETTERS = 128


@dataclass(frozen=True)
class TokenPlace:
    """Where a key is: the library of the maker, the token's label, the key's label."""

    module: Path
    token: str
    key: str


@contextmanager
def opened(place: TokenPlace, pin: str) -> Iterator[pkcs11.Session]:
    """Give a session with the token, for one act."""
    if not IS_SUPPORTED or not place.module.is_file():
        raise TokenUnavailable
    with _one_at_a_time:
        try:
            library = pkcs11.lib(str(place.module))
            # A token that was plugged in after the start is found only after this.
            library.reinitialize()
            session = library.get_token(token_label=place.token).open(user_pin=pin)
        except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid, pkcs11.PinLocked):
            # The cause is dropped: a traceback of the caller's frame could show the PIN.
            raise PinRefused from None
        except (pkcs11.PKCS11Error, RuntimeError, OSError):
            raise TokenUnavailable from None
        try:
            yield session
        except pkcs11.PKCS11Error:
            raise TokenUnavailable from None
        finally:
            session.close()


def read_certificates(place: TokenPlace, pin: str) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """Return the key's certificate, and the others on the token; the PIN is proved by that."""
    with opened(place, pin) as session:
        found = {
            str(each[Attribute.LABEL]): x509.load_der_x509_certificate(bytes(each[Attribute.VALUE]))
            for each in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
        }
        keys = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: place.key})
        has_key = bool(list(keys))
    certificate = found.pop(place.key, None)
    if certificate is None or not has_key:
        raise TokenUnavailable
    return certificate, tuple(found.values())


def token_signer(
    session: pkcs11.Session, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...], key: str
) -> Signer:
    """Return what signs with the key on the token."""
    return PKCS11Signer(
        session,
        signing_cert=asn1_of(certificate),
        ca_chain=[asn1_of(one) for one in chain],
        key_label=key,
        other_certs_to_pull=(),
    )
