"""A file that was made to keep its reader busy costs seconds in another process, and not the web server."""

from __future__ import annotations

import signal
import subprocess
import time
from datetime import timedelta
from typing import Any

import pytest
from asn1crypto import algos, core, pkcs12
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.orm import Session

from helpdesk.signing import apart, service
from helpdesk.signing.apart import open_key_file_apart, verify_file_apart
from helpdesk.signing.certificates import facts_of, open_key_file
from helpdesk.signing.errors import KeyFileRefused
from helpdesk.signing.pdf import Words, sign_pdf, signer_of
from helpdesk.signing.rules import FileState, Revocation
from helpdesk.signing.verification import Trust, verify_file
from tests.factories.moments import MORNING
from tests.factories.people import make_person
from tests.factories.signing import PASSWORD, RING, make_certificate, make_key_file, make_paper

KEY = ec.generate_private_key(ec.SECP256R1())
CERTIFICATE = make_certificate(KEY, MORNING)


def signed_paper() -> bytes:
    """Return a paper that somebody signed."""
    words = Words(name="Dewi Lestari", reason="Laporan", location="Jakarta", signed_at=MORNING)
    return sign_pdf(make_paper(), signer_of(CERTIFICATE, (), KEY), words)


def hours_of_hashing() -> bytes:
    """Return a key file that asks for two thousand million rounds before it opens."""
    file = pkcs12.Pfx.load(make_key_file(MORNING))
    file["mac_data"]["iterations"] = 2**31 - 1
    return bytes(file.dump(force=True))


def test_a_key_file_that_asks_for_hours_of_hashing_is_refused_within_seconds(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "PROCESSOR_SECONDS", 3)
    # Patience with a busy machine is something else: here it is not what ends the reader.
    monkeypatch.setattr(apart, "PATIENCE_SECONDS", 280)
    ended: list[subprocess.CompletedProcess[bytes]] = []
    run = subprocess.run

    def watched(*given: Any, **options: Any) -> subprocess.CompletedProcess[bytes]:
        ended.append(run(*given, **options))
        return ended[-1]

    monkeypatch.setattr(subprocess, "run", watched)
    person = make_person(session, "head")
    with pytest.raises(KeyFileRefused) as refusal:
        service.add_key_file(session, person, hours_of_hashing(), PASSWORD, ring=RING, by=person, now=MORNING)
    assert "too long" in refusal.value.details["reason"]
    assert [each.returncode for each in ended] == [-signal.SIGKILL], "its seconds of the processor ended it"


def test_a_key_file_is_read_apart_as_it_is_here() -> None:
    content = make_key_file(MORNING)
    here, there = open_key_file(content, PASSWORD), open_key_file_apart(content, PASSWORD)
    assert (there.certificate, there.chain) == (here.certificate, here.chain)
    assert there.private_key.private_numbers() == here.private_key.private_numbers()
    with pytest.raises(KeyFileRefused) as refusal:
        open_key_file_apart(content, "salah")
    assert "password is wrong" in refusal.value.details["reason"]


@pytest.mark.parametrize(
    ("trust", "state"),
    [
        (Trust(), FileState.UNKNOWN_SIGNER),
        (Trust(authorities=[CERTIFICATE]), FileState.GENUINE),
        (Trust(registered=[CERTIFICATE]), FileState.GENUINE),
        (
            Trust(
                registered=[CERTIFICATE],
                revocations=[Revocation(facts_of(CERTIFICATE).fingerprint, MORNING - timedelta(hours=1))],
            ),
            FileState.REVOKED,
        ),
    ],
)
def test_a_paper_is_read_apart_as_it_is_here(trust: Trust, state: FileState) -> None:
    content = signed_paper()
    there = verify_file_apart(content, trust, now=MORNING)
    assert there.state is state
    assert there == verify_file(content, trust, now=MORNING)


def test_a_paper_that_keeps_its_reader_busy_counts_as_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE_SECONDS", 0.01)
    assert verify_file_apart(signed_paper(), Trust(), now=MORNING).state is FileState.CHANGED


def test_what_is_no_signed_paper_is_told_without_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_ask", None)
    assert verify_file_apart(b"halo", Trust(), now=MORNING).state is FileState.NOT_A_PDF
    assert verify_file_apart(make_paper(), Trust(), now=MORNING).state is FileState.NO_SIGNATURE


def test_a_signature_of_many_megabytes_is_not_read_to_its_end() -> None:
    begun = time.process_time()
    assert verify_file(_many_small_parts(120_000), Trust(), now=MORNING).state is FileState.CHANGED
    assert time.process_time() - begun < 1


def _many_small_parts(count: int) -> bytes:
    """Return a file whose signature names the same digest again and again."""
    name = core.ObjectIdentifier
    digests = algos.DigestAlgorithm({"algorithm": "sha256"}).dump() * count
    data = b"\x02\x01\x01" + _part(0x31, digests) + _part(0x30, name("1.2.840.113549.1.7.1").dump())
    whole = name("1.2.840.113549.1.7.2").dump() + _part(0xA0, _part(0x30, data + _part(0x31, b"")))
    letters = _part(0x30, whole).hex().encode()
    ending = b"\n%%EOF\n"
    start = len(_beginning(0, 0, 0))
    beginning = _beginning(start, start + len(letters) + 2, len(ending))
    return beginning + b"<" + letters + b">" + ending


def _beginning(length: int, after: int, rest: int) -> bytes:
    return b"%%PDF-1.7\n/ByteRange [0 %010d %010d %010d] " % (length, after, rest)


def _part(tag: int, content: bytes) -> bytes:
    size = len(content).to_bytes(4, "big")
    return bytes([tag, 0x84]) + size + content
