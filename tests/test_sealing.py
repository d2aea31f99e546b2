from __future__ import annotations

import logging
import secrets
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.devices import credentials
from helpdesk.devices.models import Credential
from helpdesk.errors import SecretUnreadable
from helpdesk.sealing import Sealed, new_binding, seal, unseal

RING = {"k1": secrets.token_bytes(32)}
SECRET = "kata-sandi-yang-dijaga"
FIRST_VERSION = bytes.fromhex(
    "7e03d5a186345e1ce04e70974c4bec81e4ab8629f22994160688c8d42c309ca4c2758f10a764cdfe"
    "066be1fb3561d96556ced8c37d6ae78546d1987b5c56eddf96ad"
)


def test_what_was_sealed_opens_for_its_own_row() -> None:
    sealed = seal(RING, {"password": SECRET}, binding="row", kind="ssh")
    assert unseal(RING, sealed, binding="row", kind="ssh") == {"password": SECRET}
    assert SECRET.encode() not in sealed.ciphertext


def test_a_ciphertext_copied_to_another_row_does_not_open() -> None:
    sealed = seal(RING, {"password": SECRET}, binding=new_binding(), kind="ssh")
    with pytest.raises(SecretUnreadable):
        unseal(RING, sealed, binding=new_binding(), kind="ssh")


def test_a_ciphertext_does_not_open_as_another_kind() -> None:
    sealed = seal(RING, {"password": SECRET}, binding="row", kind="ssh")
    with pytest.raises(SecretUnreadable):
        unseal(RING, sealed, binding="row", kind="snmp_v2c")


@pytest.mark.parametrize("place", [0, 11, 12, 20, -1])
def test_a_flipped_bit_is_noticed(place: int) -> None:
    sealed = seal(RING, {"password": SECRET}, binding="row", kind="ssh")
    broken = bytearray(sealed.ciphertext)
    broken[place] ^= 1
    with pytest.raises(SecretUnreadable):
        unseal(RING, Sealed(sealed.key_id, bytes(broken)), binding="row", kind="ssh")


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_a_cut_ciphertext_is_a_refusal_and_no_crash(length: int) -> None:
    sealed = seal(RING, {"password": SECRET}, binding="row", kind="ssh")
    with pytest.raises(SecretUnreadable):
        unseal(RING, Sealed(sealed.key_id, sealed.ciphertext[:length]), binding="row", kind="ssh")


def test_the_same_secret_never_looks_the_same() -> None:
    first, second = (seal(RING, {"password": SECRET}, binding="row", kind="ssh") for _ in range(2))
    assert first.ciphertext != second.ciphertext


def test_the_newest_key_seals_and_older_ones_still_open() -> None:
    old = seal(RING, {"password": SECRET}, binding="row", kind="ssh")
    ring = {"k2": secrets.token_bytes(32), **RING}
    assert seal(ring, {"password": SECRET}, binding="row", kind="ssh").key_id == "k2"
    assert unseal(ring, old, binding="row", kind="ssh") == {"password": SECRET}


def test_a_lost_key_is_named_in_the_refusal() -> None:
    sealed = seal(RING, {"password": SECRET}, binding="row", kind="ssh")
    with pytest.raises(SecretUnreadable, match="k1"):
        unseal({"k9": secrets.token_bytes(32)}, sealed, binding="row", kind="ssh")


def _credential(
    session: Session, now: datetime, ring: dict[str, bytes] = RING, name: str = "masuk"
) -> Credential:
    return credentials.add_credential(
        session,
        name=name,
        kind="ssh",
        public={"username": "baca"},
        secret={"password": SECRET},
        ring=ring,
        now=now,
    )


def test_a_ciphertext_copied_in_the_database_does_not_open(session: Session, now: datetime) -> None:
    one, other = _credential(session, now), _credential(session, now, name="lain")
    other.sealed, other.key_id = one.sealed, one.key_id
    session.commit()
    assert credentials.open_secret(one, RING) == {"password": SECRET}
    with pytest.raises(SecretUnreadable):
        credentials.open_secret(other, RING)


def test_a_secret_stands_in_no_repr_event_or_log(
    session: Session, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    credential = _credential(session, now)
    session.commit()
    rows = session.connection().exec_driver_sql("select data from events").all()
    for text in (repr(credential), str(credential.public), str(rows), caplog.text):
        assert SECRET not in text
    with pytest.raises(SecretUnreadable) as refusal:
        credentials.open_secret(credential, {"k1": secrets.token_bytes(32)})
    assert SECRET not in repr(refusal.value)
    assert refusal.value.__cause__ is None


def test_rotating_seals_every_row_with_the_newest_key(session: Session, now: datetime) -> None:
    credential = _credential(session, now)
    ring = {"k2": secrets.token_bytes(32), **RING}
    assert credentials.rotate(session, ring) == 1
    assert credentials.rotate(session, ring) == 0
    assert credentials.open_secret(credential, {"k2": ring["k2"]}) == {"password": SECRET}


def test_an_empty_secret_keeps_what_is_stored(session: Session, now: datetime, office: object) -> None:
    credential = _credential(session, now)
    credentials.change_credential(
        session,
        credential,
        name="masuk baru",
        public={"username": "lain"},
        secret={},
        ring=RING,
        now=now,
        by=office.admin,  # type: ignore[attr-defined]
    )
    assert credentials.open_secret(credential, RING) == {"password": SECRET}
    assert (credential.name, credential.public) == ("masuk baru", {"username": "lain"})


def test_a_credential_whose_key_is_lost_heals_when_the_secret_is_typed_again(
    session: Session, now: datetime, office: object
) -> None:
    credential = _credential(session, now)
    ring = {"k9": secrets.token_bytes(32)}
    credentials.change_credential(
        session,
        credential,
        name="masuk",
        public={"username": "baca"},
        secret={"password": "baru sama sekali"},
        ring=ring,
        now=now,
        by=office.admin,  # type: ignore[attr-defined]
    )
    assert credentials.open_secret(credential, ring) == {"password": "baru sama sekali"}


def test_what_was_sealed_before_other_subjects_shared_the_ring_still_opens() -> None:
    key = bytes(range(32))
    # Made by the first version: the bytes that stand in its databases.
    kept = Sealed("k1", FIRST_VERSION)
    assert unseal({"k1": key}, kept, binding="row", kind="ssh") == {"password": SECRET}


def test_a_ciphertext_of_one_subject_does_not_open_as_one_of_another() -> None:
    sealed = seal(RING, {"password": SECRET}, binding="row", kind="ssh")
    with pytest.raises(SecretUnreadable):
        unseal(RING, sealed, binding="row", kind="ssh", subject="signing-key")
