"""Signs a PDF: PAdES B-B, or B-T with a time stamp. The signature certifies: nothing may change after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto.keys import PrivateKeyInfo
from cryptography import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from helpdesk.signing.certificates import PrivateKey, asn1_of, private_der
from helpdesk.signing.errors import PaperAlreadySigned, SignatureFailed, TimestampUnavailable

FIELD = "TandaTangan"
FIELD_LABEL = "Tanda tangan elektronik"
# Room for the signature, its certificates and a time stamp with those of its authority (hexadecimal: twice).
RESERVED_BYTES = 48 * 1024
DIGEST = "sha256"


@dataclass(frozen=True, kw_only=True)
class Words:
    """What stands in the signature beside the certificate."""

    name: str
    reason: str
    location: str
    signed_at: datetime


class _DatedPdfSigner(PdfSigner):
    """A signer that writes the moment of the act, which is the caller's, and not the machine's."""

    def __init__(self, *args: Any, signed_at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._signed_at = signed_at

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> Any:
        """Begin as pyHanko does, with the moment of the act."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._signed_at
        return session


def signer_of(certificate: x509.Certificate, chain: Sequence[x509.Certificate], key: PrivateKey) -> Signer:
    """Return what signs with a private key in memory."""
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([asn1_of(one) for one in chain])
    return SimpleSigner(asn1_of(certificate), PrivateKeyInfo.load(private_der(key)), store)


def sign_pdf(pdf: bytes, signer: Signer, words: Words, *, stamper: TimeStamper | None = None) -> bytes:
    """Return the PDF with the signature appended; every byte of the original stays."""
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        if writer.prev.embedded_signatures:
            raise PaperAlreadySigned
        output = BytesIO()
        _pdf_signer(signer, words, stamper).sign_pdf(writer, output=output, bytes_reserved=RESERVED_BYTES)
    except TimestampRequestError:
        raise TimestampUnavailable from None
    except (SigningError, PdfError, ValueError):
        # What pyHanko says may repeat parts of the key's container: it is not shown.
        raise SignatureFailed from None
    return output.getvalue()


def _pdf_signer(signer: Signer, words: Words, stamper: TimeStamper | None) -> PdfSigner:
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        name=words.name,
        reason=words.reason,
        location=words.location,
    )
    # The block that people see is drawn on the page; the field itself has no size and lies beside the page,
    # which PDF/A and PDF/UA both allow.
    field = SigFieldSpec(
        FIELD,
        readable_field_name=FIELD_LABEL,
        invis_sig_settings=InvisSigSettings(box_out_of_bounds=True),
    )
    return _DatedPdfSigner(
        metadata, signer, timestamper=stamper, new_field_spec=field, signed_at=words.signed_at
    )
