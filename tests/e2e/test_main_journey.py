"""The main job: a request comes in, seven steps by three people, real evidence, a signed report goes out."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from helpdesk.evidence.models import Snapshot, SnapshotRun
from helpdesk.intake.rules import SHORTEST_FILL
from helpdesk.notifications.models import OutboxMessage
from tests.factories.browser import Eye
from tests.factories.daemons import find_program, wait_until
from tests.factories.product import PASSWORD, PEOPLE, Product, register_machine

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

SOP = "OT.01.02-090-097.Set.PO"
EMAIL = "sari.utami@instansi.example"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
PDF += b"trailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.mark.parametrize("office", ["sqlite", "postgresql"], indirect=True)
def test_a_request_becomes_a_signed_report_with_this_machine_as_evidence(
    office: Product,
    machine: Any,
    enter: Callable[[str], tuple[Eye, Page]],
    new_eye: Callable[..., Eye],
    tmp_path: Path,
) -> None:
    register_machine(office, machine.agent, machine.server)
    requester = new_eye("requester")
    number, follow = send_request(office, requester, tmp_path)
    eyes = {name: enter(name) for name in ("kabag", "kasubbag", "pelaksana")}
    wait_for_scheduled_snapshot(office)

    kabag_eye, kabag = eyes["kabag"]
    open_from_desk(kabag_eye, kabag, number)
    decide(kabag_eye, kabag)
    kasubbag_eye, kasubbag = eyes["kasubbag"]
    open_from_desk(kasubbag_eye, kasubbag, number)
    gather_evidence(kasubbag_eye, kasubbag)
    pelaksana_eye, pelaksana = eyes["pelaksana"]
    open_from_desk(pelaksana_eye, pelaksana, number)
    identify(pelaksana_eye, pelaksana, "Antarmuka eth0 bekerja; beban peladen wajar.")
    verify(kasubbag_eye, kasubbag, reject="Tambahkan keadaan antarmuka lo.")
    pelaksana.reload()
    expect(pelaksana.locator("#step")).to_contain_text("Tambahkan keadaan antarmuka lo.")
    reply(pelaksana_eye, pelaksana, follow)
    identify(pelaksana_eye, pelaksana, "Antarmuka eth0 dan lo bekerja; beban peladen wajar.")
    verify(kasubbag_eye, kasubbag)
    coordinate(kabag_eye, kabag)
    draft(kasubbag_eye, kasubbag)
    sign(kabag_eye, kabag)

    text = download_report(kabag, tmp_path)
    for _, interface in socket.if_nameindex():
        assert interface in text
    for expected in (SOP, number, "Saran kami tetap", *(PEOPLE[name][1] for name in eyes)):
        assert expected in text
    look_at_the_end(requester, follow)
    ensure_letters(office)
    for eye in (requester, kabag_eye, kasubbag_eye, pelaksana_eye):
        eye.ensure_clean()


def send_request(office: Product, eye: Eye, folder: Path) -> tuple[str, Page]:
    """Fill in the public form as a requester would, and return the number and the page to follow it."""
    letter = folder / "surat-permohonan.pdf"
    letter.write_bytes(PDF)
    page = eye.context.new_page()
    page.goto(f"{office.url}/")
    expect(page.locator("html")).to_have_attribute("lang", "id")
    eye.look(page, "journey/form")
    with eye.expecting(422):
        page.locator("main form button[type=submit]").click()
        expect(page.locator("[data-error-summary]")).to_be_focused()
    eye.look(page, "journey/form-refused")
    for name, words in {
        "requester_name": "Sari Utami",
        "requester_agency": "Badan Contoh Nasional",
        "requester_unit": "Biro Umum",
        "requester_email": EMAIL,
        "requester_phone": "0812 3456 7890",
        "subject": "Sambungan ke peladen uji tersendat",
        "description": "Sejak Senin pagi sambungan tersendat setiap sore. Sudah dicoba dari dua ruangan.",
        "affected": "Ruang server lantai 2",
    }.items():
        page.fill(f'[name="{name}"]', words)
    page.check('[name="kind"][value="technical_cooperation"]')
    page.set_input_files('[name="attachments"]', letter)
    page.check('[name="consent"]')
    # Nobody fills it in so fast as this; a quick machine would be taken for a robot.
    page.wait_for_timeout(SHORTEST_FILL.total_seconds() * 1000 + 100)
    with page.expect_navigation(url=re.compile("/tanda-terima/")):
        page.locator("main form button[type=submit]").click()
    number = page.locator(".receipt-number__value").inner_text()
    assert re.fullmatch(r"TKT-\d{4}-\d{4,}", number)
    expect(page.locator(".receipt-link__qr svg")).to_be_visible()
    expect(page.locator("main")).to_contain_text("surat-permohonan.pdf")
    eye.look(page, "journey/receipt")
    page.locator(".receipt-link__url a").click()
    expect(page.locator("main")).to_contain_text(number)
    for _, name, _ in PEOPLE.values():
        expect(page.locator("body")).not_to_contain_text(name)
    eye.look(page, "journey/follow")
    return number, page


def wait_for_scheduled_snapshot(office: Product) -> None:
    """Wait until the scheduler has read this machine by itself."""

    def is_taken() -> bool:
        with office.session() as session:
            scheduled = select(Snapshot.id).join(SnapshotRun).where(SnapshotRun.reason == "schedule")
            return session.scalar(scheduled.limit(1)) is not None

    wait_until(is_taken, "a scheduled snapshot")


def open_from_desk(eye: Eye, page: Page, number: str) -> None:
    """Find the ticket on one's desk and open it."""
    page.goto(re.sub(r"(://[^/]+)/.*", r"\1/desk", page.url))
    expect(page.locator("main")).to_contain_text(number)
    eye.look(page, f"journey/desk-{eye.name}")
    page.get_by_role("link", name=number).first.click()
    expect(page.locator("#step-form")).to_be_visible()


def complete(page: Page) -> None:
    """Press the button that completes the step, and see that the page agrees."""
    with page.expect_navigation(url=re.compile(r"/tickets/\d+(#.*)?$")):
        page.locator('#step-form button[name="action"][value="complete"]').click()
    expect(page.locator(".flashes .tone--done")).to_be_visible()


def dispose(page: Page, prefix: str, instruction: str) -> None:
    """Fill in a disposition; the only holder of the next office is chosen already."""
    page.check(f'[name="{prefix}-sensitivity"][value="segera"]')
    page.check(f'[name="{prefix}-instructions"][value="follow_up"]')
    page.fill(f'[name="{prefix}-instruction"]', instruction)
    expect(page.locator(f'[name="{prefix}-assignee_id"]')).not_to_have_value("")


def decide(eye: Eye, page: Page) -> None:
    """Step 1: try without planned work, be refused, then tie the ticket and dispose."""
    eye.look(page, "journey/step-1")
    dispose(page, "request_disposition", "Mohon segera diperiksa bersama instansi pemohon.")
    with eye.expecting(422):
        page.locator('#step-form button[name="action"][value="complete"]').click()
        expect(page.locator("[data-error-summary]").first).to_be_visible()
    eye.look(page, "journey/step-1-refused")
    expect(page.locator('[name="request_disposition-instruction"]')).to_have_value(re.compile("segera"))
    page.select_option('[name="work_programme-item_id"]', index=1)
    complete(page)


def gather_evidence(eye: Eye, page: Page) -> None:
    """Step 2: name the device, have its scheduled and a fresh snapshot, hand over to the technician."""
    form = page.locator('#evidence form:has(select[name="device_id"])')
    page.locator('#evidence details:has(select[name="device_id"]) > summary').click()
    form.locator("select").select_option(index=1)
    with page.expect_navigation(url=re.compile("#evidence$")):
        form.locator("button[type=submit]").click()
    cards = page.locator("#evidence .evidence")

    def are_there() -> bool:
        # On a busy machine the fresh one may come after the page.
        return cards.count() == 2 or (page.reload() is not None and cards.count() == 2)

    wait_until(are_there, "the scheduled and the fresh snapshot on the ticket")
    expect(page.locator("#evidence")).to_contain_text("Terjadwal")
    expect(page.locator("#evidence")).to_contain_text("Untuk tiket")
    eye.look(page, "journey/step-2")
    ticked = page.locator('[name="evidence-items"]:checked')
    expect(ticked).to_have_count(2)
    page.fill('[name="evidence-note"]', "Potret terjadwal dan potret saat ini dari peladen uji.")
    dispose(page, "identification_disposition", "Periksa antarmuka dan beban peladen.")
    complete(page)


def identify(eye: Eye, page: Page, finding: str) -> None:
    """Step 3: write the findings."""
    eye.look(page, "journey/step-3")
    # What the readings of this machine show, which nobody knows before: all of it is accepted.
    accept_all = page.locator('#step-form button[value="accept-proposals identification"]')
    if accept_all.count():
        accept_all.click()
        expect(page.locator('#step-form [name$="-verdict"][value="accepted"]').first).to_be_checked()
    page.check('[name="identification-findings-0-condition"][value="attention"]')
    page.fill('[name="identification-findings-0-finding"]', finding)
    page.fill('[name="identification-conclusion"]', f"Kesimpulan: {finding}")
    complete(page)


def verify(eye: Eye, page: Page, *, reject: str = "") -> None:
    """Step 4: accept every item, or reject the last with a reason."""
    page.reload()
    verdicts = page.locator('#step-form input[type=radio][value="accepted"]')
    expect(verdicts.first).to_be_visible()
    for place in range(verdicts.count()):
        verdicts.nth(place).check()
    if reject:
        page.locator('#step-form input[type=radio][value="rejected"]').last.check()
        page.locator('#step-form textarea[name$="-reason"]').last.fill(reject)
    eye.look(page, "journey/step-4")
    complete(page)


def reply(eye: Eye, page: Page, follow: Page) -> None:
    """Answer the requester in public, who reads it behind the link."""
    answer = "Kami sedang memeriksa peladen tersebut."
    form = page.locator('#conversation form:has([name="body"])')
    form.locator('[name="visibility"][value="public"]').check()
    form.locator('[name="body"]').fill(answer)
    form.locator("button[type=submit]").click()
    expect(page.locator("#conversation")).to_contain_text(answer)
    eye.look(page, "journey/conversation")
    follow.reload()
    expect(follow.locator("main")).to_contain_text(answer)


def coordinate(eye: Eye, page: Page) -> None:
    """Step 5: record the coordination with the agency."""
    page.reload()
    page.fill('[name="coordination-persons"]', "Sari Utami, Kepala Biro Umum\nJoko Susilo, Pranata Komputer")
    page.select_option('[name="coordination-manner"]', "meeting")
    page.fill('[name="coordination-result"]', "Jadwal pencadangan dipindahkan ke malam hari.")
    dispose(page, "report_disposition", "Susun laporannya.")
    eye.look(page, "journey/step-5")
    complete(page)


def draft(eye: Eye, page: Page) -> None:
    """Step 6: edit the generated report on its own page, look at it as PDF, hand it in."""
    page.reload()
    eye.look(page, "journey/step-6")
    page.locator('#step-form a[href$="/report"]').click()
    page.fill('[name="report_draft-recommendations"]', "Saran kami tetap: **pencadangan** setelah jam kerja.")
    # Drawn beside the text as it will stand on paper, and kept without a button.
    expect(page.locator("#preview-recommendations strong")).to_have_text("pencadangan")
    expect(page.locator('#report-form [name="revision"]')).not_to_have_value("0")
    eye.look(page, "journey/report-editor")
    with page.context.expect_page() as opened:
        page.locator('button[formtarget="_blank"]').click()
    opened.value.close()
    page.fill('[name="note"]', "Siap diserahkan")
    page.locator('#report-form button[value="save"]').click()
    expect(page.locator(".flashes .tone--done")).to_be_visible()
    page.locator('.page-header a[href*="#step"]').click()
    complete(page)


def sign(eye: Eye, page: Page) -> None:
    """Step 7: a wrong password signs nothing; the right one closes the ticket."""
    page.reload()
    eye.look(page, "journey/step-7")
    page.check('[name="signed_report-has_read"]')
    page.fill('[name="signed_report-password"]', "bukan kata sandi saya")
    with eye.expecting(403):
        page.locator('#step-form button[name="action"][value="complete"]').click()
        expect(page.locator('[name="signed_report-password"]')).to_have_value("")
    page.check('[name="signed_report-has_read"]')
    page.fill('[name="signed_report-password"]', PASSWORD)
    complete(page)
    expect(page.locator("#step-form")).to_have_count(0)
    eye.look(page, "journey/closed")


def download_report(page: Page, folder: Path) -> str:
    """Download the signed report from the closed ticket and return its text."""
    address = page.locator('#documents a[href*="/documents/"]').last.get_attribute("href")
    answer = page.request.get(re.sub(r"(://[^/]+)/.*", r"\1", page.url) + str(address))
    assert answer.headers["content-type"] == "application/pdf"
    path = folder / "laporan.pdf"
    path.write_bytes(answer.body())
    return subprocess.run(
        [find_program("pdftotext"), "-layout", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout


def look_at_the_end(eye: Eye, page: Page) -> None:
    """See on the requester's page that the request has ended."""
    page.reload()
    expect(page.locator(".lane__step--done")).to_have_count(7)
    eye.look(page, "journey/follow-closed")


def ensure_letters(office: Product) -> None:
    """Make sure that the requester was written to at reception, at the reply and at the end."""

    def are_sent() -> bool:
        with office.session() as session:
            letters = session.scalars(
                select(OutboxMessage).where(OutboxMessage.recipient == EMAIL).order_by(OutboxMessage.id)
            ).all()
            return len(letters) == 3 and all(letter.sent_at for letter in letters)

    wait_until(are_sent, "the letters of reception, reply and end to be sent")
