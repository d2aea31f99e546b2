"""A second procedure in the browser: lines side by side, a decision, a loop, a return, a signature."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from helpdesk import clock
from helpdesk.accounts import service as account_service
from helpdesk.database import transaction
from helpdesk.intake.rules import SHORTEST_FILL
from tests.factories.browser import Eye
from tests.factories.journey_data import PICTURE
from tests.factories.moments import LONG_AGO
from tests.factories.product import PASSWORD, Product

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1200)]

OFFICERS = {
    "piket": ("duty_operator", "Putri Contoh"),
    "teknisi": ("network_technician", "Fajar Contoh"),
    "koordinator": ("network_coordinator", "Wayan Contoh"),
}
Enter = Callable[[str], tuple[Eye, Page]]


def test_a_disturbance_goes_from_the_form_to_the_signed_record(
    office: Product, enter: Enter, new_eye: Callable[..., Eye], tmp_path: Path
) -> None:
    add_officers(office)
    requester = new_eye("requester")
    send_request(office, requester)
    eyes = {name: enter(name) for name in ("piket", "koordinator", "teknisi", "kabag")}
    for name in eyes:
        eyes[name][0].name = f"second-{name}"
    record(*open_ticket(eyes["piket"]))
    plan(*open_ticket(eyes["koordinator"]))
    repair(*open_ticket(eyes["teknisi"]))
    inform(*open_ticket(eyes["piket"]))
    assess(*open_ticket(eyes["koordinator"]), answer="no", words="Paket masih hilang.")
    plan(*open_ticket(eyes["koordinator"]))
    inform(*open_ticket(eyes["piket"]))
    repair(*open_ticket(eyes["teknisi"]))
    assess(*open_ticket(eyes["koordinator"]), answer="yes", words="Sambungan stabil.")
    write(*open_ticket(eyes["koordinator"]), tmp_path)
    give_back(*open_ticket(eyes["kabag"]))
    write_again(*open_ticket(eyes["koordinator"]))
    sign(*open_ticket(eyes["kabag"]))
    close(*open_ticket(eyes["piket"]))
    eye, page = eyes["kabag"]
    page.reload()
    expect(page.locator("main")).to_contain_text("ND-0001/")
    eye.look(page, "second/closed")
    for each, _ in [(requester, None), *eyes.values()]:
        each.ensure_clean()


def add_officers(office: Product) -> None:
    with office.session() as opened, transaction(opened) as session:
        for username, (role, name) in OFFICERS.items():
            account_service.add_person(
                session,
                username=username,
                name=name,
                password=PASSWORD,
                roles=[role],
                starts_on=LONG_AGO,
                now=clock.now(),
            )


def send_request(office: Product, eye: Eye) -> None:
    page = eye.context.new_page()
    page.goto(f"{office.url}/")
    for name, words in {
        "requester_name": "Lilis Contoh",
        "requester_agency": "Badan Contoh Nasional",
        "requester_email": "lilis@badan.example",
        "requester_phone": "021 5550100",
        "subject": "Seluruh lantai 2 tidak terhubung",
        "description": "Lampu sakelar menyala kuning sejak pagi.",
    }.items():
        page.fill(f'[name="{name}"]', words)
    page.check('[name="kind"][value="network_disturbance"]')
    page.check('[name="consent"]')
    # Nobody fills in a form within two seconds, and the form knows.
    page.wait_for_timeout(SHORTEST_FILL.total_seconds() * 1000 + 100)
    with page.expect_navigation(url=re.compile("/tanda-terima/")):
        page.locator("main form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("Gangguan jaringan")
    page.locator(".receipt-link__url a").click()
    eye.look(page, "second/follow")


def open_ticket(who: tuple[Eye, Page]) -> tuple[Eye, Page]:
    """Find the ticket on one's desk and open the step that waits there."""
    eye, page = who
    page.goto(re.sub(r"(://[^/]+)/.*", r"\1/desk", page.url))
    page.get_by_role("link", name=re.compile("^TKT-")).first.click()
    expect(page.locator("#step-form")).to_be_visible()
    return eye, page


def complete(page: Page) -> None:
    with page.expect_navigation():
        page.locator('#step-form button[name="action"][value="complete"]').click()
    expect(page.locator(".flashes .tone--done")).to_be_visible()


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.fill(f'[name="{name.replace("__", "-")}"]', value)


def record(eye: Eye, page: Page) -> None:
    eye.look(page, "second/record")
    with eye.expecting(422):
        page.locator('#step-form button[name="action"][value="complete"]').click()
        expect(page.locator("[data-error-summary]").first).to_be_visible()
    eye.look(page, "second/record-refused")
    fill(page, disturbance_report__field__felt_on="2026-11-20", disturbance_report__field__felt_at="08:15")
    page.check('[name="disturbance_report-field-reporter_confirmed"][value="yes"]')
    fill(page, incident_record__field__symptom="Lampu menyala kuning.")
    page.check('[name="incident_record-field-severity"][value="medium"]')
    page.check('[name="incident_record-field-services"][value="mail"]')
    fill(page, incident_record__field__users_affected="64")
    page.check('[name="first_checks-item-power"]')
    complete(page)


def plan(eye: Eye, page: Page) -> None:
    eye.look(page, "second/plan")
    fill(page, repair_disposition__instruction="Pulihkan secepatnya.")
    expect(page.locator('[name="repair_disposition-assignee_repair"]')).not_to_have_value("")
    expect(page.locator('[name="repair_disposition-assignee_inform-units"]')).not_to_have_value("")
    complete(page)


def repair(eye: Eye, page: Page) -> None:
    for item in page.locator('[name^="safety_checks-item-"]').all():
        item.check()
    if page.locator('[name="repair_log-rows-1-field-action"]').count() == 0:
        page.get_by_role("button", name="Tambah baris").click()
    for row, words in enumerate(("Menyalakan ulang sakelar", "Mengganti modul optik")):
        page.fill(f'[name="repair_log-rows-{row}-field-done_at"]', f"09:{row}0")
        page.fill(f'[name="repair_log-rows-{row}-field-action"]', words)
        page.select_option(f'[name="repair_log-rows-{row}-field-outcome"]', "worked")
    fill(page, network_state__note="Tautan naik diamati.")
    eye.look(page, "second/repair")
    complete(page)


def inform(eye: Eye, page: Page) -> None:
    page.fill('[name="units_informed-rows-0-field-unit"]', "Biro Umum")
    page.fill('[name="units_informed-rows-0-field-informed_at"]', "09:05")
    page.select_option('[name="units_informed-rows-0-field-manner"]', "phone")
    eye.look(page, "second/inform")
    complete(page)


def assess(eye: Eye, page: Page, *, answer: str, words: str) -> None:
    fill(page, service_test__field__latency="2", service_test__field__loss="0")
    page.select_option('[name="service_test-field-tested_by"]', index=1)
    fill(page, service_test__field__conclusion=words)
    page.check(f'[name="decision-branch"][value="{answer}"]')
    eye.look(page, "second/assess")
    complete(page)


def write(eye: Eye, page: Page, folder: Path) -> None:
    picture = folder / "foto-sakelar.png"
    picture.write_bytes(PICTURE)
    page.set_input_files('[name="attachments-upload"]', picture)
    page.get_by_role("button", name="Unggah").click()
    expect(page.locator('[name="attachments-files"]')).to_be_checked()
    fill(page, **{"incident_report__section__0": "Gangguan dilaporkan pagi hari."})
    eye.look(page, "second/write")
    complete(page)


def give_back(eye: Eye, page: Page) -> None:
    eye.look(page, "second/sign")
    page.check('[name="signed_incident_report-verdict"][value="return"]')
    fill(page, signed_incident_report__reason="Sebutkan nomor inventaris.")
    complete(page)


def write_again(eye: Eye, page: Page) -> None:
    expect(page.locator('[name="incident_report-section-0"]')).to_have_value("Gangguan dilaporkan pagi hari.")
    fill(page, incident_report__section__1="Modul bernomor inventaris M-117 diganti.")
    complete(page)


def sign(eye: Eye, page: Page) -> None:
    page.check('[name="signed_incident_report-has_read"]')
    fill(page, signed_incident_report__password=PASSWORD)
    complete(page)


def close(eye: Eye, page: Page) -> None:
    for item in page.locator('[name^="closing_checks-item-"]').all():
        item.check()
    complete(page)
