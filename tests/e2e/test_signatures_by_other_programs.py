"""Signatures hold up outside of the product: poppler's pdfsig checks them, and a PKCS#11 token gives them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pkcs11 import Attribute
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate

from helpdesk.signing import tokens
from helpdesk.signing.authority import Holder, create_authority, load_authority
from helpdesk.signing.errors import PinRefused, TokenUnavailable
from helpdesk.signing.pdf import Words, sign_pdf, signer_of
from helpdesk.signing.rules import FileState
from helpdesk.signing.timestamps import UrlTimeStamper
from helpdesk.signing.tokens import TokenPlace
from helpdesk.signing.verification import Trust, verify_file
from tests.factories.daemons import find_program
from tests.factories.moments import MORNING
from tests.factories.signing import RING, make_certificate, make_paper, running_stamp_authority

TOKEN, KEY, PIN = "Kepala Bagian", "tanda-tangan", "246813"
PINS = ("--pin", PIN, "--so-pin", "13572468")
MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
)
WORDS = Words(name="Dewi Lestari", reason="Laporan LAP-1", location="Jakarta", signed_at=MORNING)
Sign = Callable[..., bytes]
Result = TypeVar("Result")


def apart(act: Callable[..., Result], *values: Any, **named: Any) -> Result:
    """Do something in a thread of its own: the browser's driver leaves its event loop running in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(act, *values, **named).result()


@pytest.fixture
def sign(tmp_path: Path) -> Sign:
    """Return what signs a paper with a key of an office's own authority."""
    create_authority(tmp_path, RING, agency="Kementerian Contoh", unit="Sekretariat", now=MORNING)
    opened = load_authority(tmp_path, RING)
    certificate, key = opened.issue(Holder("Dewi Lestari", "Kementerian Contoh"), now=MORNING)

    def sign(stamper: UrlTimeStamper | None = None) -> bytes:
        signer = signer_of(certificate, opened.chain, key)
        return apart(sign_pdf, make_paper(), signer, WORDS, stamper=stamper)

    return sign


def pdfsig(path: Path, content: bytes) -> str:
    """Return what poppler says of a file."""
    path.write_bytes(content)
    return subprocess.run(
        [find_program("pdfsig"), "-nocert", str(path)], capture_output=True, text=True, check=False
    ).stdout


def test_poppler_says_valid_and_that_the_whole_document_is_signed(sign: Sign, tmp_path: Path) -> None:
    said = pdfsig(tmp_path / "surat.pdf", sign())
    assert "Signature Validation: Signature is Valid." in said
    assert "Total document signed" in said
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Signer Certificate Common Name: Dewi Lestari" in said


def test_poppler_says_valid_with_a_time_stamp_inside(sign: Sign, tmp_path: Path) -> None:
    with running_stamp_authority(MORNING) as stamps:
        content = sign(UrlTimeStamper(stamps.url))
    assert b"/ETSI.CAdES.detached" in content
    assert "Signature Validation: Signature is Valid." in pdfsig(tmp_path / "surat.pdf", content)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.2, 0.25, 0.999])
def test_poppler_says_broken_where_a_byte_was_flipped(sign: Sign, tmp_path: Path, share: float) -> None:
    content = bytearray(sign())
    place = int(len(content) * share)
    gap = content.index(b"/Contents <"), content.rindex(b">", 0, content.rindex(b"/ByteRange") + 200)
    assert not gap[0] < place < gap[1], "the signature itself is not what it signs"
    content[place] ^= 1
    said = pdfsig(tmp_path / "surat.pdf", bytes(content))
    assert "Signature is Valid" not in said


def test_poppler_sees_that_something_was_appended(sign: Sign, tmp_path: Path) -> None:
    said = pdfsig(tmp_path / "surat.pdf", sign() + b"\n% tambahan\n")
    assert "Not total document signed" in said


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TokenPlace, x509.Certificate]]:
    """Give a token in software with a key and its certificate, as a card reader would hold it."""
    module = next((Path(path) for path in MODULES if Path(path).is_file()), None)
    assert module is not None, "softhsm2 is missing here: sudo apt install softhsm2"
    store = tmp_path / "tokens"
    store.mkdir()
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {store}\nobjectstore.backend = file\n", "utf-8")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    subprocess.run(
        [find_program("softhsm2-util"), "--init-token", "--free", "--label", TOKEN, *PINS],
        check=True,
        capture_output=True,
    )
    certificate = fill_token(module)
    yield TokenPlace(module, TOKEN, KEY), certificate
    pkcs11.unload(str(module))


def fill_token(module: Path) -> x509.Certificate:
    """Put a key with its certificate on the token."""
    key = rsa.generate_private_key(65537, 2048)
    certificate = make_certificate(key, MORNING, name="Dewi Lestari")
    pkcs1 = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    library = pkcs11.lib(str(module))
    library.reinitialize()
    with library.get_token(token_label=TOKEN).open(user_pin=PIN, rw=True) as session:
        named = {Attribute.TOKEN: True, Attribute.LABEL: KEY, Attribute.ID: b"1"}
        session.create_object({**decode_rsa_private_key(pkcs1), **named, Attribute.SIGN: True})
        der = certificate.public_bytes(serialization.Encoding.DER)
        session.create_object({**decode_x509_certificate(der), **named})
    return certificate


def test_a_key_on_a_token_signs_and_poppler_says_valid(
    token: tuple[TokenPlace, x509.Certificate], tmp_path: Path
) -> None:
    place, certificate = token
    found, others = tokens.read_certificates(place, PIN)
    assert (found, others) == (certificate, ())
    with tokens.opened(place, PIN) as session:
        signer = tokens.token_signer(session, found, others, place.key)
        content = apart(sign_pdf, make_paper(), signer, WORDS)
    trust = Trust(registered=[certificate])
    assert apart(verify_file, content, trust, now=MORNING).state is FileState.GENUINE
    assert "Signature Validation: Signature is Valid." in pdfsig(tmp_path / "surat.pdf", content)


def test_a_wrong_pin_is_refused_without_repeating_it(token: tuple[TokenPlace, x509.Certificate]) -> None:
    place, _certificate = token
    with pytest.raises(PinRefused) as refusal:
        tokens.read_certificates(place, "111111")
    assert "111111" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_token_or_a_key_that_is_not_there_is_a_refusal(
    token: tuple[TokenPlace, x509.Certificate],
) -> None:
    place, _certificate = token
    for missing in (TokenPlace(place.module, "Lain", KEY), TokenPlace(place.module, TOKEN, "lain")):
        with pytest.raises(TokenUnavailable):
            tokens.read_certificates(missing, PIN)
