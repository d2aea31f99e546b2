"""An official is away and somebody acts; two people write at one step: both in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from helpdesk import clock
from helpdesk.accounts import service as account_service
from helpdesk.database import transaction
from tests.factories.asking import send_request
from tests.factories.browser import Eye
from tests.factories.moments import LONG_AGO
from tests.factories.product import PASSWORD, PEOPLE, Product

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

Enter = Callable[[str], tuple[Eye, Page]]
ACTING = "Plh. Kabag Data dan Informasi"
DECREE = "SPT-17/2026"
INSTRUCTION = '[name="request_disposition-instruction"]'


def open_from_desk(page: Page, office: Product, number: str) -> None:
    """Open the step of the ticket that waits on one's desk."""
    page.goto(f"{office.url}/desk")
    page.get_by_role("link", name=number).first.click()
    expect(page.locator("#step-form")).to_be_visible()


def dispose(page: Page, words: str) -> None:
    """Fill in the first disposition; the only holder of the next office is chosen already."""
    page.select_option('[name="work_programme-item_id"]', index=1)
    page.check('[name="request_disposition-sensitivity"][value="segera"]')
    page.check('[name="request_disposition-instructions"][value="follow_up"]')
    page.fill(INSTRUCTION, words)


def press(page: Page, action: str) -> None:
    """Press one of the two buttons of the step."""
    page.locator(f'#step-form button[name="action"][value="{action}"]').click()


def add_deputy(office: Product, *roles: str) -> str:
    """Add one more official, and return the name."""
    name = "Siti Rahma, S.E."
    with office.session() as opened, transaction(opened) as session:
        account_service.add_person(
            session,
            username="siti",
            name=name,
            password=PASSWORD,
            roles=roles,
            starts_on=LONG_AGO,
            now=clock.now(),
            nip="198109092006042001",
        )
    return name


def test_while_the_head_is_away_the_acting_officer_disposes(
    office: Product, enter: Enter, new_eye: Callable[..., Eye]
) -> None:
    number, _ = send_request(office, new_eye("requester"))
    deputy = add_deputy(office, "network_coordinator")
    admin_eye, admin = enter("admin")
    admin.goto(f"{office.url}/people/acting")
    admin_eye.look(admin, "offices/acting-none")
    admin.locator('a[href$="/people/acting/new/head"]').click()
    person = admin.locator('[name="person_id"] option', has_text=deputy).get_attribute("value")
    admin.select_option('[name="person_id"]', value=person)
    with admin_eye.expecting(422):
        admin.locator("main form button[type=submit]").click()
        expect(admin.locator("[data-error-summary]")).to_be_visible()
    admin_eye.look(admin, "offices/acting-refused")
    today = clock.now().astimezone(office.settings.zone).date()
    admin.select_option('[name="for_person_id"]', label=PEOPLE["kabag"][1])
    admin.fill('[name="decree_number"]', DECREE)
    admin.fill('[name="starts_on"]', today.isoformat())
    admin.fill('[name="ends_on"]', (today + timedelta(days=3)).isoformat())
    admin.locator("main form button[type=submit]").click()
    expect(admin.locator("main")).to_contain_text(DECREE)
    admin_eye.look(admin, "offices/acting")

    eye, page = enter("siti")
    page.goto(f"{office.url}/desk")
    eye.look(page, "offices/acting-desk")
    open_from_desk(page, office, number)
    eye.look(page, "offices/acting-step")
    dispose(page, "Mohon diperiksa bersama pemohon.")
    press(page, "complete")
    expect(page.locator(".flashes .tone--done")).to_be_visible()
    expect(page.locator("#results")).to_contain_text(deputy)
    expect(page.locator("#deviations")).to_contain_text(ACTING)
    eye.look(page, "offices/acting-done")
    admin_eye.ensure_clean()
    eye.ensure_clean()


def test_of_two_people_at_one_step_the_second_chooses_and_loses_nothing(
    office: Product, enter: Enter, new_eye: Callable[..., Eye]
) -> None:
    number, _ = send_request(office, new_eye("requester"))
    colleague = add_deputy(office, "head")
    eye, mine = enter("kabag")
    other_eye, theirs = enter("siti")
    for page in (mine, theirs):
        open_from_desk(page, office, number)
    dispose(theirs, "Kata Siti.")
    press(theirs, "save")
    expect(theirs.locator(".flashes .tone--done")).to_be_visible()

    dispose(mine, "Kata Dewi.")
    with eye.expecting(409):
        press(mine, "complete")
        expect(mine.locator("#conflict")).to_contain_text(colleague)
    conflict = mine.locator("#conflict .conflict__field", has_text="Kata Siti.")
    expect(conflict).to_contain_text("Kata Dewi.")
    expect(mine.locator(INSTRUCTION)).to_have_value("Kata Dewi.")
    eye.look(mine, "offices/conflict")
    conflict.locator('[value="theirs"]').check()
    press(mine, "complete")
    expect(mine.locator("#results")).to_contain_text("Kata Siti.")

    with other_eye.expecting(409):
        theirs.fill(INSTRUCTION, "Kata Siti yang terlambat.")
        press(theirs, "complete")
        expect(theirs.locator("#conflict")).to_contain_text("Kata Siti yang terlambat.")
    other_eye.look(theirs, "offices/conflict-late")
    eye.ensure_clean()
    other_eye.ensure_clean()
