"""What a person writes is shown as written, in pages, e-mails and papers: never markup, header or code."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.documents.models import Document
from helpdesk.documents.rules import SECTION_TITLES
from helpdesk.notifications.models import OutboxMessage
from helpdesk.notifications.senders import OutgoingMail, build_message
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.rules import NewFile
from tests.factories.network import make_device, make_site
from tests.factories.people import PASSWORD, Office
from tests.factories.tickets import make_programme_item, make_ticket, make_ticket_office

SignIn = Callable[[FlaskClient, Person], None]
# Markup, attribute, template, typst and header at once.
EVIL = '"\'><script>alert(1)</script><img src=x onerror=alert(2)> {{7*7}} #eval("1") $x$ %(name)s'
MARK = "alert(1)"


class Elements(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note every script without a source, every handler and every strange address."""
        given = dict(attributes)
        if tag == "script" and not str(given.get("src", "")).startswith("/static/"):
            self.bad.append(f"<{tag}>")
        self.bad += [name for name in given if name.startswith("on") or name == "style"]
        self.bad += [
            f"{name}={value}"
            for name, value in given.items()
            if name in ("href", "src", "action") and value and re.match(r"\s*(javascript|data|//|x$)", value)
        ]


@pytest.fixture
def evil_ticket(session: Session, office: Office) -> Ticket:
    """Return a ticket in which every text that anybody writes is evil."""
    for person in (office.kabag, office.kasubbag, office.pelaksana):
        person.name = f"{person.name} {EVIL}"[:200]
        person.email = f"{person.username}@kantor.example"
    ticket = make_ticket(
        session,
        now=clock.now(),
        subject=EVIL,
        description=EVIL,
        affected=EVIL,
        requester_name=EVIL,
        requester_agency=EVIL,
        requester_unit=EVIL,
        requester_email="x?bcc=mata%40mata.example&y@contoh.example",
        attachments=(NewFile("a<script>.txt", b"isi", "text/plain"),),
    )
    site = make_site(session, name=EVIL, address=EVIL)
    device = make_device(session, name=EVIL[:120], description=EVIL, site_id=site.id)
    make_programme_item(session, on=clock.now(), title=EVIL)
    service.name_device(
        session, ticket, device, office=make_ticket_office(), by=office.kabag, now=clock.now()
    )
    for is_public in (True, False):
        service.write_message(
            session,
            ticket,
            EVIL,
            is_public=is_public,
            office=make_ticket_office(),
            by=office.kabag,
            role="head",
            now=clock.now(),
        )
    service.write_as_requester(session, ticket, EVIL, now=clock.now())
    service.add_note(
        session, ticket, EVIL, EVIL, office=make_ticket_office(), by=office.kabag, now=clock.now()
    )
    session.commit()
    return ticket


@pytest.fixture
def do_evil_steps(
    client: FlaskClient, sign_in: SignIn, session: Session, evil_ticket: Ticket, office: Office
) -> Callable[[], None]:
    """Return what walks the evil ticket to its end."""

    def disposition(code: str, to: Person) -> dict[str, object]:
        return {
            f"{code}-sensitivity": "biasa",
            f"{code}-assignee_id": to.id,
            f"{code}-instruction": EVIL,
            f"{code}-letter_number": EVIL[:64],
        }

    def do(person: Person, **fields: object) -> None:
        session.expire_all()
        current = evil_ticket.run.steps[-1]
        sign_in(client, person)
        data = {"step_run": current.id, "version": current.version, "action": "complete", **fields}
        answer = client.post(f"/tickets/{evil_ticket.id}/step", data=data)
        assert answer.status_code == 302, answer.text

    def walk() -> None:
        items = [item.id for item in evil_ticket.evidence]
        device_id = evil_ticket.device_links[0].device_id
        refs = [*(f"evidence-{item}" for item in items), f"finding-{device_id}", "conclusion"]
        verdicts = {f"verification-verdicts-{number}-ref": ref for number, ref in enumerate(refs)}
        verdicts |= {f"verification-verdicts-{number}-verdict": "accepted" for number in range(len(refs))}
        first = {"work_programme-item_id": 1, **disposition("request_disposition", office.kasubbag)}
        do(office.kabag, **first)
        second = {"evidence-items": items, "evidence-note": EVIL}
        do(office.kasubbag, **second, **disposition("identification_disposition", office.pelaksana))
        found = {
            "identification-findings-0-device_id": device_id,
            "identification-findings-0-condition": "fault",
            "identification-findings-0-finding": EVIL,
            "identification-findings-0-advice": EVIL,
            "identification-conclusion": EVIL,
        }
        do(office.pelaksana, **found)
        do(office.kasubbag, **verdicts, **{"verification-note": EVIL})
        held = clock.now().astimezone(ZoneInfo("Asia/Jakarta")).date().isoformat()
        words = dict.fromkeys(("agency", "persons", "result", "agreements"), EVIL)
        told = {f"coordination-{name}": value for name, value in words.items()}
        told |= {"coordination-held_on": held, "coordination-manner": "meeting"}
        do(office.kabag, **told, **disposition("report_disposition", office.kasubbag))
        do(office.kasubbag, **{f"report_draft-{code}": EVIL for code in SECTION_TITLES})
        do(office.kabag, **{"signed_report-has_read": "y", "signed_report-password": PASSWORD})

    return walk


def test_words_stay_words_on_every_page_in_every_letter_and_on_every_paper(
    app: Flask,
    client: FlaskClient,
    session: Session,
    sign_in: SignIn,
    office: Office,
    evil_ticket: Ticket,
    do_evil_steps: Callable[[], None],
) -> None:
    token = service.follow_token(evil_ticket, app.extensions["settings"].secret_key.get_secret_value())
    sign_in(client, office.kabag)
    pages = ["/desk", "/tickets", "/register", "/devices", "/devices/1", "/devices/1/edit", "/sites", "/"]
    pages += [
        "/sites/1/edit",
        "/tickets?q=%3Cscript%3Ealert(1)%22",
        f"/ikuti/{token}",
        f"/tanda-terima/{token}",
    ]
    pages += [f"/tickets/{evil_ticket.id}", "/account", "/sign-in?next=javascript:alert(1)"]
    _ensure_harmless(client, pages)
    do_evil_steps()
    sign_in(client, office.kabag)
    _ensure_harmless(client, pages)
    sign_in(client, office.admin)
    _ensure_harmless(client, ["/people", f"/people/{office.kabag.id}", "/work-programme", "/calendar"])
    for letter in session.scalars(select(OutboxMessage)).all():
        _ensure_one_letter(letter)
    for paper in session.scalars(select(Document)).all():
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(paper.file.content)).pages)
        assert MARK in re.sub(r"\s+", "", text), paper.title


def _ensure_harmless(client: FlaskClient, pages: list[str]) -> None:
    for page in pages:
        answer = client.get(page)
        assert answer.status_code in (200, 302), page
        parsed = Elements()
        parsed.feed(answer.text)
        assert parsed.bad == [], page
        assert "?bcc=" not in "".join(re.findall(r'href="mailto:[^"]*"', answer.text)), page


def _ensure_one_letter(letter: OutboxMessage) -> None:
    mail = OutgoingMail(
        letter.message_id, "<t@x>", letter.recipient, letter.subject, letter.body, letter.created_at
    )
    built = email.message_from_bytes(
        build_message(mail, "Meja <meja@kantor.example>").as_bytes(), policy=email.policy.default
    )
    assert built.get_all("To") == [letter.recipient]
    assert built["Bcc"] is built["Cc"] is None
    assert len(built.get_all("Subject") or []) == 1
