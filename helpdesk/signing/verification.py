"""Checks the signature of a file: first its bytes by ourselves, then everything by pyHanko.

The first look needs no PDF parser: it finds the signed ranges, and compares their digest with the one that
was signed. Only a file that passes is parsed, so a file that somebody tampered with never reaches the parser.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import ValidationError

from helpdesk.signing.certificates import asn1_of, facts_of
from helpdesk.signing.rules import CertificateFacts, FileReport, FileState, Revocation, StampFacts

HEADER = b"%PDF-"
RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]")
# Of the hexadecimal letters of a signature with its certificates and stamps; ours have a tenth of it.
CONTAINER_MAXIMUM = 1024 * 1024
DIGESTS = frozenset({"sha256", "sha384", "sha512"})
# Either of the two bits lets a key sign; authorities of the world set one, the other, or both.
USAGE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
# A file that somebody made by hand can break a parser in more ways than its authors have names for.
UNREADABLE = (
    PdfError, SignatureValidationError, ValidationError, UnsupportedAlgorithm, ValueError, TypeError,
    KeyError, IndexError, AttributeError, NotImplementedError, RecursionError, OverflowError, struct.error,
)  # fmt: skip


@dataclass(frozen=True)
class Trust:
    """Whom the office believes: authorities, the keys its people registered, and what was revoked."""

    authorities: Sequence[x509.Certificate] = ()
    registered: Sequence[x509.Certificate] = ()
    revocations: Collection[Revocation] = ()

    def context(self, moment: datetime) -> ValidationContext:
        """Return what pyHanko judges certificates by, at a moment; it asks no network."""
        roots = [asn1_of(one) for one in (*self.authorities, *self.registered)]
        return ValidationContext(trust_roots=roots, moment=moment, allow_fetching=False)

    def is_revoked(self, fingerprint: str, moment: datetime) -> bool:
        """Whether the certificate was revoked at the moment."""
        return any(one.fingerprint == fingerprint and one.at <= moment for one in self.revocations)


def verify_file(
    content: bytes, trust: Trust, *, now: datetime, signed_at: datetime | None = None
) -> FileReport:
    """Check a file; `signed_at` is the moment that our own record of the act knows, and that we believe."""
    seen = first_look(content)
    if seen is not None:
        return seen
    ranges = _signed_ranges(content)
    if not _are_bytes_unchanged(content, ranges[-1]):
        return FileReport(FileState.CHANGED, signer=_claimed_signer(content, ranges[-1]))
    try:
        return _report(content, trust, now=now, signed_at=signed_at)
    except UNREADABLE:
        return FileReport(FileState.CHANGED)


def first_look(content: bytes) -> FileReport | None:
    """Return what is plain without reading any structure: no PDF, or nothing that looks like a signature."""
    if HEADER not in content[:1024]:
        return FileReport(FileState.NOT_A_PDF)
    return None if RANGE.search(content) else FileReport(FileState.NO_SIGNATURE)


def _signed_ranges(content: bytes) -> list[tuple[int, int, int, int]]:
    numbers = ([int(number) for number in match.groups()] for match in RANGE.finditer(content))
    found = [(start, length, after, rest) for start, length, after, rest in numbers]
    return sorted(found, key=lambda one: one[2] + one[3])


def _are_bytes_unchanged(content: bytes, signed: tuple[int, int, int, int]) -> bool:
    """Whether the range reaches over the whole file, and its digest is the one that was signed."""
    start, length, after, rest = signed
    if start != 0 or not 0 < length < after or after + rest != len(content):
        return False
    container = _container(content, signed)
    info = container["signer_infos"][0] if container is not None else None
    if info is None:
        return False
    algorithm = info["digest_algorithm"]["algorithm"].native
    if algorithm not in DIGESTS:
        return False
    digest = hashlib.new(algorithm, content[:length])
    digest.update(content[after:])
    expected = [
        attribute["values"][0].native
        for attribute in info["signed_attrs"]
        if attribute["type"].native == "message_digest"
    ]
    return expected == [digest.digest()]


def _container(content: bytes, signed: tuple[int, int, int, int]) -> cms.SignedData | None:
    """Return the signature that stands in the gap of the range, or None where it cannot be read."""
    _start, length, after, _rest = signed
    gap = content[length:after]
    if len(gap) > CONTAINER_MAXIMUM:
        return None
    if gap[:1] != b"<" or gap[-1:] != b">":
        return None
    try:
        found = cms.ContentInfo.load(bytes.fromhex(gap[1:-1].decode("ascii")))
        data = found["content"]
        found.native  # noqa: B018  # reads it to the end, so that nothing breaks later
    except UNREADABLE:
        return None
    return data if isinstance(data, cms.SignedData) and _is_well_formed(data) else None


def _is_well_formed(data: cms.SignedData) -> bool:
    """Whether the parts that no signature covers say what its own parts say, so that none can be changed."""
    if len(data["signer_infos"]) != 1 or data["encap_content_info"]["content_type"].native != "data":
        return False
    info = data["signer_infos"][0]
    algorithms = [each["algorithm"].native for each in data["digest_algorithms"]]
    return bool(
        algorithms == [info["digest_algorithm"]["algorithm"].native]
        and data["version"].native == info["version"].native
    )


def _claimed_signer(content: bytes, signed: tuple[int, int, int, int]) -> CertificateFacts | None:
    """Return whose signature the file carried before it was changed, where that can still be read."""
    container = _container(content, signed)
    if container is None:
        return None
    sid = container["signer_infos"][0]["sid"].chosen
    try:
        for each in container["certificates"]:
            if each.chosen.serial_number == sid["serial_number"].native:
                return facts_of(x509.load_der_x509_certificate(each.chosen.dump()))
    except UNREADABLE:
        return None
    return None


def _report(content: bytes, trust: Trust, *, now: datetime, signed_at: datetime | None) -> FileReport:
    embedded = PdfFileReader(BytesIO(content)).embedded_regular_signatures
    if not embedded:
        return FileReport(FileState.NO_SIGNATURE)
    latest = embedded[-1]
    signer = facts_of(x509.load_der_x509_certificate(latest.signer_cert.dump()))
    stamp = _stamp_of(latest, trust)
    proven = stamp.at if stamp is not None and stamp.is_trusted else signed_at
    # Without a moment that we believe, the certificate has to hold today.
    moment = proven or now
    context = trust.context(_within(signer, moment))
    stamping = trust.context(stamp.at if stamp else now)
    statuses = [validate_pdf_signature(one, context, stamping, key_usage_settings=USAGE) for one in embedded]
    return FileReport(
        state=_state(statuses, signer, trust, moment),
        signer=signer,
        chain=_chain_of(statuses[-1], signer),
        claimed_at=latest.self_reported_timestamp,
        stamp=stamp,
    )


def _state(
    statuses: Sequence[PdfSignatureStatus], signer: CertificateFacts, trust: Trust, moment: datetime
) -> FileState:
    is_sound = all(one.intact and one.valid and one.docmdp_ok is not False for one in statuses)
    if not is_sound or statuses[-1].coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        return FileState.CHANGED
    if not all(one.trusted for one in statuses):
        return FileState.UNKNOWN_SIGNER
    if trust.is_revoked(signer.fingerprint, moment):
        return FileState.REVOKED
    return FileState.GENUINE if signer.is_in_force(moment) else FileState.NOT_IN_FORCE


def _within(signer: CertificateFacts, moment: datetime) -> datetime:
    """Return a moment at which the certificate holds: who signed is one question, when is another."""
    return min(max(moment, signer.valid_from), signer.valid_until)


def _stamp_of(embedded: EmbeddedPdfSignature, trust: Trust) -> StampFacts | None:
    token = next(extract_tst_data_iter(embedded.signer_info, signed=False), None)
    if token is None:
        return None
    at: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    status = validate_pdf_signature(embedded, trust.context(at), trust.context(at)).timestamp_validity
    if status is None or not (status.intact and status.valid):
        return None
    authority = facts_of(x509.load_der_x509_certificate(status.signing_cert.dump()))
    return StampFacts(at=at.astimezone(UTC), authority=authority.name, is_trusted=bool(status.trusted))


def _chain_of(status: PdfSignatureStatus, signer: CertificateFacts) -> tuple[str, ...]:
    """Return the names from the signer up to whom we trust."""
    path = status.validation_path
    if path is None:
        return (signer.name,)
    found = (x509.load_der_x509_certificate(one.dump()) for one in path.iter_certs(include_root=True))
    return tuple(reversed([facts_of(one).name for one in found]))
