"""A signature is valid until a byte changes, and says who gave it, when and under whose authority."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.signing import authority, service
from helpdesk.signing.certificates import asn1_of
from helpdesk.signing.errors import PaperAlreadySigned, SigningKeyMissing, TimestampUnavailable
from helpdesk.signing.pdf import Words, sign_pdf, signer_of
from helpdesk.signing.rules import FileState
from helpdesk.signing.service import Wish
from helpdesk.signing.verification import Trust, verify_file
from tests.factories.moments import MORNING
from tests.factories.people import make_person
from tests.factories.signing import (
    PASSWORD,
    Settings,
    make_authority,
    make_certificate,
    make_key_file,
    make_paper,
    running_stamp_authority,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An office with an authority of its own."""
    make_authority(tmp_path, MORNING)
    return Settings(tmp_path)


@pytest.fixture
def signer(session: Session, settings: Settings) -> Person:
    """Somebody with a key of that authority."""
    person = make_person(session, "head", name="Dewi Lestari", nip="197501012000032001")
    service.issue_key(session, person, settings, by=None, now=MORNING)
    return person


def sign(
    session: Session, person: Person, settings: Settings, now: datetime = MORNING, *, stampless: bool = False
) -> bytes:
    """Return a paper that the person signed."""
    wish = Wish(without_stamp=stampless)
    return service.sign_file(
        session, person, make_paper(), settings, reason="Laporan LAP-1", wish=wish, now=now
    ).content


def check(session: Session, content: bytes, settings: Settings, now: datetime = MORNING) -> FileState:
    """Return what the office finds in a file of which it keeps nothing."""
    return service.check_file(session, content, settings, now=now, signed_at=None).state


@cache
def signed_once() -> tuple[bytes, Trust]:
    """Return a signed paper and whom to trust, for tests that need no database."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = make_certificate(key, MORNING)
    words = Words(name="Dewi Lestari", reason="Laporan", location="Jakarta", signed_at=MORNING)
    content = sign_pdf(make_paper(), signer_of(certificate, (), key), words)
    return content, Trust(registered=[certificate])


def state_of(content: bytes) -> FileState:
    """Return what is found in a variant of the paper."""
    return verify_file(content, signed_once()[1], now=MORNING).state


# How long `/ByteRange [0 n n n]` is, with room for the numbers.
RANGE_LETTERS = 60


@cache
def gap() -> tuple[int, int]:
    """Return where the signature itself stands: all around it is signed."""
    reader = PdfFileReader(BytesIO(signed_once()[0]))
    _zero, begin, end, _rest = reader.embedded_signatures[0].byte_range
    return int(begin), int(end)


def test_a_signed_paper_is_genuine_and_names_signer_and_authority(
    session: Session, signer: Person, settings: Settings
) -> None:
    report = service.check_file(
        session, sign(session, signer, settings), settings, now=MORNING, signed_at=None
    )
    assert report.state is FileState.GENUINE
    assert report.signer is not None
    assert "Dewi Lestari" in report.signer.subject
    assert "197501012000032001" in report.signer.subject
    assert [name.split(" Disposisi")[0] for name in report.chain] == [
        "Dewi Lestari",
        "Otoritas Penerbit",
        "Otoritas Induk",
    ]
    assert report.claimed_at == MORNING


def test_pyhanko_says_valid_trusted_and_unmodified(
    session: Session, signer: Person, settings: Settings
) -> None:
    content = sign(session, signer, settings)
    root = authority.find_root(settings.data_directory)
    assert root is not None
    embedded = PdfFileReader(BytesIO(content)).embedded_regular_signatures[0]
    context = ValidationContext(trust_roots=[asn1_of(root)], moment=MORNING, allow_fetching=False)
    status = validate_pdf_signature(embedded, context)
    assert status.bottom_line
    assert status.docmdp_ok
    assert embedded.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_the_signature_says_why_where_and_who_and_nothing_is_drawn_over_the_page(
    session: Session, signer: Person, settings: Settings
) -> None:
    content = sign(session, signer, settings)
    signature = PdfFileReader(BytesIO(content)).embedded_regular_signatures[0]
    assert signature.sig_object["/Reason"] == "Laporan LAP-1"
    assert signature.sig_object["/Location"] == "Jakarta"
    assert signature.sig_object["/Name"] == "Dewi Lestari"
    left, bottom, right, top = (float(each) for each in signature.sig_field["/Rect"])
    assert (right - left, top - bottom) == (0, 0)


def test_signing_keeps_every_byte_and_stays_pdf_a_with_its_files(
    session: Session, signer: Person, settings: Settings
) -> None:
    content = sign(session, signer, settings)
    assert content.startswith(make_paper())
    reader = PdfReader(BytesIO(content))
    assert reader.attachments["bukti.json"] == [b"{}"]
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3"' in metadata or "<pdfaid:part>3<" in metadata


@trials(deadline=None)
@given(st.data())
def test_a_flipped_bit_anywhere_in_the_signed_range_says_changed(data: st.DataObject) -> None:
    content, _trust = signed_once()
    begin, end = gap()
    signed = st.one_of(st.integers(0, begin - 1), st.integers(end, len(content) - 1))
    place, bit = data.draw(signed), data.draw(st.integers(0, 7))
    broken = bytearray(content)
    broken[place] ^= 1 << bit
    found = state_of(bytes(broken))
    # Without its first letters it is no PDF, without the mark of its range it has no signature.
    mark = content.rindex(b"/ByteRange")
    if place < 5:
        assert found is FileState.NOT_A_PDF
    elif mark <= place < mark + RANGE_LETTERS:
        assert found in {FileState.CHANGED, FileState.NO_SIGNATURE}
    else:
        assert found is FileState.CHANGED


@trials(deadline=None)
@given(st.data())
def test_a_changed_signature_value_is_never_genuine(data: st.DataObject) -> None:
    content, _trust = signed_once()
    begin, end = gap()
    used = len(content[begin + 1 : end - 1].rstrip(b"0"))
    place = data.draw(st.integers(begin + 1, begin + used - 1))
    broken = bytearray(content)
    broken[place] = ord("1") if broken[place] != ord("1") else ord("2")
    assert state_of(bytes(broken)) is not FileState.GENUINE


@trials(deadline=None)
@given(st.binary(min_size=1, max_size=200))
def test_appended_bytes_say_changed(tail: bytes) -> None:
    assert state_of(signed_once()[0] + tail) is FileState.CHANGED


def test_a_proper_addition_by_a_pdf_program_says_changed_too() -> None:
    from_outside = PdfReader(BytesIO(signed_once()[0]))
    assert len(from_outside.pages) == 1
    addition = b"\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
    assert state_of(signed_once()[0] + addition) is FileState.CHANGED


@trials(deadline=None)
@given(st.binary(max_size=400))
def test_whatever_somebody_uploads_is_judged_and_breaks_nothing(content: bytes) -> None:
    assert state_of(content) in {FileState.NOT_A_PDF, FileState.NO_SIGNATURE}
    assert state_of(b"%PDF-1.7\n" + content) in {FileState.NO_SIGNATURE, FileState.CHANGED}
    ranged = b"%PDF-1.7\n/ByteRange [0 9 9 9]" + content
    assert state_of(ranged) in {FileState.CHANGED, FileState.NO_SIGNATURE}


def test_a_paper_without_signature_says_so() -> None:
    assert state_of(make_paper()) is FileState.NO_SIGNATURE


def test_a_signature_by_a_key_nobody_knows_is_told_apart(
    session: Session, signer: Person, settings: Settings
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    stranger = make_certificate(key, MORNING, name="Dewi Lestari")
    words = Words(name="Dewi Lestari", reason="Laporan", location="Jakarta", signed_at=MORNING)
    forged = sign_pdf(make_paper(), signer_of(stranger, (), key), words)
    assert check(session, forged, settings) is FileState.UNKNOWN_SIGNER


def test_a_key_file_of_another_authority_is_known_once_its_owner_registered_it(
    session: Session, settings: Settings
) -> None:
    person = make_person(session, "head")
    content = make_key_file(MORNING)
    service.add_key_file(session, person, content, PASSWORD, ring=settings.key_ring(), by=person, now=MORNING)
    assert check(session, sign(session, person, settings), settings) is FileState.GENUINE


def test_an_rsa_key_signs_as_well(session: Session, settings: Settings) -> None:
    person = make_person(session, "head")
    content = make_key_file(MORNING, key=rsa.generate_private_key(65537, 2048))
    service.add_key_file(session, person, content, PASSWORD, ring=settings.key_ring(), by=person, now=MORNING)
    assert check(session, sign(session, person, settings), settings) is FileState.GENUINE


def test_without_a_time_stamp_an_expired_certificate_proves_nothing_any_more(
    session: Session, signer: Person, settings: Settings
) -> None:
    content = sign(session, signer, settings)
    years_later = MORNING + timedelta(days=3 * 365)
    assert check(session, content, settings, years_later) is FileState.NOT_IN_FORCE
    kept = service.check_file(session, content, settings, now=years_later, signed_at=MORNING)
    assert kept.state is FileState.GENUINE, "the office's own record knows when it was signed"


def test_what_was_signed_before_the_revocation_stays_good_and_nothing_after(
    session: Session, signer: Person, settings: Settings
) -> None:
    before = sign(session, signer, settings)
    key = service.queries.find_active_key(session, signer.id)
    assert key is not None
    later = MORNING + timedelta(hours=1)
    service.revoke_key(session, key, "hilang", by=None, now=later)
    assert check(session, before, settings, later) is FileState.REVOKED, "nobody knows when it was signed"
    kept = service.check_file(session, before, settings, now=later, signed_at=MORNING)
    assert kept.state is FileState.GENUINE
    with pytest.raises(SigningKeyMissing):
        sign(session, signer, settings, later)


def test_the_revocation_list_names_what_was_revoked_and_is_signed(
    session: Session, signer: Person, settings: Settings
) -> None:
    key = service.queries.find_active_key(session, signer.id)
    assert key is not None
    service.revoke_key(session, key, "hilang", by=None, now=MORNING)
    listed = x509.load_pem_x509_crl(service.revocation_list(session, settings, now=MORNING))
    assert [f"{entry.serial_number:X}" for entry in listed] == [key.serial]
    issuing = authority.load_authority(settings.data_directory, settings.key_ring()).issuing
    assert listed.is_signature_valid(issuing.public_key())  # type: ignore[arg-type]


def test_a_time_stamp_outlives_the_certificate(
    session: Session, signer: Person, settings: Settings, tmp_path: Path
) -> None:
    trusted = tmp_path / "trusted"
    trusted.mkdir()
    with running_stamp_authority(MORNING) as stamps:
        (trusted / "stamps.pem").write_bytes(stamps.certificate)
        stamping = replace(settings, timestamp_url=stamps.url, trusted_certificates=trusted)
        signed = service.sign_file(
            session, signer, make_paper(), stamping, reason="Laporan", wish=Wish(), now=MORNING
        )
        without = sign(session, signer, stamping, stampless=True)
    assert signed.stamp is not None
    assert (signed.stamp.at, signed.stamp.is_trusted) == (MORNING, True)
    assert signed.stamp.authority == "Otoritas Cap Waktu Uji"
    years_later = MORNING + timedelta(days=3 * 365)
    assert check(session, signed.content, stamping, years_later) is FileState.GENUINE
    assert check(session, without, stamping, years_later) is FileState.NOT_IN_FORCE


def test_a_stamp_of_an_authority_we_do_not_trust_proves_no_moment(
    session: Session, signer: Person, settings: Settings
) -> None:
    with running_stamp_authority(MORNING) as stamps:
        content = sign(session, signer, replace(settings, timestamp_url=stamps.url))
    report = service.check_file(session, content, settings, now=MORNING, signed_at=None)
    assert report.state is FileState.GENUINE
    assert report.stamp is not None
    assert not report.stamp.is_trusted
    years_later = MORNING + timedelta(days=3 * 365)
    assert check(session, content, settings, years_later) is FileState.NOT_IN_FORCE


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://127.0.0.1:1/stamp"])
def test_an_authority_that_does_not_answer_is_a_refusal_with_a_way_on(
    session: Session, signer: Person, settings: Settings, url: str
) -> None:
    silent = replace(settings, timestamp_url=url)
    with pytest.raises(TimestampUnavailable):
        sign(session, signer, silent)
    assert check(session, sign(session, signer, silent, stampless=True), settings) is FileState.GENUINE


def test_a_signed_paper_takes_no_second_signature(
    session: Session, signer: Person, settings: Settings
) -> None:
    content = sign(session, signer, settings)
    with pytest.raises(PaperAlreadySigned):
        service.sign_file(session, signer, content, settings, reason="lagi", wish=Wish(), now=MORNING)
