"""What a device says of itself is shown as words: never markup, never steering a page, paper or terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.accounts.models import Person
from helpdesk.devices.rules import name_problem
from helpdesk.evidence import queries
from helpdesk.evidence.traps import service as traps
from helpdesk.jobs.tasks import Tasks
from helpdesk.tickets import service as tickets
from helpdesk.web.letters import show_letters
from network import CommandOutput, MemoryPool, Neighbour, Processor, Sensor, SystemFacts, TrapVarbind
from network.presentation import format_snapshot, write_out
from network.quirks.rows import as_text
from tests.factories.network import make_device, make_site
from tests.factories.people import Office
from tests.factories.snapshots import make_facts, make_port, store
from tests.factories.tickets import make_ticket, make_ticket_office
from tests.factories.traps import make_trap

SignIn = Callable[[FlaskClient, Person], None]
BOTH = pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)
# Markup, a template, typst, a formula of a spreadsheet; a terminal's escapes, as 7 and as 8 bits; marks that
# turn the writing; a NUL; bytes that are no UTF-8.
BYTES = (
    b'"><script>alert(1)</script> {{7*7}} #eval("1") =cmd|x \x1b]0;x\x07 '
    + "\x9b2J \u202egpj.exe\u2066 baris\nlain".encode()
    + b"\x00 "
)
HOSTILE = as_text(BYTES) or ""
BROKEN = as_text(BYTES + b"\xff\xfe\x1b") or ""
STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def hostile_facts(device: Any, at: Any, *, state: str = "up") -> Any:
    """Return a reading in which every text is hostile."""
    said = SystemFacts(
        **dict.fromkeys(("name", "description", "location", "vendor", "model", "version", "serial"), HOSTILE),
        contact=BROKEN,
        uptime_seconds=9_000.0,
        agent_uptime_seconds=9_000.0,
    )
    facts = make_facts(
        device,
        at,
        make_port("Gi1", alias=HOSTILE, description=HOSTILE, oper_status=state),
        make_port(HOSTILE, 2, alias=BROKEN, oper_status=state),
        make_port("Gi3", 3, alias="A" * 65_000),
        processors=(Processor(name=HOSTILE, usage_percent=99.0),),
        memory=(MemoryPool(name=HOSTILE, used_bytes=99, total_bytes=100, usage_percent=99.0),),
        sensors=(Sensor(name=HOSTILE, kind="temperature", value=99.0, unit="celsius"),),
        neighbours=(
            Neighbour(
                protocol="lldp",
                local_interface=HOSTILE,
                remote_name=HOSTILE,
                remote_port=HOSTILE,
                remote_description=BROKEN,
                remote_address="192.0.2.77",
            ),
        ),
        commands=(CommandOutput(command="show version", output=HOSTILE, complete=True, duration_ms=1),),
    )
    return type(facts)(**{**vars(facts), "system": said})


@pytest.fixture
def hostile_device(session: Session, office: Office) -> Any:
    """Return a device whose words are hostile, with two readings and a trap."""
    device = make_device(session, name="sw-jahat", address="192.0.2.66", site=make_site(session))
    now = clock.now()
    for minutes, state in ((20, "up"), (10, "down"), (0, "down")):
        store(session, device, hostile_facts(device, now - timedelta(minutes=minutes), state=state))
    shown = HOSTILE.replace("\0", "")
    traps.keep_traps(
        session,
        [
            make_trap(
                source=source, varbinds=(TrapVarbind("1.3.6.1.2.1.31.1.1.1.18.3", "OctetString", shown),)
            )
            for source in ("192.0.2.66", "203.0.113.66")
        ],
        now=now,
    )
    session.commit()
    return device


def pages_about(session: Session, device: Any) -> Iterator[str]:
    """Return the address of every page that shows what the device said."""
    taken = list(queries.list_snapshots(session, device.id, limit=9))
    yield from ("/devices", f"/devices/{device.id}", "/devices/neighbours", "/traps", "/findings")
    yield from (f"/snapshots/{one.id}" for one in taken)
    yield f"/devices/{device.id}/compare?before={taken[-1].id}&after={taken[0].id}"
    yield f"/findings?device={device.id}&view=over"


@BOTH
def test_the_pages_show_a_hostile_device_as_words_only(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office, hostile_device: Any
) -> None:
    sign_in(client, office.admin)
    findings = re.findall(r'href="(/findings/\d+)"', client.get("/findings").text)
    assert findings
    told = 0
    for path in (*pages_about(session, hostile_device), *dict.fromkeys(findings)):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text, path
        assert not STEERING.search(answer.text), (path, STEERING.search(answer.text))
        told += "alert(1)" in answer.text
    assert told > 6


def test_a_ticket_shows_the_evidence_of_a_hostile_device_as_words(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office, hostile_device: Any
) -> None:
    ticket = make_ticket(session, now=clock.now())
    tickets.name_device(
        session, ticket, hostile_device, office=make_ticket_office(), by=office.kabag, now=clock.now()
    )
    session.commit()
    sign_in(client, office.kabag)
    page = client.get(f"/tickets/{ticket.id}").text
    assert f"/snapshots/{ticket.evidence[0].snapshot_id}" in page
    assert "<script>alert" not in page
    assert not STEERING.search(page)


def test_the_evidence_itself_keeps_what_the_device_said(
    client: FlaskClient, sign_in: SignIn, session: Session, office: Office, hostile_device: Any
) -> None:
    sign_in(client, office.admin)
    latest = queries.find_latest_snapshot(session, hostile_device.id)
    assert latest is not None
    kept = client.get(f"/snapshots/{latest.id}.json").get_json()
    assert kept["interfaces"][0]["alias"] == HOSTILE


def test_a_paper_about_a_hostile_device_is_drawn(
    app: Flask,
    client: FlaskClient,
    sign_in: SignIn,
    session: Session,
    settings: HelpdeskSettings,
    office: Office,
) -> None:
    device = make_device(session, name="sw-jahat")
    at = clock.now() - timedelta(days=8)
    for minutes in (0, 15, 30):
        store(session, device, hostile_facts(device, at + timedelta(minutes=minutes), state="down"))
    session.commit()
    sign_in(client, office.admin)
    day = at.astimezone(settings.zone).date().isoformat()
    page = client.post("/health-reports", data={"scope": "all", "rhythm": "daily", "on": day}).location
    session.commit()
    assert Tasks(app, sessionmaker(session.get_bind()), settings).make_health_reports() == 1
    assert client.get(f"{page}/file").data.startswith(b"%PDF")


def test_a_terminal_is_not_steered_by_what_a_device_says(session: Session) -> None:
    device = make_device(session)
    text = format_snapshot(hostile_facts(device, clock.now()), "en")
    assert not STEERING.search(text)
    assert "\\x1b]0;x\\x07" in text
    assert "\\u202e" in text


def test_words_of_any_language_and_line_ends_stay_as_they_are() -> None:
    words = "Ruang rapat \u2013 \u201clantai 2\u201d\r\n\tκόσμος العربية 😀 \u200c e\u0301 °C"
    assert show_letters(words.encode()) == words.encode()
    assert write_out("Suhu 40 °C\n\tκόσμος") == "Suhu 40 °C\n\tκόσμος"


@pytest.mark.parametrize("letter", ["\x1b", "\x9b", "\u202e", "\u2066", "\n", "\x00"])
def test_a_letter_that_steers_is_shown_in_no_page_and_stands_in_no_name(letter: str) -> None:
    assert name_problem(f"sw{letter}inti") is not None
    assert letter == "\n" or show_letters(f"sw{letter}inti".encode()).decode() == "sw\ufffdinti"
