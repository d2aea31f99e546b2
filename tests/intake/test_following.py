"""The receipt and the page behind the link: what the requester sees, and what nobody sees."""

from __future__ import annotations

import html
import io
import re

import pytest
from flask import Response
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from helpdesk import clock
from helpdesk.archive.service import erase_requester
from helpdesk.audit.queries import verify_chain
from helpdesk.database import Base, transaction
from helpdesk.events import Event
from helpdesk.evidence.models import StoredFile
from helpdesk.notifications.models import OutboxMessage
from helpdesk.tickets import service
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.rules import NewFile
from tests.factories.tickets import make_ticket_office

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def token(requester):
    return requester.send_well(files=[("surat.pdf", PDF)])


@pytest.fixture
def ticket(session, token):
    return session.scalars(select(Ticket)).one()


def reply(session, ticket, office, body="Kami periksa.", *, is_public=True, files=()):
    service.write_message(
        session,
        ticket,
        body,
        is_public=is_public,
        office=make_ticket_office(),
        by=office.kabag,
        role="head",
        now=clock.now(),
        files=files,
    )
    session.commit()


def words_of(answer):
    return html.unescape(answer.text)


def test_the_receipt_has_number_link_and_qr_code(client, settings, token, ticket):
    page = client.get(f"/tanda-terima/{token}")
    assert ticket.number in page.text
    assert f"{settings.base_url}/ikuti/{token}" in page.text
    assert re.search(r'<svg viewBox="0 0 \d+ \d+" class="qr">', page.text)
    assert "style=" not in page.text
    assert "surat.pdf" in page.text


def test_the_receipt_is_a_paper_too(client, token, ticket):
    answer = client.get(f"/tanda-terima/{token}/pdf")
    assert answer.mimetype == "application/pdf"
    assert f"Receipt-{ticket.number}.pdf" in answer.headers["Content-Disposition"]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    assert ticket.number in text
    assert "Siti Aminah" in text


def test_the_page_behind_the_link_shows_step_office_and_promised_time(client, token, ticket):
    page = words_of(client.get(f"/ikuti/{token}"))
    assert "Coordinate and assign the request" in page
    assert "Head of Data and Information" in page
    assert "Expected to be done by" in page
    assert ticket.promised_at.isoformat(timespec="seconds") in page


def test_the_page_behind_the_link_names_no_official(client, session, office, token, ticket):
    reply(session, ticket, office)
    reply(session, ticket, office, "Rina Wahyuni sudah ke lokasi.", is_public=False)
    page = words_of(client.get(f"/ikuti/{token}"))
    assert "Kami periksa." in page
    assert "Subhead of Information Systems" in page
    for person in (office.kabag, office.kasubbag, office.pelaksana):
        assert person.name not in page
        assert str(person.nip) not in page


def test_an_internal_note_and_its_files_stay_inside(client, session, office, token, ticket):
    files = [NewFile("dalam.txt", b"internal", "text/plain")]
    reply(session, ticket, office, "Catatan dalam.", is_public=False, files=files)
    page = client.get(f"/ikuti/{token}")
    assert "Catatan dalam." not in page.text
    assert "dalam.txt" not in page.text
    inside = next(file for file in ticket.attachments if file.name == "dalam.txt")
    assert client.get(f"/ikuti/{token}/lampiran/{inside.id}").status_code == 404


def test_a_file_that_the_office_adds_to_the_ticket_stays_inside(client, session, office, token, ticket):
    service.add_file(
        session,
        ticket,
        NewFile("bahan.txt", b"internal", "text/plain"),
        office=make_ticket_office(),
        by=office.kabag,
        now=clock.now(),
    )
    session.commit()
    assert "bahan.txt" not in client.get(f"/ikuti/{token}").text


def test_the_requester_gets_own_files_and_those_of_a_reply(client, session, office, token, ticket):
    reply(session, ticket, office, files=[NewFile("jawaban.txt", b"jawab", "text/plain; charset=utf-8")])
    session.expire_all()
    page = client.get(f"/ikuti/{token}").text
    for file, content in zip(ticket.attachments, (PDF, b"jawab"), strict=True):
        assert f"/lampiran/{file.id}" in page
        answer = client.get(f"/ikuti/{token}/lampiran/{file.id}")
        assert answer.data == content
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_link_opens_no_file_of_another_ticket(client, requester, session, token):
    requester.send_well(subject="Yang lain", files=[("lain.txt", b"lain")])
    other = session.scalars(select(Ticket).where(Ticket.subject == "Yang lain")).one()
    assert client.get(f"/ikuti/{token}/lampiran/{other.attachments[0].id}").status_code == 404


def test_the_requester_can_write_with_a_file(client, requester, session, token, ticket):
    answer = requester.send(
        to=f"/ikuti/{token}", body="Sekarang lantai tiga juga.", files=[("foto.txt", b"x")]
    )
    assert answer.status_code == 303
    message = session.scalars(select(Message)).one()
    assert (message.kind, message.body) == ("requester", "Sekarang lantai tiga juga.")
    page = client.get(f"/ikuti/{token}").text
    assert "Sekarang lantai tiga juga." in page
    assert "foto.txt" in page


def test_the_same_message_sent_twice_is_one(requester, session, token):
    for _ in range(2):
        assert requester.send(to=f"/ikuti/{token}", body="Sudah pulih?").status_code == 303
    assert len(session.scalars(select(Message)).all()) == 1


def test_a_message_with_a_bad_file_is_shown_again(requester, session, token):
    answer = requester.send(to=f"/ikuti/{token}", body="Lihat lampiran.", files=[("a.exe", b"MZ")])
    assert answer.status_code == 422
    assert "Lihat lampiran." in answer.text
    assert not session.scalars(select(Message)).all()


def test_an_empty_message_is_refused_beside_its_field(requester, token):
    answer = requester.send(to=f"/ikuti/{token}", body="  ")
    assert answer.status_code == 422
    assert "Write your message." in answer.text


def test_messages_are_limited_and_the_words_stay(requester, token):
    answers = [requester.send(to=f"/ikuti/{token}", body=f"Pesan {number}") for number in range(21)]
    assert {answer.status_code for answer in answers[:20]} == {303}
    assert answers[20].status_code == 429
    assert "Pesan 20" in answers[20].text


def test_a_finished_request_takes_no_message_and_says_why(client, requester, session, office, token, ticket):
    service.cancel_ticket(
        session,
        ticket,
        reason="Permohonan ganda.",
        by=office.kabag,
        role="head",
        now=clock.now(),
        office=make_ticket_office(),
    )
    session.commit()
    page = client.get(f"/ikuti/{token}")
    assert page.status_code == 200
    assert "Permohonan ganda." in page.text
    assert 'name="body"' not in page.text
    assert requester.send(to=f"/ikuti/{token}", body="Halo").status_code == 409


def test_the_requester_can_withdraw_the_link(client, token):
    assert client.post(f"/ikuti/{token}/cabut").status_code == 303
    assert client.get(f"/ikuti/{token}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/ikuti/{}", "/tanda-terima/{}", "/tanda-terima/{}/pdf", "/ikuti/{}/lampiran/1"]
)
def test_a_withdrawn_link_and_one_that_never_was_look_the_same(client, session, token, ticket, path):
    service.withdraw_follow_link(session, ticket, office=make_ticket_office(), by=None, now=clock.now())
    session.commit()
    client.get("/")
    withdrawn = client.get(path.format(token))
    never = client.get(path.format("made-up"))
    assert withdrawn.status_code == never.status_code == 404
    # What guards the forms is signed with the second in which the page was made.
    shown, unknown = (re.sub(r'name="csrf_token" value="[^"]+"', "", one.text) for one in (withdrawn, never))
    assert shown.replace(token, "made-up") == unknown
    # The page names its own address for the switch of languages: the lengths differ by that alone.
    for answer in (withdrawn, never):
        del answer.headers["Content-Length"]
    assert dict(withdrawn.headers) == dict(never.headers)
    assert "This link does not lead to a request" in withdrawn.text


def test_a_changed_link_leads_nowhere(client, token):
    for changed in (
        token[:-1],
        token + "a",
        token[::-1],
        token.replace(token[3], "A" if token[3] != "A" else "B", 1),
    ):
        assert client.get(f"/ikuti/{changed}").status_code == 404


def test_pages_behind_a_link_are_in_no_search_engine_and_in_no_cache(client, token):
    for path in (f"/ikuti/{token}", f"/tanda-terima/{token}", "/ikuti/made-up"):
        headers = client.get(path).headers
        assert "noindex" in headers["X-Robots-Tag"]
        assert headers["Cache-Control"] == "no-store"
        # The address never leaves the house; without any referrer the forms of the page would be refused.
        assert headers["Referrer-Policy"] == "same-origin"


def test_the_page_speaks_the_language_of_the_request(app, token):
    fresh = FlaskClient(app, Response)
    assert 'lang="en"' in fresh.get(f"/ikuti/{token}").text
    with fresh.session_transaction() as cookie:
        cookie["language"] = "id"
    assert 'lang="id"' in fresh.get(f"/ikuti/{token}").text


def test_the_mail_leads_to_the_page(app, client, session, token):
    body = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "received")).one().body
    link = next(line.strip() for line in body.splitlines() if "/ikuti/" in line)
    with app.test_request_context():
        assert link.endswith(app.url_for("intake.follow", token=token))
    assert client.get(link.partition("/ikuti")[1] + link.partition("/ikuti")[2]).status_code == 200


def test_a_message_for_a_request_that_ended_meanwhile_is_there_to_copy(
    requester, token, ticket, session, office
):
    service.cancel_ticket(
        session,
        ticket,
        reason="Ganda.",
        office=make_ticket_office(),
        by=office.kabag,
        role="head",
        now=clock.now(),
    )
    session.commit()
    answer = requester.send(to=f"/ikuti/{token}", body="Masih ada satu hal.")
    assert answer.status_code == 409
    assert "is finished" in answer.text
    assert "Masih ada satu hal." in answer.text


def test_files_of_somebody_who_does_not_stop_are_not_kept(requester, token, ticket, session, settings):
    statuses = [
        requester.send(
            to=f"/ikuti/{token}", body="", files=[("catatan.txt", f"isi nomor {number}".encode())]
        ).status_code
        for number in range(settings.submissions_per_hour * 6 + 3)
    ]
    assert statuses[0] == 422
    assert statuses[-3:] == [429] * 3
    kept = session.scalars(select(StoredFile.size_bytes)).all()
    assert len(kept) == statuses.count(422) + 1


def test_after_erasing_nothing_tells_from_where_a_requester_came(client, session, office, requester):
    """The chain says that the requester acted, and holds the digest of the address only."""
    client.environ_base["REMOTE_ADDR"] = "203.0.113.77"
    token = requester.send_well()
    client.post(f"/ikuti/{token}/messages", data={"body": "Masih terputus."})
    ticket = session.scalars(select(Ticket)).one()
    acts = session.scalars(select(Event).where(Event.ticket_id == ticket.id)).all()
    assert {act.origin for act in acts} == {"requester"}
    assert "203.0.113.77" in everything_kept(session)
    here, now = make_ticket_office(), clock.now()
    with transaction(session):
        service.cancel_ticket(
            session, ticket, reason="Selesai.", office=here, by=office.kabag, role="head", now=now
        )
        erase_requester(
            session, ticket, "Permintaan", here, asked_by_requester=True, by=office.kabag, now=now
        )
    assert "203.0.113.77" not in everything_kept(session)
    assert verify_chain(session).broken is None


def everything_kept(session):
    tables = Base.metadata.sorted_tables
    return " ".join(str(row) for table in tables for row in session.execute(select(table)))
