"""Keys are checked before they are kept, sealed at rest, wiped at the end, and never told."""

from __future__ import annotations

import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.errors import SecretUnreadable
from helpdesk.events import Event
from helpdesk.signing import authority, queries, service
from helpdesk.signing.certificates import open_key_file
from helpdesk.signing.errors import (
    AuthorityExists,
    AuthorityMissing,
    CertificateUnfit,
    KeyFileRefused,
    TokenUnavailable,
)
from helpdesk.signing.models import SigningKey
from helpdesk.signing.tokens import TokenPlace
from tests.factories.moments import MORNING
from tests.factories.people import make_person
from tests.factories.signing import PASSWORD, RING, Settings, make_authority, make_key_file


@pytest.fixture
def person(session: Session) -> Person:
    """Somebody who is to sign."""
    return make_person(session, "head")


def add(session: Session, person: Person, content: bytes, now: datetime = MORNING) -> SigningKey:
    """Keep a key file."""
    return service.add_key_file(session, person, content, PASSWORD, ring=RING, by=person, now=now)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"days": (-30, -1)}, "expired"),
        ({"days": (1, 30)}, "not in force"),
        ({"ca": True}, "authority"),
        ({"may_sign": False}, "does not allow"),
        ({"key": ec.generate_private_key(ec.SECP192R1())}, "too weak"),
        ({"key": rsa.generate_private_key(65537, 1024)}, "too weak"),
    ],
)
def test_a_certificate_that_cannot_sign_papers_is_refused_with_the_reason(
    session: Session, person: Person, fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(CertificateUnfit) as refusal:
        add(session, person, make_key_file(MORNING, **fields))
    assert words in refusal.value.details["reason"]
    assert queries.find_active_key(session, person.id) is None


def test_a_wrong_password_and_a_file_that_is_none_are_one_refusal_without_the_password() -> None:
    content = make_key_file(MORNING)
    for bad, password in ((content, "salah"), (b"bukan berkas kunci", PASSWORD), (content[:-9], PASSWORD)):
        with pytest.raises(KeyFileRefused) as refusal:
            open_key_file(bad, password)
        assert password not in str(refusal.value) + repr(refusal.value.details)
        assert refusal.value.__cause__ is None


def test_a_key_is_sealed_to_its_row_and_stands_nowhere_in_clear(session: Session, person: Person) -> None:
    content = make_key_file(MORNING)
    row = add(session, person, content)
    assert row.sealed is not None
    assert b"PRIVATE KEY" not in row.sealed
    assert "PRIVATE" not in row.certificates
    assert PASSWORD.encode() not in row.sealed
    opened = open_key_file(content, PASSWORD)
    assert "private_key" not in repr(opened)
    other = add(session, make_person(session, "head"), make_key_file(MORNING))
    other.sealed = row.sealed
    with pytest.raises(SecretUnreadable):
        service._private_key(other, RING)


def test_a_new_key_retires_the_one_before_and_wipes_it(session: Session, person: Person) -> None:
    first, second = add(session, person, make_key_file(MORNING)), add(session, person, make_key_file(MORNING))
    assert queries.find_active_key(session, person.id) is second
    assert (first.sealed, first.is_active) == (None, False)


def test_every_act_on_a_key_is_recorded_without_names(session: Session, person: Person) -> None:
    row = add(session, person, make_key_file(MORNING))
    service.revoke_key(session, row, "hilang", by=person, now=MORNING)
    events = session.scalars(select(Event).where(Event.kind.startswith("signing_key"))).all()
    assert [event.kind for event in events] == ["signing_key_added", "signing_key_revoked"]
    for event in events:
        assert person.name not in str(event.data)
        assert event.data["serial"] == row.serial


def test_the_authority_is_made_once_and_its_files_are_for_the_owner_only(tmp_path: Path) -> None:
    make_authority(tmp_path, MORNING)
    with pytest.raises(AuthorityExists):
        make_authority(tmp_path, MORNING)
    for path in (tmp_path / "ca").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
        if path.suffix == ".key":
            assert b"PRIVATE KEY" not in path.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["ca"], "nothing half made is left"


def test_keys_are_sealed_again_under_a_newer_key_and_open_without_the_old_one(
    session: Session, person: Person, tmp_path: Path
) -> None:
    make_authority(tmp_path, MORNING)
    row = add(session, person, make_key_file(MORNING))
    newer = {"k2": bytes(range(1, 33))}
    assert service.reseal_keys(session, {**newer, **RING}) == 1
    assert authority.reseal_authority(tmp_path, {**newer, **RING}) == 2
    assert service._private_key(row, newer)
    opened = authority.load_authority(tmp_path, newer)
    opened.issuing.verify_directly_issued_by(opened.root)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "ca").iterdir()}
    assert (modes, len(list((tmp_path / "ca").iterdir()))) == ({0o600}, 4)


def test_a_copy_of_the_folder_without_the_key_ring_signs_nothing(tmp_path: Path) -> None:
    make_authority(tmp_path, MORNING)
    with pytest.raises(SecretUnreadable):
        authority.load_authority(tmp_path, {"k1": bytes(32)})


def test_certificates_of_people_end_before_the_authority_does(tmp_path: Path) -> None:
    make_authority(tmp_path, MORNING)
    opened = authority.load_authority(tmp_path, RING)
    late = opened.issuing.not_valid_after_utc - timedelta(days=30)
    certificate, _key = opened.issue(authority.Holder("Dewi", "Kementerian " * 20), now=late)
    assert certificate.not_valid_after_utc == opened.issuing.not_valid_after_utc
    certificate.verify_directly_issued_by(opened.issuing)
    opened.issuing.verify_directly_issued_by(opened.root)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign


def test_an_office_without_an_authority_is_told_how_to_make_one(
    session: Session, person: Person, tmp_path: Path
) -> None:
    with pytest.raises(AuthorityMissing, match="helpdesk ca init"):
        service.issue_key(session, person, Settings(tmp_path), by=None, now=MORNING)


def test_a_token_without_its_module_is_a_refusal(session: Session, person: Person, tmp_path: Path) -> None:
    place = TokenPlace(tmp_path / "none.so", "token", "kunci")
    with pytest.raises(TokenUnavailable):
        service.add_token_key(session, person, place, "1234", by=person, now=MORNING)
