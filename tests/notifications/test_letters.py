"""The words of messages, without database."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from helpdesk.notifications.letters import TEMPLATES, moment_text, write_letter
from helpdesk.notifications.rules import LANGUAGES, LetterKind, domain_of, message_id
from helpdesk.notifications.senders import OutgoingMail, SendFailed, SmtpSender, build_message

MOMENT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
JAKARTA = ZoneInfo("Asia/Jakarta")


def facts(**changed):
    ticket = SimpleNamespace(
        number="TKT-2026-0001",
        subject="Sambungan putus",
        requester_name="Siti Aminah",
        requester_agency="Kementerian Contoh",
    )
    return {
        "ticket": ticket,
        "office": SimpleNamespace(unit="Sekretariat", agency="Kementerian", contact="(021) 000"),
        "follow_url": "https://desk.example/ikuti/abc",
        "received": "received-at",
        "promised": "promised-at",
        "text": "Kami periksa.",
        "reason": "Permohonan ganda.",
        "step_run": SimpleNamespace(step_number=2, attempt=1),
        "is_secret": False,
        "due": "due-at",
        "person": SimpleNamespace(name="Budi Santoso"),
        "ticket_url": "https://desk.example/tickets/1",
        "before": "before-at",
        "step_title": "Identifikasi bahan",
        "role_title": "Pelaksana",
        "holders": "Budi Santoso",
        "as_holder": True,
        "percent": 80,
        "is_overdue": False,
        "used": "48 menit",
        "allowed": "1 jam",
        "over": "0 menit",
        "left": "12 menit",
        "what": "signing_key_added",
        "by": "Agus Salim",
        "at": "at-moment",
        "report": SimpleNamespace(
            title="Laporan Kesehatan Mingguan",
            devices=8,
            unread=1,
            findings=3,
            sha256="ab" * 32,
            is_attached=True,
            url="https://desk.example/health-reports/1",
        ),
        **changed,
    }


def mail(**changed):
    fields = {
        "message_id": "<a@b>",
        "thread_id": "<t@b>",
        "recipient": "siti@contoh.go.id",
        "subject": "Perihal",
        "body": "Isi\n",
        "written_at": MOMENT,
    }
    return OutgoingMail(**fields | changed)


def test_every_letter_exists_in_both_languages():
    wanted = {f"{kind.value}.{language}.txt" for kind in LetterKind for language in LANGUAGES}
    assert wanted <= {path.name for path in TEMPLATES.glob("*.txt")}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", LetterKind)
def test_every_letter_names_what_it_is_of_and_is_whole(kind, language):
    letter = write_letter(kind, language, **facts())
    of_no_ticket = kind in (LetterKind.ACCOUNT_CHANGED, LetterKind.HEALTH_REPORT)
    assert letter.subject.startswith("[Disposisi] " if of_no_ticket else "[TKT-2026-0001] ")
    assert "\n\n\n" not in letter.body
    assert "None" not in letter.body


def test_a_fact_that_is_missing_is_an_error_and_no_gap_in_the_letter():
    incomplete = facts()
    del incomplete["promised"]
    with pytest.raises(Exception, match="promised"):
        write_letter(LetterKind.RECEIVED, "id", **incomplete)


def test_the_first_letter_has_number_link_and_promised_time():
    body = write_letter(LetterKind.RECEIVED, "id", **facts()).body
    for wanted in ("TKT-2026-0001", "https://desk.example/ikuti/abc", "promised-at"):
        assert wanted in body


def test_a_letter_without_a_link_does_not_mention_one():
    assert "tautan" not in write_letter(LetterKind.REPLY, "id", **facts(follow_url="")).body


@pytest.mark.parametrize(
    "kind",
    [
        LetterKind.STEP_WAITING,
        LetterKind.REQUESTER_WROTE,
        LetterKind.REMINDER,
        LetterKind.DEADLINE_MOVED,
    ],
)
def test_of_a_secret_ticket_only_the_number_leaves_the_house(kind):
    for language in LANGUAGES:
        letter = write_letter(kind, language, **facts(is_secret=True))
        assert "Sambungan putus" not in letter.subject + letter.body
        assert "Kementerian Contoh" not in letter.body


def test_what_a_requester_wrote_is_no_template_and_no_second_header():
    hostile = facts()
    hostile["ticket"].subject = "{{ 7*7 }}\r\nBcc: lain@contoh.go.id"
    letter = write_letter(LetterKind.RECEIVED, "en", **hostile)
    assert "{{ 7*7 }} Bcc: lain@contoh.go.id" in letter.subject
    assert "\n" not in letter.subject


def test_a_moment_is_written_in_the_language_and_zone_of_the_office():
    assert moment_text(MOMENT, JAKARTA, "id") == "Senin, 23 November 2026, 09.30 WIB"
    assert moment_text(MOMENT, JAKARTA, "en") == "Monday, 23 November 2026, 09:30 WIB"


def test_the_same_act_told_to_the_same_address_is_the_same_message():
    one = message_id(LetterKind.REPLY, 7, "a@b.id", "contoh.go.id")
    assert one == message_id(LetterKind.REPLY, 7, "a@b.id", "contoh.go.id")
    assert one != message_id(LetterKind.REPLY, 8, "a@b.id", "contoh.go.id")
    assert one.endswith("@contoh.go.id>")


@pytest.mark.parametrize(
    ("mail_from", "domain"),
    [("Disposisi <desk@contoh.go.id>", "contoh.go.id"), ("desk@localhost", "localhost"), ("", "localhost")],
)
def test_the_domain_of_message_ids_is_the_senders(mail_from, domain):
    assert domain_of(mail_from) == domain


def test_a_message_says_that_no_person_sent_it():
    message = build_message(mail(), "Disposisi <desk@contoh.go.id>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<a@b>"
    assert message["References"] == "<t@b>"
    assert message["From"] == "Disposisi <desk@contoh.go.id>"


def test_letters_of_all_languages_arrive_whole():
    message = build_message(
        mail(subject="Tanggapan – “jaringan”", body="Setuju — 中文 é\n"), "desk@contoh.go.id"
    )
    arrived = message_from_bytes(message.as_bytes(), policy=default)
    assert arrived["Subject"] == "Tanggapan – “jaringan”"
    assert arrived.get_content().replace("\r\n", "\n") == "Setuju — 中文 é\n"


@pytest.mark.parametrize(
    "changed",
    [
        {"recipient": "siti@contoh.go.id\r\nBcc: lain@contoh.go.id"},
        {"recipient": "siti@contoh.go.id, lain@contoh.go.id"},
        {"recipient": "bukan alamat"},
        {"recipient": "sïti@contoh.go.id"},
        {"recipient": ""},
        {"subject": "Perihal\r\nBcc: lain@contoh.go.id"},
    ],
)
def test_no_header_can_be_smuggled_in(changed):
    with pytest.raises(SendFailed) as failure:
        build_message(mail(**changed), "desk@contoh.go.id")
    assert failure.value.refused


def test_the_password_of_the_mail_server_is_shown_nowhere():
    sender = SmtpSender(host="h", port=1, mail_from="a@b.id", username="u", password="sangat-rahasia")
    assert "sangat-rahasia" not in repr(sender)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("holders", ["Budi Santoso", ""])
def test_a_reminder_to_the_office_above_says_who_holds_the_step_or_that_nobody_does(holders, language):
    letter = write_letter(
        LetterKind.REMINDER,
        language,
        **facts(as_holder=False, is_overdue=True, percent=None, holders=holders),
    )
    assert "Pelaksana" in letter.body
    assert (holders or {"id": "tidak ada pejabat", "en": "nobody can do it"}[language]) in letter.body
    assert "None" not in letter.subject + letter.body
    assert "\n\n\n" not in letter.body
