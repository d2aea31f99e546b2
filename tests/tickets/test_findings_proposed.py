"""What the readings show is proposed to whoever identifies: accepted, reworded or rejected, and kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.devices.models import Device
from helpdesk.documents.attachments import evidence_attachments
from helpdesk.documents.facts import evidence_facts, report_facts
from helpdesk.documents.models import Document
from helpdesk.evidence.configurations.service import keep_output
from helpdesk.sop import queries as sop_queries
from helpdesk.tickets import service
from helpdesk.tickets.models import Ticket
from network import CommandOutput, Processor
from tests.factories.network import make_device
from tests.factories.pages import read_form
from tests.factories.people import Office
from tests.factories.snapshots import make_facts, make_port, store
from tests.factories.tickets import make_ticket_office

Do = Callable[..., TestResponse]
STEP = timedelta(minutes=5)
FINISHED = {"identification-conclusion": "Selesai."}
SENTENCE = "Port Gi1 yang sebelumnya aktif kini terputus."


@pytest.fixture
def device(app: Flask, session: Session, ticket: Ticket, office: Office) -> Device:
    """A device of the ticket whose port fell and whose processor is busy."""
    made = make_device(session, name="sw-inti")
    started = clock.now() - 4 * STEP
    busy = (Processor(name="CPU", usage_percent=97),)
    store(session, made, make_facts(made, started, make_port(), processors=busy))
    for number in (1, 2):
        down = make_facts(made, started + number * STEP, make_port(oper_status="down"), processors=busy)
        store(session, made, down)
    service.name_device(session, ticket, made, office=make_ticket_office(), by=office.kabag, now=clock.now())
    session.commit()
    return made


@pytest.fixture
def at_step_three(device: Device, walk: Callable[[int], None]) -> Device:
    walk(3)
    return device


@pytest.fixture
def show(client: FlaskClient, sign_in: Callable[[FlaskClient, Person], None], office: Office) -> Any:
    """Return what shows the ticket to the technician, and gives the fields of the step's form."""

    def show(ticket: Ticket) -> tuple[str, dict[str, str]]:
        sign_in(client, office.pelaksana)
        page = client.get(f"/tickets/{ticket.id}").text
        return page, dict(read_form(page, "step-form")[1].items())

    return show


def send(client: FlaskClient, ticket: Ticket, fields: dict[str, str], **typed: str) -> TestResponse:
    return client.post(f"/tickets/{ticket.id}/step", data={**fields, **typed})


def kept(session: Session, ticket: Ticket) -> list[dict[str, Any]]:
    session.expire_all()
    return list(sop_queries.output_data(ticket.run, kind="identification")["proposals"])


def numbers(fields: dict[str, str]) -> list[str]:
    return sorted({found[1] for one in fields if (found := re.search(r"proposals-(\d+)-wording", one))})


def test_each_finding_is_proposed_with_the_evidence_that_shows_it(
    at_step_three: Device, show: Any, ticket: Ticket
) -> None:
    page, fields = show(ticket)
    assert len(numbers(fields)) == 2
    assert SENTENCE in fields["identification-proposals-0-wording"]
    shown = ticket.evidence[0].snapshot
    assert shown is not None
    assert f"/snapshots/{shown.id}" in page
    assert shown.sha256 in page


def test_two_clicks_accept_all_and_keep_who_decided_what_and_when(
    client: FlaskClient, at_step_three: Device, show: Any, ticket: Ticket, session: Session, office: Office
) -> None:
    _page, fields = show(ticket)
    answer = send(client, ticket, fields, action="accept-proposals identification")
    assert answer.status_code == 200
    done = {f"identification-proposals-{number}-verdict": "accepted" for number in numbers(fields)}
    for name in done:
        assert re.search(rf'checked[^>]*name="{name}"[^>]*value="accepted"', answer.text)
    conclusion = {"identification-conclusion": "Port utama terputus."}
    assert send(client, ticket, fields, **done, **conclusion, action="complete").status_code == 302
    first, second = kept(session, ticket)
    assert (first["decision"], first["text"], first["device"]) == ("accepted", SENTENCE, "sw-inti")
    assert (first["decided_by"], second["decision"]) == (office.pelaksana.name, "accepted")
    assert datetime.fromisoformat(first["decided_at"]) <= clock.now()
    assert first["sha256"] in {item.sha256 for item in ticket.evidence}


def test_nothing_proposed_is_passed_over_and_a_rejection_has_its_reason(
    client: FlaskClient, at_step_three: Device, show: Any, ticket: Ticket
) -> None:
    _page, fields = show(ticket)
    typed = {
        "identification-conclusion": "Kalimat yang panjang.",
        "identification-proposals-0-wording": "Kata-kata sendiri.",
        "identification-proposals-1-verdict": "rejected",
    }
    answer = send(client, ticket, fields, **typed, action="complete")
    assert answer.status_code == 422
    for words in (
        "Accept or reject what the readings show.",
        "Say why it is no finding",
        "Kalimat yang panjang.",
        "Kata-kata sendiri.",
    ):
        assert words in answer.text


def test_own_words_and_a_rejection_stand_in_the_sheet_and_only_the_first_in_the_report(
    client: FlaskClient, at_step_three: Device, show: Any, ticket: Ticket, session: Session
) -> None:
    _page, fields = show(ticket)
    typed = {
        "identification-conclusion": "Port utama terputus.",
        "identification-proposals-0-verdict": "accepted",
        "identification-proposals-0-wording": "Kabel uplink terlepas dari panel.",
        "identification-proposals-1-verdict": "rejected",
        "identification-proposals-1-reason": "Beban pencadangan terjadwal.",
    }
    assert send(client, ticket, fields, **typed, action="complete").status_code == 302
    assert [one["decision"] for one in kept(session, ticket)] == ["edited", "rejected"]
    sheet = session.scalars(select(Document).where(Document.kind == "identification")).one()
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(sheet.file.content)).pages)
    for words in ("Kabel uplink terlepas", "Diterima, diubah", "Ditolak", "pencadangan terjadwal"):
        assert words in " ".join(text.split())
    facts = report_facts(session, ticket, make_ticket_office(), unit="")
    assert [one.description.split(" (")[0] for one in facts.findings] == ["Kabel uplink terlepas dari panel"]


def test_what_the_readings_show_meanwhile_is_put_before_the_person(
    client: FlaskClient, at_step_three: Device, show: Any, ticket: Ticket, session: Session
) -> None:
    _page, fields = show(ticket)
    done = {f"identification-proposals-{number}-verdict": "accepted" for number in numbers(fields)}
    fallen = [make_port("Gi2", 2), make_port(oper_status="down")]
    store(session, at_step_three, make_facts(at_step_three, clock.now() - timedelta(minutes=2), *fallen))
    fallen[0] = make_port("Gi2", 2, oper_status="down")
    store(session, at_step_three, make_facts(at_step_three, clock.now() - timedelta(minutes=1), *fallen))
    answer = send(
        client, ticket, fields, **done, **{"identification-conclusion": "Selesai."}, action="complete"
    )
    assert answer.status_code == 422
    assert "The readings show more by now" in answer.text
    assert "Port Gi2 yang sebelumnya aktif kini terputus." in answer.text


def test_what_is_over_by_now_was_true_in_the_evidence(
    at_step_three: Device, show: Any, ticket: Ticket, session: Session
) -> None:
    for number in (2, 1):
        store(
            session, at_step_three, make_facts(at_step_three, clock.now() - number * STEP / 10, make_port())
        )
    page, fields = show(ticket)
    assert SENTENCE in fields["identification-proposals-0-wording"]
    assert "Over by now" in page


def test_a_draft_keeps_what_was_decided_of_each(
    client: FlaskClient, at_step_three: Device, show: Any, ticket: Ticket
) -> None:
    _page, fields = show(ticket)
    typed = {
        "identification-proposals-0-verdict": "rejected",
        "identification-proposals-0-reason": "Port cadangan.",
    }
    assert send(client, ticket, fields, **typed, action="save").status_code == 302
    page, again = show(ticket)
    assert again["identification-proposals-0-reason"] == "Port cadangan."
    assert re.search(r'checked[^>]*name="identification-proposals-0-verdict"[^>]*value="rejected"', page)


def test_a_finding_of_another_ticket_cannot_be_brought_in(
    client: FlaskClient, at_step_three: Device, show: Any, ticket: Ticket, session: Session
) -> None:
    _page, fields = show(ticket)
    done = {f"identification-proposals-{number}-verdict": "accepted" for number in numbers(fields)}
    crafted = {
        "identification-proposals-7-finding_id": "999",
        "identification-proposals-7-verdict": "accepted",
        "identification-proposals-7-wording": "Karangan.",
        "identification-conclusion": "Selesai.",
    }
    assert send(client, ticket, fields, **done, **crafted, action="complete").status_code == 302
    first, second = kept(session, ticket)
    assert first["text"] == SENTENCE
    assert second["text"] != "Karangan."


def test_a_figure_that_moves_meanwhile_does_not_make_the_words_edited(
    client: FlaskClient, at_step_three: Device, show: Any, ticket: Ticket, session: Session
) -> None:
    _page, fields = show(ticket)
    busier = (Processor(name="CPU", usage_percent=99),)
    facts = make_facts(at_step_three, clock.now(), make_port(oper_status="down"), processors=busier)
    store(session, at_step_three, facts)
    done = {f"identification-proposals-{number}-verdict": "accepted" for number in numbers(fields)}
    assert send(client, ticket, fields, **done, **FINISHED, action="complete").status_code == 302
    assert [one["decision"] for one in kept(session, ticket)] == ["accepted", "accepted"]
    assert "97 persen" in kept(session, ticket)[1]["text"]


def test_whoever_verifies_sees_what_was_decided(
    client: FlaskClient,
    at_step_three: Device,
    show: Any,
    ticket: Ticket,
    sign_in: Callable[[FlaskClient, Person], None],
    office: Office,
) -> None:
    _page, fields = show(ticket)
    done = {f"identification-proposals-{number}-verdict": "accepted" for number in numbers(fields)}
    assert send(client, ticket, fields, **done, **FINISHED, action="complete").status_code == 302
    sign_in(client, office.kasubbag)
    page = client.get(f"/tickets/{ticket.id}").text
    form = page[page.index('id="step-form"') :]
    assert SENTENCE in form[: form.index("</form>")]


def test_an_accepted_finding_brings_its_evidence_into_the_report(
    client: FlaskClient, at_step_three: Device, show: Any, ticket: Ticket, session: Session
) -> None:
    """Also what was not chosen in the step before: it was not known then."""
    device = at_step_three
    for number, text in enumerate(("hostname a\nvlan 1\nend", "hostname a\nvlan 2\nend")):
        output = CommandOutput(command="show running-config", output=text, complete=True, duration_ms=5)
        keep_output(
            session, device.id, output, platform="cisco_ios", taken_at=clock.now() - STEP * (1 - number)
        )
    meanwhile = store(session, device, make_facts(device, clock.now(), make_port(oper_status="down")))
    session.commit()
    before = {one.name for one in evidence_attachments(session, ticket)}
    _page, fields = show(ticket)
    wordings = [value for name, value in fields.items() if name.endswith("-wording")]
    assert any(
        "Konfigurasi sw-inti berubah: 1 baris ditambahkan, 1 baris dihapus." in one for one in wordings
    )
    done = {f"identification-proposals-{number}-verdict": "accepted" for number in numbers(fields)}
    assert send(client, ticket, fields, **done, **FINISHED, action="complete").status_code == 302
    session.expire_all()
    added = {one.name: one for one in evidence_attachments(session, ticket) if one.name not in before}
    assert f"cuplikan-{meanwhile.id}-sw-inti.json" in added
    (difference,) = [one.content.decode() for name, one in added.items() if name.endswith(".diff.txt")]
    assert "- vlan 1" in difference
    assert "+ vlan 2" in difference
    assert "Perubahan konfigurasi sw-inti" in {one.title for one in evidence_facts(ticket)}
