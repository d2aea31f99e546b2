"""The report is signed with the official's key, and anybody can check it without learning of the case."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.accounts import second_factor
from helpdesk.accounts.models import Person
from helpdesk.documents import signing
from helpdesk.documents.models import Document
from helpdesk.documents.signature_models import DocumentSignature
from helpdesk.events import Event
from helpdesk.evidence.models import Snapshot
from helpdesk.signing import queries as key_queries
from helpdesk.signing import service as key_service
from helpdesk.signing.authority import create_authority
from helpdesk.signing.service import Wish
from helpdesk.tickets.models import Ticket
from tests.factories.people import PASSWORD, Office
from tests.factories.signing import make_paper

Walk = Callable[[int], None]
Do = Callable[..., TestResponse]


@pytest.fixture
def authority(settings: HelpdeskSettings) -> HelpdeskSettings:
    """The office has an authority of its own."""
    head = settings.letterhead
    create_authority(
        settings.data_directory, settings.key_ring(), agency=head.agency, unit=head.unit, now=clock.now()
    )
    return settings


@pytest.fixture
def key(authority: HelpdeskSettings, session: Session, office: Office) -> None:
    """The Kabag has a key of it."""
    key_service.issue_key(session, office.kabag, authority, by=office.admin, now=clock.now())
    session.commit()


def signature(session: Session) -> DocumentSignature:
    """Return the one signature there is."""
    session.expire_all()
    return session.scalars(select(DocumentSignature)).one()


def sign(do_step: Do, office: Office, ticket: Ticket, **fields: object) -> TestResponse:
    """Sign the report as the Kabag."""
    given = {
        "signed_report__verdict": "sign",
        "signed_report__has_read": "y",
        "signed_report__password": PASSWORD,
        **fields,
    }
    return do_step(office.kabag, ticket.id, **given)


def verified(client: FlaskClient, content: bytes) -> str:
    """Return the public page's answer to a file."""
    file = {"paper": (BytesIO(content), "surat.pdf")}
    answer = client.post("/verify", data=file, content_type="multipart/form-data")
    assert answer.status_code == 200
    return answer.text


def test_with_a_key_the_report_carries_a_signature_that_the_public_page_confirms(
    walk: Walk, key: None, session: Session, client: FlaskClient, office: Office, ticket: Ticket
) -> None:
    walk(8)
    given = signature(session)
    assert (given.method, given.signer_name) == ("certificate", office.kabag.name)
    assert "Dewi Lestari" in given.certificate_subject
    content = given.document.file.content
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert "dengan sertifikat elektronik" in text
    assert signing.grouped(given.verify_code) in text
    client.delete_cookie("disposisi")
    for page in (client.get(f"/verify/{given.verify_code}").text, verified(client, content)):
        assert "Dokumen ini asli" in page or "This paper is genuine" in page
        for told in (given.document.number or "?", office.kabag.name, given.office, given.certificate_serial):
            assert told in page
        for secret in (ticket.subject, ticket.requester_name, ticket.requester_agency, ticket.number):
            assert secret not in page


def test_the_act_is_recorded_with_ids_only(walk: Walk, key: None, session: Session, office: Office) -> None:
    walk(8)
    event = session.scalars(select(Event).where(Event.kind == "document_signed")).one()
    assert (event.actor_id, event.actor_role) == (office.kabag.id, "head")
    assert event.data["document_id"] == signature(session).document_id
    assert event.data["method"] == "certificate"
    assert event.data["fingerprint"] == signature(session).fingerprint


def test_the_evidence_is_inside_with_the_digests_that_were_frozen(
    walk: Walk, key: None, session: Session, ticket: Ticket
) -> None:
    walk(8)
    paper = signature(session).document
    inside = {name: files[0] for name, files in PdfReader(BytesIO(paper.file.content)).attachments.items()}
    listed = json.loads(inside["daftar-isi.json"])
    assert listed["ticket"] == ticket.number
    assert {one["name"]: one["sha256"] for one in listed["files"]} == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in inside.items()
        if name != "daftar-isi.json"
    }
    frozen = {snapshot.sha256 for snapshot in session.scalars(select(Snapshot))}
    snapshots = [one["sha256"] for one in listed["files"] if one["name"].startswith("cuplikan-")]
    assert set(snapshots) <= frozen
    codes = {json.loads(inside[name])["code"] for name in inside if name.startswith("keluaran-")}
    assert {"identification", "verification", "coordination"} <= codes
    assert paper.data["attached"][0]["sha256"] == hashlib.sha256(inside["daftar-isi.json"]).hexdigest()


def test_without_a_key_the_password_confirms_and_the_page_says_which_it_was(
    walk: Walk, session: Session, client: FlaskClient, office: Office
) -> None:
    walk(8)
    given = signature(session)
    assert (given.method, given.fingerprint) == ("confirmation", "")
    page = client.get(f"/verify/{given.verify_code}").text
    assert "This paper is genuine" in page
    assert "without a certificate" in page
    assert office.kabag.name in page


def test_a_flipped_byte_says_changed_and_an_addition_too(
    walk: Walk, key: None, session: Session, client: FlaskClient
) -> None:
    walk(8)
    content = bytearray(signature(session).document.file.content)
    content[len(content) // 4] ^= 1
    assert "This file was changed after it was signed" in verified(client, bytes(content))
    content[len(content) // 4] ^= 1
    assert "This file was changed after it was signed" in verified(client, bytes(content) + b"\n")
    assert "This paper is genuine" in verified(client, bytes(content))


def test_other_files_are_told_what_they_are(walk: Walk, session: Session, client: FlaskClient) -> None:
    walk(2)
    unsigned = session.scalars(select(Document).where(Document.kind == "disposition")).first()
    assert unsigned is not None
    assert "This file carries no signature" in verified(client, unsigned.file.content)
    assert "This is not a PDF file" in verified(client, b"Yth. Bapak/Ibu")


def test_a_file_of_somebodys_own_is_no_paper_of_the_office_however_well_it_is_signed(
    key: None, authority: HelpdeskSettings, session: Session, client: FlaskClient, office: Office
) -> None:
    forged = key_service.sign_file(
        session, office.kabag, make_paper(), authority, reason="Laporan", wish=Wish(), now=clock.now()
    )
    session.commit()
    page = verified(client, forged.content)
    assert "This paper is genuine" not in page
    assert "The signature is good, but this is no paper of this office" in page


def test_a_secret_case_tells_nothing_but_whether_the_paper_is_good(
    walk: Walk, key: None, session: Session, client: FlaskClient, office: Office, ticket: Ticket
) -> None:
    walk(8)
    ticket.sensitivity = "rahasia"
    session.commit()
    given = signature(session)
    for page in (
        client.get(f"/verify/{given.verify_code}").text,
        verified(client, given.document.file.content),
    ):
        main = page[page.index("<main") : page.index("</main")]
        assert "This paper is genuine" in main
        for told in (given.document.number or "?", office.kabag.name, given.certificate_serial):
            assert told not in main


def test_a_void_paper_says_so(walk: Walk, key: None, session: Session, client: FlaskClient) -> None:
    walk(8)
    given = signature(session)
    assert given.document.issued_number is not None
    given.document.issued_number.voided_at = clock.now()
    session.commit()
    assert "This paper is void" in client.get(f"/verify/{given.verify_code}").text


def test_what_was_tampered_with_in_our_own_store_is_not_confirmed(
    walk: Walk, key: None, session: Session, client: FlaskClient
) -> None:
    walk(8)
    given = signature(session)
    given.document.file.content = given.document.file.content.replace(b"%PDF-1.7", b"%PDF-1.6")
    session.commit()
    page = client.get(f"/verify/{given.verify_code}").text
    assert "This paper cannot be confirmed" in page
    assert "This paper is genuine" not in page


def test_a_code_may_be_typed_with_dashes_and_an_unknown_one_is_a_page(
    walk: Walk, session: Session, client: FlaskClient
) -> None:
    walk(8)
    code = signature(session).verify_code
    typed = client.get("/verify", query_string={"code": f" {signing.grouped(code).upper()} "})
    assert typed.location == f"/verify/{code}"
    answer = client.get(f"/verify/{code[:-1]}x")
    assert answer.status_code == 404
    assert "There is no paper with this code" in answer.text
    assert client.get("/verify/" + "%00" * 9).status_code == 404


def test_codes_cannot_be_tried_through(client: FlaskClient) -> None:
    answers = {client.get(f"/verify/{number:024d}").status_code for number in range(35)}
    assert answers == {404, 429}


def test_a_revoked_key_signs_no_more_and_what_it_signed_before_stays_good(
    walk: Walk, key: None, session: Session, client: FlaskClient, office: Office, authority: HelpdeskSettings
) -> None:
    walk(8)
    found = key_queries.find_active_key(session, office.kabag.id)
    assert found is not None
    key_service.revoke_key(session, found, "hilang", by=office.admin, now=clock.now() + timedelta(minutes=1))
    session.commit()
    assert "This paper is genuine" in client.get(f"/verify/{signature(session).verify_code}").text


def require_signatures(app: Flask, settings: HelpdeskSettings, **changes: object) -> None:
    """Let the application go on with changed settings."""
    changed = settings.model_copy(update={"signatures": "required", **changes})
    app.extensions["settings"] = changed
    signing.use_settings(changed)


def test_where_certificates_are_required_the_page_says_before_the_click_what_is_missing(
    walk: Walk,
    do_step: Do,
    session: Session,
    client: FlaskClient,
    app: Flask,
    settings: HelpdeskSettings,
    office: Office,
    ticket: Ticket,
) -> None:
    require_signatures(app, settings)
    walk(7)
    page = client.get(f"/tickets/{ticket.id}").text
    assert "Upload your key file on the page" not in page, "the Kasubbag does not sign"
    answer = sign(do_step, office, ticket)
    assert answer.status_code == 409
    assert "this office signs with certificates" in answer.text
    assert session.scalars(select(DocumentSignature)).all() == []


def test_a_wrong_password_signs_nothing_and_is_a_failed_try(
    walk: Walk, do_step: Do, key: None, session: Session, office: Office, ticket: Ticket
) -> None:
    walk(7)
    answer = sign(do_step, office, ticket, signed_report__password="salah")
    assert answer.status_code == 403
    assert "The password is wrong" in answer.text
    assert session.scalars(select(DocumentSignature)).all() == []


def turn_on(session: Session, person: Person, settings: HelpdeskSettings) -> str:
    """Enrol the person's phone a minute ago, and return its secret."""
    before = clock.now() - timedelta(minutes=1)
    begun = second_factor.begin(session, person, settings.key_ring(), now=before)
    code = pyotp.TOTP(begun.secret).at(before)
    second_factor.confirm(session, person, code, settings.key_ring(), address="", now=before)
    session.commit()
    return begun.secret


def test_where_the_second_factor_is_on_the_signature_asks_for_a_code_that_counts_once(
    walk: Walk,
    do_step: Do,
    key: None,
    session: Session,
    client: FlaskClient,
    settings: HelpdeskSettings,
    office: Office,
    ticket: Ticket,
) -> None:
    walk(7)
    secret = turn_on(session, office.kabag, settings)
    assert sign(do_step, office, ticket).status_code == 422
    wrong = sign(do_step, office, ticket, **{"signed_report__code-password": "918273"})
    assert wrong.status_code == 403
    assert "918273" not in wrong.text
    code = pyotp.TOTP(secret).at(clock.now())
    assert sign(do_step, office, ticket, **{"signed_report__code-password": code}).status_code == 302
    signature(session)
    kept = second_factor.check(session, office.kabag, code, settings.key_ring(), address="", now=clock.now())
    assert kept is not None, "the code is used up"


def test_no_draft_keeps_a_password_a_code_or_a_pin(
    walk: Walk, do_step: Do, key: None, session: Session, office: Office, ticket: Ticket
) -> None:
    walk(7)
    fields = {"signed_report__code-password": "123456", "signed_report__pin-password": "98765"}
    answer = sign(do_step, office, ticket, action="save", **fields)
    assert answer.status_code == 302
    session.expire_all()
    draft = json.dumps([step.draft for step in ticket.run.steps])
    for secret in (PASSWORD, "123456", "98765"):
        assert secret not in draft


def test_a_silent_time_stamp_authority_refuses_and_offers_to_go_on_without(
    walk: Walk,
    do_step: Do,
    key: None,
    session: Session,
    app: Flask,
    settings: HelpdeskSettings,
    office: Office,
    ticket: Ticket,
) -> None:
    require_signatures(app, settings, timestamp_url="http://127.0.0.1:9/")
    walk(7)
    refused = sign(do_step, office, ticket)
    assert refused.status_code == 409
    assert "Sign without a time stamp" in refused.text
    assert session.scalars(select(DocumentSignature)).all() == []
    assert sign(do_step, office, ticket, signed_report__without_stamp="y").status_code == 302
    given = signature(session)
    assert given.stamped_at is None
    event = session.scalars(select(Event).where(Event.kind == "document_signed")).one()
    assert event.data["stamp_left_out"] is True
    assert given.document.number is not None
    assert given.document.number.startswith("LAP-0001"), "the refused try used up no number"
