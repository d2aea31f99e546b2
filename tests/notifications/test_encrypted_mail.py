"""Mail goes encrypted where the settings ask for it, and only to the server whose certificate is right."""

from __future__ import annotations

import base64
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from helpdesk.notifications.senders import OutgoingMail, SendFailed, SmtpSender

MAIL = OutgoingMail(
    message_id="<a@b>",
    thread_id="<t@b>",
    recipient="siti@contoh.go.id",
    subject="Perihal",
    body="Isi\n",
    written_at=datetime(2026, 11, 23, tzinfo=UTC),
)


@pytest.fixture
def certificate(tmp_path):
    """Return the path of a certificate for `localhost`, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def encrypted_server(mail_server, certificate):
    mail_server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    mail_server.tls.load_cert_chain(certificate)
    return mail_server


def sender(server, **changed):
    fields = {
        "host": "localhost",
        "port": server.port,
        "mail_from": "desk@contoh.go.id",
        "username": "desk",
        "password": "sangat-rahasia",
    }
    return SmtpSender(**fields | changed)


def test_mail_and_password_travel_encrypted_to_the_right_server(encrypted_server, certificate):
    sender(encrypted_server, tls=ssl.create_default_context(cafile=str(certificate))).send(MAIL)
    assert [message["To"] for message in encrypted_server.messages] == ["siti@contoh.go.id"]
    (login,) = encrypted_server.logins
    assert base64.b64decode(login.split()[-1]) == b"\0desk\0sangat-rahasia"


def test_a_server_with_a_foreign_certificate_gets_neither_mail_nor_password(encrypted_server):
    with pytest.raises(SendFailed) as failure:
        sender(encrypted_server).send(MAIL)
    assert failure.value.unavailable
    assert "sangat-rahasia" not in str(failure.value)
    assert encrypted_server.logins == encrypted_server.messages == []


def test_a_wrong_password_is_named_and_not_shown(mail_server):
    with pytest.raises(SendFailed) as failure:
        sender(mail_server, starttls=False).send(MAIL)
    assert failure.value.unavailable
    assert "sangat-rahasia" not in str(failure.value)
