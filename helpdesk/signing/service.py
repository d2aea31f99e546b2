"""Use cases of keys and signatures. Functions take the session and the moment, and never commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from cryptography import x509
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.events import record
from helpdesk.sealing import KeyRing, Sealed, new_binding, seal, unseal
from helpdesk.signing import authority, queries, tokens
from helpdesk.signing.apart import open_key_file_apart, verify_file_apart
from helpdesk.signing.certificates import (
    PrivateKey,
    certificates_of,
    ensure_fit,
    facts_of,
    load_trusted,
    pem_of,
    private_key_of,
    private_pem,
)
from helpdesk.signing.errors import SignatureFailed, SigningKeyMissing
from helpdesk.signing.models import SigningKey
from helpdesk.signing.pdf import Words, sign_pdf, signer_of
from helpdesk.signing.rules import CertificateFacts, FileReport, FileState, KeyKind, StampFacts
from helpdesk.signing.timestamps import UrlTimeStamper
from helpdesk.signing.verification import Trust, verify_file

SUBJECT = "signing-key"
NAME_LETTERS = 500  # of the columns that keep a name


class _Letterhead(Protocol):
    @property
    def agency(self) -> str: ...
    @property
    def city(self) -> str: ...


class SigningSettings(Protocol):
    """What of the settings signing takes."""

    @property
    def data_directory(self) -> Path: ...
    @property
    def timestamp_url(self) -> str: ...
    @property
    def pkcs11_module(self) -> Path | None: ...
    @property
    def trusted_certificates(self) -> Path | None: ...
    @property
    def letterhead(self) -> _Letterhead: ...
    @property
    def zone(self) -> ZoneInfo: ...
    def key_ring(self) -> dict[str, bytes]:
        """The keys that seal secrets, by id."""


@dataclass(frozen=True)
class Wish:
    """How a person wants to sign: the PIN of a token, and whether a time stamp may be left out."""

    pin: str | None = field(default=None, repr=False)
    without_stamp: bool = False


@dataclass(frozen=True)
class Signed:
    """A signed file, and what the signature says."""

    content: bytes = field(repr=False)
    key_id: int
    certificate: CertificateFacts
    stamp: StampFacts | None


def add_key_file(
    session: Session,
    person: Person,
    content: bytes,
    password: str,
    *,
    ring: KeyRing,
    by: Person,
    now: datetime,
) -> SigningKey:
    """Keep the key of a PKCS#12 file, sealed; its password is used once and kept nowhere."""
    opened = open_key_file_apart(content, password)
    ensure_fit(opened.certificate, now=now)
    row = _new_key(person, KeyKind.PKCS12, (opened.certificate, *opened.chain), by=by, now=now)
    _seal_into(row, opened.private_key, ring)
    return _keep(session, row, by=by, now=now)


def add_token_key(
    session: Session, person: Person, place: tokens.TokenPlace, pin: str, *, by: Person, now: datetime
) -> SigningKey:
    """Remember which key of which token the person signs with; the PIN is asked again at each signature."""
    certificate, others = tokens.read_certificates(place, pin)
    ensure_fit(certificate, now=now)
    row = _new_key(person, KeyKind.TOKEN, (certificate, *others), by=by, now=now)
    row.token = {"token": place.token, "key": place.key}
    return _keep(session, row, by=by, now=now)


def issue_key(
    session: Session, person: Person, settings: SigningSettings, *, by: Person | None, now: datetime
) -> SigningKey:
    """Make a key for the person, with a certificate of the office's own authority."""
    ring = settings.key_ring()
    opened = authority.load_authority(settings.data_directory, ring)
    holder = authority.Holder(person.name, settings.letterhead.agency, person.nip or "")
    certificate, private_key = opened.issue(holder, now=now)
    row = _new_key(person, KeyKind.ISSUED, (certificate, *opened.chain), by=by, now=now)
    _seal_into(row, private_key, ring)
    return _keep(session, row, by=by, now=now)


def retire_key(session: Session, key: SigningKey, *, by: Person | None, now: datetime) -> None:
    """Sign with the key no more; what it signed stays good, and the private key is wiped."""
    if key.is_active:
        _retire(key, now)
        record(session, "signing_key_retired", at=now, by=by, **_names(key))


def revoke_key(session: Session, key: SigningKey, reason: str, *, by: Person | None, now: datetime) -> None:
    """Take the key out of force from now on: it was lost, or somebody else may have it."""
    if key.revoked_at is not None:
        return
    _retire(key, now)
    key.revoked_at, key.revoke_reason = now, reason[:300]
    key.revoked_by_id = by.id if by else None
    session.flush()
    record(session, "signing_key_revoked", at=now, by=by, reason=reason[:300], **_names(key))


def record_authority(session: Session, settings: SigningSettings, *, now: datetime) -> None:
    """Record that the office has an authority of its own, by the digest of its root."""
    root = authority.find_root(settings.data_directory)
    if root is not None:
        record(session, "authority_made", at=now, fingerprint=facts_of(root).fingerprint)


def reseal_keys(session: Session, ring: KeyRing) -> int:
    """Seal every private key with the newest key of the ring; return how many there are."""
    rows = [key for key in queries.list_keys(session) if key.sealed is not None]
    for row in rows:
        _seal_into(row, _private_key(row, ring), ring)
    return len(rows)


def revocation_list(session: Session, settings: SigningSettings, *, now: datetime) -> bytes:
    """Return the signed list of what the office's authority has revoked."""
    opened = authority.load_authority(settings.data_directory, settings.key_ring())
    revoked = [
        (int(key.serial, 16), key.revoked_at)
        for key in queries.list_revoked_serials(session)
        if key.revoked_at is not None
    ]
    return opened.revocation_list(revoked, now=now)


def sign_file(
    session: Session,
    person: Person,
    pdf: bytes,
    settings: SigningSettings,
    *,
    reason: str,
    wish: Wish,
    now: datetime,
) -> Signed:
    """Sign the PDF with the person's key, and check what came out before anybody keeps it."""
    key = queries.find_active_key(session, person.id)
    if key is None:
        raise SigningKeyMissing
    chain = certificates_of(key.certificates)
    ensure_fit(chain[0], now=now)
    words = Words(
        name=person.name,
        reason=reason,
        location=settings.letterhead.city,
        signed_at=now.astimezone(settings.zone),
    )
    wants_stamp = bool(settings.timestamp_url) and not wish.without_stamp
    stamper = UrlTimeStamper(settings.timestamp_url) if wants_stamp else None
    if key.kind == KeyKind.TOKEN.value:
        with tokens.opened(_place(key, settings), wish.pin or "") as opened:
            signer = tokens.token_signer(opened, chain[0], chain[1:], (key.token or {})["key"])
            content = sign_pdf(pdf, signer, words, stamper=stamper)
    else:
        signer = signer_of(chain[0], chain[1:], _private_key(key, settings.key_ring()))
        content = sign_pdf(pdf, signer, words, stamper=stamper)
    report = verify_file(content, trust_of(session, settings, key), now=now, signed_at=now)
    if report.state is not FileState.GENUINE or (wants_stamp and report.stamp is None):
        raise SignatureFailed
    return Signed(content, key.id, facts_of(chain[0]), report.stamp)


def check_file(
    session: Session, content: bytes, settings: SigningSettings, *, now: datetime, signed_at: datetime | None
) -> FileReport:
    """Check a file that the office keeps; `signed_at` is when it was signed, by the office's own record."""
    return _check(session, settings, lambda trust: verify_file(content, trust, now=now, signed_at=signed_at))


def check_file_from_outside(
    session: Session, content: bytes, settings: SigningSettings, *, now: datetime
) -> FileReport:
    """Check a file from anybody: it is read in another process, whatever it was made to do to its reader."""
    return _check(session, settings, lambda trust: verify_file_apart(content, trust, now=now))


def _check(session: Session, settings: SigningSettings, verify: Callable[[Trust], FileReport]) -> FileReport:
    """Check against what the office knows: its authorities, its people's keys, what was revoked."""
    first = verify(trust_of(session, settings, None))
    if first.state is not FileState.UNKNOWN_SIGNER or first.signer is None:
        return first
    known = queries.find_key_by_fingerprint(session, first.signer.fingerprint)
    return first if known is None else verify(trust_of(session, settings, known))


def trust_of(session: Session, settings: SigningSettings, key: SigningKey | None) -> Trust:
    """Return whom the office believes: its authorities, those it was told of, and the registered key."""
    root = authority.find_root(settings.data_directory)
    return Trust(
        authorities=(*((root,) if root else ()), *load_trusted(settings.trusted_certificates)),
        registered=certificates_of(key.certificates)[:1] if key is not None else (),
        revocations=queries.list_revocations(session),
    )


def _new_key(
    person: Person,
    kind: KeyKind,
    certificates: tuple[x509.Certificate, ...],
    *,
    by: Person | None,
    now: datetime,
) -> SigningKey:
    facts = facts_of(certificates[0])
    return SigningKey(
        person_id=person.id,
        kind=kind.value,
        subject=facts.subject[:NAME_LETTERS],
        issuer=facts.issuer[:NAME_LETTERS],
        serial=facts.serial,
        fingerprint=facts.fingerprint,
        valid_from=facts.valid_from,
        valid_until=facts.valid_until,
        certificates=pem_of(certificates),
        binding=new_binding(),
        created_at=now,
        created_by_id=by.id if by else None,
    )


def _seal_into(row: SigningKey, private_key: PrivateKey, ring: KeyRing) -> None:
    values = {"pem": private_pem(private_key)}
    sealed = seal(ring, values, binding=row.binding, kind=row.kind, subject=SUBJECT)
    row.key_id, row.sealed = sealed.key_id, sealed.ciphertext


def _private_key(row: SigningKey, ring: KeyRing) -> PrivateKey:
    sealed = Sealed(row.key_id or "", row.sealed or b"")
    return private_key_of(unseal(ring, sealed, binding=row.binding, kind=row.kind, subject=SUBJECT)["pem"])


def _keep(session: Session, row: SigningKey, *, by: Person | None, now: datetime) -> SigningKey:
    """Add the key, and retire the one before it: a person signs with one key."""
    for earlier in queries.list_keys(session, row.person_id):
        if earlier.is_active:
            retire_key(session, earlier, by=by, now=now)
    session.add(row)
    session.flush()
    record(session, "signing_key_added", at=now, by=by, key_kind=row.kind, **_names(row))
    return row


def _retire(key: SigningKey, now: datetime) -> None:
    key.retired_at = key.retired_at or now
    key.sealed = key.key_id = None


def _names(key: SigningKey) -> dict[str, Any]:
    return {"person_id": key.person_id, "signing_key_id": key.id, "serial": key.serial}


def _place(key: SigningKey, settings: SigningSettings) -> tokens.TokenPlace:
    labels = key.token or {}
    # Without a module `opened` says that no token answers.
    return tokens.TokenPlace(settings.pkcs11_module or Path("/"), labels["token"], labels["key"])
