"""Certificates and key files: read, judged, and told in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from asn1crypto.x509 import Certificate as Asn1Certificate
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from helpdesk.signing.errors import CertificateUnfit, KeyFileRefused, TrustFileUnreadable
from helpdesk.signing.rules import CertificateFacts, serial_text

KEY_FILE_MAXIMUM = 64 * 1024
RSA_MINIMUM = 2048
EC_MINIMUM = 256
PEM = serialization.Encoding.PEM
DER = serialization.Encoding.DER
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class KeyFile:
    """What a PKCS#12 file holds."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    private_key: PrivateKey = field(repr=False)


def facts_of(certificate: x509.Certificate) -> CertificateFacts:
    """Return what the certificate says of itself."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return CertificateFacts(
        name=str(names[0].value) if names else certificate.subject.rfc4514_string(),
        subject=readable_name(certificate.subject),
        issuer=readable_name(certificate.issuer),
        serial=serial_text(certificate.serial_number),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
    )


def readable_name(name: x509.Name) -> str:
    """Return a name as people read it: who, number, organisation. Fingerprints tell certificates apart."""
    parts = [
        str(part.value)
        for kind in (NameOID.COMMON_NAME, NameOID.SERIAL_NUMBER, NameOID.ORGANIZATION_NAME)
        for part in name.get_attributes_for_oid(kind)
    ]
    return " · ".join(parts) or name.rfc4514_string()


def ensure_fit(certificate: x509.Certificate, *, now: datetime) -> None:
    """Raise unless papers may be signed with the certificate now."""
    problem = _problem(certificate, now)
    if problem is not None:
        raise CertificateUnfit(reason=problem)


def _problem(certificate: x509.Certificate, now: datetime) -> str | None:
    """Return the English msgid of what is wrong with a certificate that is to sign papers, or None."""
    facts = facts_of(certificate)
    if facts.valid_until < now:
        return "The certificate has expired. Ask its issuer for a new one."
    if now < facts.valid_from:
        return "The certificate is not in force yet."
    if not _is_strong(certificate):
        return "The key is too weak: RSA needs 2048 bits, an elliptic curve 256."
    if _is_authority(certificate):
        return "This is the certificate of an authority, not of a person."
    usage = _key_usage(certificate)
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        return "The certificate does not allow its key to sign."
    return None


def _is_strong(certificate: x509.Certificate) -> bool:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= RSA_MINIMUM
    return isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= EC_MINIMUM


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False


def _key_usage(certificate: x509.Certificate) -> x509.KeyUsage | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None


def open_key_file(content: bytes, password: str) -> KeyFile:
    """Read a PKCS#12 file, or raise KeyFileRefused with the reason; neither names the password."""
    if len(content) > KEY_FILE_MAXIMUM:
        raise KeyFileRefused(reason="The file is too large for a key file (.p12, .pfx).")
    try:
        found = pkcs12.load_pkcs12(content, password.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # The cause is dropped: it may hold parts of the file.
        raise KeyFileRefused(
            reason="The file does not open: it is no key file (.p12, .pfx), or the password is wrong."
        ) from None
    if found.key is None or found.cert is None:
        raise KeyFileRefused(reason="The file holds no private key with its certificate.")
    if not isinstance(found.key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
        raise KeyFileRefused(reason="The kind of key is not supported: use RSA or an elliptic curve.")
    chain = tuple(one.certificate for one in found.additional_certs)
    return KeyFile(found.cert.certificate, chain, found.key)


def private_pem(key: PrivateKey) -> str:
    """Return the private key as text, to be sealed at once."""
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def private_der(key: PrivateKey) -> bytes:
    """Return the private key as the signer takes it."""
    return key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def private_key_of(pem: str) -> PrivateKey:
    """Return the private key of a text that was sealed."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey))  # nothing else is ever kept
    return key


def pem_of(certificates: Sequence[x509.Certificate]) -> str:
    """Return certificates one after the other as text."""
    return "".join(one.public_bytes(PEM).decode() for one in certificates)


def certificates_of(pem: str) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a text."""
    return tuple(x509.load_pem_x509_certificates(pem.encode())) if pem.strip() else ()


def asn1_of(certificate: x509.Certificate) -> Asn1Certificate:
    """Return the certificate as pyHanko takes it."""
    return Asn1Certificate.load(certificate.public_bytes(DER))


def load_trusted(folder: Path | None) -> tuple[x509.Certificate, ...]:
    """Return the certificates (*.pem, *.crt) of authorities that the office trusts beside its own."""
    if folder is None or not folder.is_dir():
        return ()
    found: list[x509.Certificate] = []
    for path in sorted((*folder.glob("*.pem"), *folder.glob("*.crt"))):
        try:
            found.extend(x509.load_pem_x509_certificates(path.read_bytes()))
        except (ValueError, OSError):
            raise TrustFileUnreadable(path=str(path)) from None
    return tuple(found)
