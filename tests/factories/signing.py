"""Keys, certificates and papers to sign, made in a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import typst
from asn1crypto import keys, tsp
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from helpdesk.signing.authority import create_authority

RING = {"k1": bytes(range(32))}
PASSWORD = "sandi berkas kunci"
JAKARTA = ZoneInfo("Asia/Jakarta")
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Head:
    """The head of the office's papers."""

    agency: str = "KEMENTERIAN CONTOH REPUBLIK INDONESIA"
    unit: str = "SEKRETARIAT"
    city: str = "Jakarta"


@dataclass(frozen=True)
class Settings:
    """What signing takes of the settings."""

    data_directory: Path
    timestamp_url: str = ""
    pkcs11_module: Path | None = None
    trusted_certificates: Path | None = None
    letterhead: Head = field(default_factory=Head)
    zone: ZoneInfo = JAKARTA

    def key_ring(self) -> dict[str, bytes]:
        """The ring of the tests."""
        return RING


def make_authority(directory: Path, now: datetime) -> None:
    """Give the office of the directory an authority of its own."""
    create_authority(directory, RING, agency=Head().agency, unit=Head().unit, now=now)


@cache
def make_paper() -> bytes:
    """Return a small PDF/A-3a with a file inside, as the product draws them."""
    source = b"""
#set document(title: "Laporan", date: auto)
#set text(lang: "id")
= Laporan
Isi laporan yang ditandatangani.
#pdf.attach(
  "bukti.json", bytes("{}"), relationship: "data", mime-type: "application/json", description: "bukti"
)
"""
    drawn = typst.compile(source, format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=1)
    assert isinstance(drawn, bytes)
    return drawn


def make_certificate(
    key: Key,
    now: datetime,
    *,
    name: str = "Dewi Lestari",
    days: tuple[int, int] = (-1, 365),
    ca: bool = False,
    may_sign: bool = True,
    issuer: tuple[x509.Certificate, Key] | None = None,
    for_stamps: bool = False,
) -> x509.Certificate:
    """Return a certificate for the key, by itself or by an issuer."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(may_sign, False, not may_sign, False, False, ca, ca, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    if for_stamps:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256())


def make_key_file(now: datetime, *, key: Key | None = None, **fields: object) -> bytes:
    """Return a PKCS#12 file under PASSWORD."""
    chosen = key or ec.generate_private_key(ec.SECP256R1())
    certificate = make_certificate(chosen, now, **fields)  # type: ignore[arg-type]
    locked = serialization.BestAvailableEncryption(PASSWORD.encode())
    return pkcs12.serialize_key_and_certificates(b"kunci", chosen, certificate, None, locked)


@dataclass(frozen=True)
class StampAuthority:
    """A time-stamp authority that answers, and its certificate."""

    url: str
    certificate: bytes


@contextmanager
def running_stamp_authority(now: datetime) -> Iterator[StampAuthority]:
    """Run a time-stamp authority on loopback."""
    key = rsa.generate_private_key(65537, 2048)
    certificate = make_certificate(key, now, name="Otoritas Cap Waktu Uji", for_stamps=True)
    stamper = DummyTimeStamper(
        Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
        fixed_dt=now,
    )

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            asked = tsp.TimeStampReq.load(self.rfile.read(length))
            answer = stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield StampAuthority(
                f"http://127.0.0.1:{server.server_port}/",
                certificate.public_bytes(serialization.Encoding.PEM),
            )
        finally:
            server.shutdown()
            thread.join()
