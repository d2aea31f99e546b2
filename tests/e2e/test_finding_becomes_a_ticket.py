"""A real agent shows something wrong: a ticket opens by itself, and its finding ends on the sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlalchemy import select

from helpdesk.documents.models import Document
from helpdesk.evidence.models import Snapshot, SnapshotRun
from helpdesk.tickets.models import EvidenceItem, Ticket
from tests.factories.browser import Eye
from tests.factories.daemons import wait_until
from tests.factories.product import Product, fill_office, register_machine, running_product

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

# Any machine uses some of its memory: by this rule of the office that is already wrong.
RULES = """rules:
  - code: memory
    severity: critical
    threshold: 0.1
    only: "(?i)physical"
    opens_ticket: true
    title: { id: Pemakaian memori, en: Memory use }
    text: { id: "Memori {object} terpakai {percent} persen.", en: "Memory {object}: {percent} percent used." }
"""


@pytest.fixture
def office(tmp_path: Path) -> Any:
    """An office that wants automatic tickets, with a rule of its own."""
    rules = tmp_path / "aturan.yaml"
    rules.write_text(RULES, "utf-8")
    with running_product(
        tmp_path / "office", health_rules_file=str(rules), automatic_tickets="true"
    ) as product:
        fill_office(product)
        yield product


def wait_for_evidence(office: Product) -> int:
    """Wait until a ticket stands with what set it off and a fresh look, due within a minute of the event."""

    def found() -> int | None:
        with office.session() as session:
            ticket = session.scalar(select(Ticket).where(Ticket.channel == "monitoring").limit(1))
            looks = (
                []
                if ticket is None
                else session.execute(
                    select(Snapshot.taken_at, SnapshotRun.due_at)
                    .join(SnapshotRun, SnapshotRun.id == Snapshot.run_id)
                    .join(EvidenceItem, EvidenceItem.snapshot_id == Snapshot.id)
                    .where(EvidenceItem.ticket_id == ticket.id)
                    .order_by(Snapshot.taken_at)
                ).all()
            )
            if ticket is None or len(looks) < 2:
                return None
            assert looks[1].due_at - looks[0].taken_at < timedelta(seconds=60)
            return ticket.id

    wait_until(lambda: found() is not None, "the automatic ticket with its evidence")
    ticket_id = found()
    assert ticket_id is not None
    return ticket_id


def complete(page: Page) -> None:
    page.locator('#step-form button[name="action"][value="complete"]').click()
    expect(page.locator(".flashes .tone--done")).to_be_visible()


def test_what_a_real_agent_shows_is_proposed_accepted_and_on_the_sheet(
    office: Product, machine: Any, enter: Callable[..., tuple[Eye, Page]]
) -> None:
    register_machine(office, machine.agent, machine.server)
    ticket_id = wait_for_evidence(office)
    address = f"{office.url}/tickets/{ticket_id}"

    kabag_eye, page = enter("kabag")
    page.goto(address)
    expect(page.locator("#monitoring")).to_contain_text("Pemakaian memori")
    kabag_eye.look(page, "findings/automatic-ticket", ("wide-light", "narrow-dark"))
    page.select_option('[name="work_programme-item_id"]', index=1)
    page.fill('[name="request_disposition-instruction"]', "Mohon diperiksa.")
    complete(page)
    kasubbag_eye, page = enter("kasubbag")
    page.goto(address)
    page.fill('[name="identification_disposition-instruction"]', "Periksa memori peladen.")
    complete(page)

    reader_eye, page = enter("pelaksana")
    page.goto(address)
    expect(page.locator("#step-form")).to_contain_text("Hasil pembacaan perangkat")
    reader_eye.look(page, "findings/proposed", ("wide-light", "narrow-dark"))
    # Two clicks accept all, also without JavaScript.
    eye, page = enter("pelaksana", java_script_enabled=False)
    page.goto(address)
    expect(page.locator("#step-form")).to_contain_text("Hasil pembacaan perangkat")
    page.fill('[name="identification-conclusion"]', "Memori peladen perlu ditambah.")
    page.locator('#step-form button[value="accept-proposals identification"]').click()
    expect(page.locator('[name="identification-conclusion"]')).to_have_value(re.compile("perlu ditambah"))
    complete(page)

    with office.session() as session:
        sheet = session.scalars(
            select(Document).where(Document.ticket_id == ticket_id, Document.kind == "identification")
        ).one()
        text = " ".join(page.extract_text() for page in PdfReader(BytesIO(sheet.file.content)).pages)
    assert "Temuan dari pembacaan perangkat" in " ".join(text.split())
    assert "Diterima" in text
    assert "diubah" not in text
    viewer, page = enter("kasubbag")
    page.goto(address)
    expect(page.locator("main")).to_contain_text("Memori")
    viewer.look(page, "findings/proposals-accepted", ("wide-light", "narrow-light"))
    page.goto(f"{office.url}/findings")
    viewer.look(page, "findings/list", ("wide-light", "narrow-dark"))
    for one in (kabag_eye, kasubbag_eye, reader_eye, eye, viewer):
        one.ensure_clean()
