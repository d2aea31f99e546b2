"""The public form: what it takes, what it refuses, and that nothing typed is lost."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from helpdesk import clock
from helpdesk.evidence.models import StoredFile
from helpdesk.notifications.models import OutboxMessage
from helpdesk.tickets.models import Ticket

PDF = b"%PDF-1.7\n%%EOF\n"


def only_ticket(session):
    session.expire_all()
    return session.scalars(select(Ticket)).one()


def count_tickets(session):
    session.expire_all()
    return session.scalar(select(func.count()).select_from(Ticket))


def value_of(page, name):
    """Return what stands in a field of the page."""
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\r?\n?(.*?)</textarea>', page, re.DOTALL)
    if area:
        return html.unescape(area.group(1))
    tag = next(each for each in re.findall(r"<input[^>]*>", page) if f'name="{name}"' in each)
    return html.unescape(re.search(r'value="([^"]*)"', tag).group(1))


def test_the_front_page_explains_the_procedure_and_has_the_form(client):
    page = client.get("/")
    assert page.status_code == 200
    assert "Coordinate and assign the request" in page.text
    assert "Monday–Thursday" in page.text
    assert 'enctype="multipart/form-data"' in page.text


def test_the_front_page_speaks_indonesian_first(app):
    assert 'lang="id"' in app.test_client().get("/").text


def test_a_filled_form_becomes_a_ticket_and_leads_to_its_receipt(requester, session):
    answer = requester.send()
    assert answer.status_code == 303
    ticket = only_ticket(session)
    assert ticket.number == f"TKT-{ticket.year}-0001"
    assert ticket.requester_phone == "+62 812-3456-7890"
    assert ticket.description == "Setiap sore sambungan putus.\nSudah dicoba dengan kabel lain."
    assert (ticket.channel, ticket.requester_language) == ("web", "en")
    assert ticket.number in requester.client.get(answer.location).text


def test_the_requester_is_told_by_mail_in_the_same_transaction(requester, session):
    token = requester.send_well()
    letter = session.scalars(select(OutboxMessage)).one()
    assert letter.recipient == "siti@contoh.go.id"
    assert f"/ikuti/{token}" in letter.body


def test_the_same_form_sent_twice_makes_one_ticket(requester, session):
    key = requester.new_key()
    first = requester.send(form_key=key)
    second = requester.send(form_key=key)
    assert first.location == second.location
    assert count_tickets(session) == 1


def test_reloading_the_receipt_makes_no_second_ticket(requester, session):
    location = requester.send().location
    for _ in range(3):
        assert requester.client.get(location).status_code == 200
    assert count_tickets(session) == 1


def test_going_back_and_writing_something_else_loses_neither(requester, session):
    key = requester.new_key()
    requester.send_well(form_key=key)
    again = requester.send(form_key=key, subject="Permohonan yang lain", files=[("surat.pdf", PDF)])
    assert again.status_code == 409
    assert value_of(again.text, "subject") == "Permohonan yang lain"
    fresh = {name: value_of(again.text, name) for name in ("form_key", "held_files")}
    assert fresh["form_key"] != key
    assert count_tickets(session) == 1
    # The key of the page shown again is of this moment; the file waits with it.
    with time_machine.travel(timedelta(seconds=5), tick=True):
        requester.send_well(subject="Permohonan yang lain", **fresh)
    second = session.scalars(select(Ticket).where(Ticket.subject == "Permohonan yang lain")).one()
    assert [file.name for file in second.attachments] == ["surat.pdf"]


@pytest.mark.parametrize(
    ("field", "wrong", "words"),
    [
        ("requester_name", "  ", "Write your name."),
        ("requester_name", "a" * 201, "At most 200 letters."),
        ("requester_agency", "", "Write the name of your agency."),
        ("requester_unit", "a" * 201, "At most 200 letters."),
        ("requester_email", "siti@", "Write an e-mail address"),
        ("requester_phone", "tidak ada", "Write a telephone number"),
        ("kind", "", "Choose what you ask for."),
        ("kind", "something_else", "Choose what you ask for."),
        ("subject", "", "Say in a few words"),
        ("description", "", "Describe what you need."),
        ("description", "a" * 10_001, "At most 10000 letters."),
        ("affected", "a" * 10_001, "At most 10000 letters."),
        ("preferred_on", "2020-01-01", "Choose a day from today on"),
        ("preferred_on", "besok", "Write the day as 31-12-2026"),
        ("consent", "", "Without your agreement"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_all_else_stays(requester, session, field, wrong, words):
    from_form = requester.send(**{field: wrong if field != "consent" else []})
    assert from_form.status_code == 422
    error = re.search(rf'id="{field}-error">(.*?)</p>', from_form.text, re.DOTALL)
    assert error is not None, "the error does not stand at its field"
    assert words in html.unescape(error.group(1))
    assert f'href="#{field}' in from_form.text, "the summary does not lead to the field"
    kept = {
        "requester_name": "Siti Aminah",
        "requester_agency": "Kementerian Contoh",
        "requester_unit": "Biro Umum",
        "subject": "Sambungan lantai dua terputus",
        "description": "Setiap sore sambungan putus.\nSudah dicoba dengan kabel lain.",
        "affected": "Gedung B lantai 2",
    }
    for name, value in kept.items():
        if name != field:
            assert value_of(from_form.text, name) == value
    if field == "preferred_on":
        assert value_of(from_form.text, "preferred_on") == wrong
    if field != "kind":
        chosen = next(tag for tag in re.findall(r"<input[^>]*>", from_form.text) if "checked" in tag)
        assert 'value="technical_cooperation"' in chosen
    assert count_tickets(session) == 0


def test_a_file_that_arrived_is_kept_while_another_field_is_mended(requester, session):
    refused = requester.send(requester_email="siti@", files=[("surat.pdf", PDF), ("catatan.txt", b"putus\n")])
    assert refused.status_code == 422
    assert "surat.pdf" in refused.text
    carried = {name: value_of(refused.text, name) for name in ("form_key", "held_files")}
    requester.send_well(**carried, files=[("foto.txt", b"lain\n")])
    names = [file.name for file in only_ticket(session).attachments]
    assert names == ["surat.pdf", "catatan.txt", "foto.txt"]
    assert only_ticket(session).attachments[0].file.content == PDF


def test_a_file_that_arrived_can_be_taken_out_again(requester, session):
    refused = requester.send(requester_email="siti@", files=[("surat.pdf", PDF), ("catatan.txt", b"putus\n")])
    carried = {name: value_of(refused.text, name) for name in ("form_key", "held_files")}
    first = re.search(r'name="remove_file" value="(\d+)"', refused.text).group(1)
    requester.send_well(**carried, remove_file=first)
    assert [file.name for file in only_ticket(session).attachments] == ["catatan.txt"]


def test_choosing_a_file_again_that_already_arrived_attaches_it_once(requester, session):
    refused = requester.send(requester_email="siti@", files=[("surat.pdf", PDF)])
    carried = {name: value_of(refused.text, name) for name in ("form_key", "held_files")}
    requester.send_well(**carried, files=[("surat.pdf", PDF)])
    assert [file.name for file in only_ticket(session).attachments] == ["surat.pdf"]


def test_nobody_can_attach_a_stored_file_by_making_up_the_list(requester, session):
    requester.send_well(files=[("rahasia.pdf", PDF)])
    forged = '[{"file_id":1,"name":"rahasia.pdf","size_bytes":1,"content_type":"application/pdf"}].x'
    requester.send_well(subject="Yang kedua", held_files=forged)
    second = session.scalars(select(Ticket).where(Ticket.subject == "Yang kedua")).one()
    assert second.attachments == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("surat.pdf", b"MZ\x90\x00" + b"\x00" * 100, "is not a PDF file"),
        ("foto.png", b"<svg onload=alert(1)>", "is not a PNG file"),
        ("halaman.html", b"<script>alert(1)</script>", "of a kind that is not taken"),
        ("surat.pdf.exe", b"MZ", "of a kind that is not taken"),
        ("kosong.pdf", b"", "is empty"),
    ],
)
def test_a_hostile_file_is_refused_by_name_and_the_good_one_kept(requester, session, name, content, words):
    answer = requester.send(files=[("baik.pdf", PDF), (name, content)])
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert words in page
    assert name in page
    assert "<script>alert" not in answer.text
    assert "Files that have already arrived" in answer.text
    assert count_tickets(session) == 0


def test_more_files_than_allowed_are_named_and_the_others_kept(requester, session):
    files = [(f"berkas{number}.txt", f"isi {number}".encode()) for number in range(7)]
    answer = requester.send(files=files)
    assert answer.status_code == 422
    assert "At most 5 files are taken. Not taken: berkas5.txt, berkas6.txt." in html.unescape(answer.text)
    carried = {name: value_of(answer.text, name) for name in ("form_key", "held_files")}
    requester.send_well(**carried)
    assert len(only_ticket(session).attachments) == 5


def test_a_file_over_the_limit_is_refused(requester, settings):
    answer = requester.send(files=[("besar.txt", b"a" * (settings.attachment_max_bytes + 1))])
    assert answer.status_code == 422
    assert "is larger than 10 MB" in answer.text


def test_a_robot_that_takes_the_bait_sees_a_page_and_makes_no_ticket(requester, session):
    answer = requester.send(remarks_code="https://spam.example")
    assert answer.status_code == 200
    assert count_tickets(session) == 0


def test_who_sends_faster_than_a_person_reads_is_asked_to_send_again(requester, session):
    key = requester.new_key(at=clock.now())
    answer = requester.send(form_key=key, files=[("surat.pdf", PDF)])
    assert answer.status_code == 422
    assert "Please check what you wrote, then send once more." in answer.text
    assert value_of(answer.text, "form_key") == key
    assert "surat.pdf" in answer.text
    assert count_tickets(session) == 0


def test_a_form_with_a_forged_or_old_key_is_shown_again_with_everything(requester, session):
    for key in ("chosen-by-me", requester.new_key(at=clock.now() - timedelta(days=8))):
        answer = requester.send(form_key=key, files=[("surat.pdf", PDF)])
        assert answer.status_code == 422
        assert value_of(answer.text, "subject") == "Sambungan lantai dua terputus"
        assert value_of(answer.text, "form_key") != key
        assert "surat.pdf" in answer.text
    assert count_tickets(session) == 0


def test_an_outdated_csrf_token_shows_the_form_again_with_everything(app, requester, session):
    app.config["WTF_CSRF_ENABLED"] = True
    refused = requester.send(csrf_token="stale")
    assert refused.status_code == 422
    assert value_of(refused.text, "subject") == "Sambungan lantai dua terputus"
    carried = {name: value_of(refused.text, name) for name in ("form_key", "held_files", "csrf_token")}
    requester.send_well(**carried)


def test_the_limit_of_requests_keeps_what_was_typed(app, requester, session):
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"submissions_per_hour": 2})
    for number in range(2):
        requester.send_well(subject=f"Permohonan {number}")
    third = requester.send(subject="Permohonan ketiga", files=[("surat.pdf", PDF)])
    assert third.status_code == 429
    assert value_of(third.text, "subject") == "Permohonan ketiga"
    assert "surat.pdf" in third.text
    assert count_tickets(session) == 2


def test_an_address_that_does_not_stop_cannot_fill_the_store(app, requester, session):
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"submissions_per_hour": 1})
    answers = [requester.send(subject="", files=[("a.txt", f"isi {number}".encode())]) for number in range(9)]
    assert [answer.status_code for answer in answers] == [422] * 6 + [429] * 3
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 6
    assert value_of(answers[-1].text, "description").startswith("Setiap sore")


def test_markup_of_a_requester_stays_text(requester):
    token = requester.send_well(
        subject="<b>tebal</b> & {{ 7*7 }}", description="<img src=x onerror=alert(1)>"
    )
    for path in (f"/tanda-terima/{token}", f"/ikuti/{token}"):
        page = requester.client.get(path).text
        assert "<img src=x" not in page
        assert "&lt;b&gt;tebal&lt;/b&gt; &amp; {{ 7*7 }}" in page


def test_the_form_may_come_back_by_the_back_button_and_a_refused_one_is_stored_nowhere(requester):
    assert requester.client.get("/").headers["Cache-Control"] == "private, no-cache"
    assert requester.send(subject="").headers["Cache-Control"] == "no-store"


def test_what_is_asked_for_decides_the_procedure(client, requester, session):
    page = client.get("/").text
    assert "Network disturbance" in page
    assert "A connection is down, slow or unstable" in page
    requester.send_well(kind="network_disturbance")
    requester.send_well(kind="coordination")
    numbers = [ticket.run.procedure_number for ticket in session.scalars(select(Ticket).order_by(Ticket.id))]
    assert numbers == ["OT.01.02-091-GGN.Set.PO", "OT.01.02-090-097.Set.PO"]


def test_the_receipt_names_what_was_asked_for_in_the_words_of_the_procedure(client, requester):
    token = requester.send_well(kind="network_disturbance")
    page = client.get(f"/tanda-terima/{token}").text
    assert "Network disturbance" in page
    assert "Duty Operator" in page
    assert "Record the disturbance" in client.get(f"/ikuti/{token}").text


def test_a_kind_that_no_procedure_handles_is_refused(requester, session):
    answer = requester.send(kind="coffee")
    assert answer.status_code == 422
    assert "Choose what you ask for." in answer.text
    assert session.scalars(select(Ticket)).all() == []
