"""The office's own certificate authority: a root, an issuing authority below it, in the data directory.

The private keys are sealed with the key ring, so that a copy of the folder alone signs nothing. The root's
key signs once, at the beginning, and can be kept elsewhere afterwards.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from helpdesk.sealing import KeyRing, Sealed, new_binding, seal, unseal
from helpdesk.signing.certificates import PEM, PrivateKey, private_key_of, private_pem
from helpdesk.signing.errors import AuthorityExists, AuthorityMissing

FOLDER = "ca"
SUBJECT = "authority-key"
ROOT, ISSUING = "root", "issuing"
ROOT_YEARS, ISSUING_YEARS, PERSON_DAYS = 20, 10, 2 * 365
CRL_DAYS = 30
# A clock that is a little behind must not find a fresh certificate "not yet valid".
LEEWAY = timedelta(minutes=5)
NAME_LETTERS = 64  # what X.520 allows a name to have
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Holder:
    """For whom a certificate is made."""

    name: str
    agency: str
    nip: str = ""


@dataclass(frozen=True)
class Authority:
    """The office's certificate authority, opened."""

    root: x509.Certificate
    issuing: x509.Certificate
    key: PrivateKey = field(repr=False)

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """What goes with every certificate: the issuing authority, and the root."""
        return (self.issuing, self.root)

    def issue(
        self, holder: Holder, *, now: datetime, days: int = PERSON_DAYS
    ) -> tuple[x509.Certificate, PrivateKey]:
        """Make a key and its certificate for a person."""
        key = ec.generate_private_key(ec.SECP256R1())
        until = min(now + timedelta(days=days), self.issuing.not_valid_after_utc)
        builder = _builder(_person_name(holder), self.issuing.subject, key.public_key(), now, until)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(
            _usage(digital_signature=True, content_commitment=True), critical=True
        ).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
        )
        return builder.sign(self.key, hashes.SHA256()), key

    def revocation_list(self, revoked: Iterable[tuple[int, datetime]], *, now: datetime) -> bytes:
        """Return the signed list of revoked serial numbers, as PEM."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.issuing.subject)
            .last_update(now)
            .next_update(now + timedelta(days=CRL_DAYS))
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        )
        for serial, at in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(PEM)


def create_authority(data_directory: Path, ring: KeyRing, *, agency: str, unit: str, now: datetime) -> Path:
    """Make the root and the issuing authority; whole or not at all, and never a second time."""
    folder = data_directory / FOLDER
    if folder.exists():
        raise AuthorityExists(folder=str(folder))
    data_directory.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=".ca-", dir=data_directory))
    try:
        _write_authority(making, ring, agency=agency, unit=unit, now=now)
        making.rename(folder)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        if folder.exists():  # somebody made it in this very moment
            raise AuthorityExists(folder=str(folder)) from None
        raise
    return folder


def _write_authority(folder: Path, ring: KeyRing, *, agency: str, unit: str, now: datetime) -> None:
    root_key, issuing_key = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _office_name(f"Otoritas Induk Disposisi {unit}", agency)
    issuing_name = _office_name(f"Otoritas Penerbit Disposisi {unit}", agency)
    root = _authority_certificate(root_name, root_name, root_key, root_key, now, ROOT_YEARS, path_length=1)
    issuing = _authority_certificate(
        issuing_name, root_name, issuing_key, root_key, now, ISSUING_YEARS, path_length=0
    )
    for name, certificate, key in ((ROOT, root, root_key), (ISSUING, issuing, issuing_key)):
        _write(folder / f"{name}.crt", certificate.public_bytes(PEM))
        _write(folder / f"{name}.key", _sealed_key(ring, key, name))


def load_authority(data_directory: Path, ring: KeyRing) -> Authority:
    """Open the office's authority, or raise AuthorityMissing."""
    folder = data_directory / FOLDER
    if not (folder / f"{ISSUING}.key").is_file():
        raise AuthorityMissing
    root, issuing = (
        x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes()) for name in (ROOT, ISSUING)
    )
    return Authority(root, issuing, _opened_key(ring, folder / f"{ISSUING}.key"))


def reseal_authority(data_directory: Path, ring: KeyRing) -> int:
    """Seal the private keys of the authority with the newest key of the ring; return how many are here."""
    paths = [path for name in (ROOT, ISSUING) if (path := data_directory / FOLDER / f"{name}.key").is_file()]
    for path in paths:
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        _write(fresh, _sealed_key(ring, _opened_key(ring, path), path.stem))
        fresh.replace(path)
    return len(paths)


def find_root(data_directory: Path) -> x509.Certificate | None:
    """Return the root's certificate, where the office has made an authority."""
    path = data_directory / FOLDER / f"{ROOT}.crt"
    return x509.load_pem_x509_certificate(path.read_bytes()) if path.is_file() else None


def public_certificates(data_directory: Path) -> bytes:
    """Return the certificates of the root and of the issuing authority as text, for whoever checks papers."""
    paths = [data_directory / FOLDER / f"{name}.crt" for name in (ISSUING, ROOT)]
    if not all(path.is_file() for path in paths):
        raise AuthorityMissing
    return b"".join(path.read_bytes() for path in paths)


def _authority_certificate(
    name: x509.Name,
    issuer: x509.Name,
    key: PrivateKey,
    issuer_key: PrivateKey,
    now: datetime,
    years: int,
    *,
    path_length: int,
) -> x509.Certificate:
    builder = _builder(name, issuer, key.public_key(), now, now + years * YEAR)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
    builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
    )
    return builder.sign(issuer_key, hashes.SHA384())


def _builder(
    name: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    now: datetime,
    until: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - LEEWAY)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def _usage(**allowed: bool) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in USAGES})


def _office_name(common: str, agency: str) -> x509.Name:
    return _name([(NameOID.ORGANIZATION_NAME, agency), (NameOID.COMMON_NAME, common)])


def _person_name(holder: Holder) -> x509.Name:
    parts = [(NameOID.ORGANIZATION_NAME, holder.agency), (NameOID.COMMON_NAME, holder.name)]
    return _name([*parts, (NameOID.SERIAL_NUMBER, holder.nip)])


def _name(parts: Sequence[tuple[x509.ObjectIdentifier, str]]) -> x509.Name:
    country = x509.NameAttribute(NameOID.COUNTRY_NAME, "ID")
    given = [x509.NameAttribute(kind, _fitting(text)) for kind, text in parts if text.strip()]
    return x509.Name([country, *given])


def _fitting(text: str) -> str:
    """Return the text cut between two words where it is longer than a name may be."""
    whole = " ".join(text.split())
    if len(whole) <= NAME_LETTERS:
        return whole
    return whole[: NAME_LETTERS + 1].rpartition(" ")[0].rstrip(",") or whole[:NAME_LETTERS]


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _sealed_key(ring: KeyRing, key: PrivateKey, name: str) -> bytes:
    binding = new_binding()
    sealed = seal(ring, {"pem": private_pem(key)}, binding=binding, kind=name, subject=SUBJECT)
    text = base64.b64encode(sealed.ciphertext).decode()
    return json.dumps({"key_id": sealed.key_id, "binding": binding, "kind": name, "sealed": text}).encode()


def _opened_key(ring: KeyRing, path: Path) -> PrivateKey:
    kept = json.loads(path.read_text("utf-8"))
    sealed = Sealed(kept["key_id"], base64.b64decode(kept["sealed"]))
    pem = unseal(ring, sealed, binding=kept["binding"], kind=kept["kind"], subject=SUBJECT)["pem"]
    return private_key_of(pem)
