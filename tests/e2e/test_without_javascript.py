"""A request and a step need no JavaScript."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from helpdesk.intake.rules import SHORTEST_FILL
from tests.factories.browser import Eye
from tests.factories.product import Product

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def test_a_request_and_its_first_step_work_without_javascript(
    office: Product, enter: Callable[..., tuple[Eye, Page]], new_eye: Callable[..., Eye]
) -> None:
    requester = new_eye("requester", java_script_enabled=False)
    page = requester.context.new_page()
    page.goto(f"{office.url}/")
    opened_at = time.monotonic()
    for name, words in {
        "requester_name": "Sari Utami",
        "requester_agency": "Badan Contoh Nasional",
        "requester_email": "sari.utami@instansi.example",
        "requester_phone": "021 345 6789",
        "subject": "Tanpa JavaScript",
        "description": "Peramban kami tidak menjalankan JavaScript.",
    }.items():
        page.fill(f'[name="{name}"]', words)
    page.check('[name="kind"][value="operation_consultation"]')
    page.check('[name="consent"]')
    # Nobody fills in a form within two seconds, and the form knows.
    page.wait_for_timeout(
        max(0.0, SHORTEST_FILL.total_seconds() - (time.monotonic() - opened_at)) * 1000 + 100
    )
    with page.expect_navigation(url=re.compile("/tanda-terima/")):
        page.locator("main form button[type=submit]").click()
    number = page.locator(".receipt-number__value").inner_text()

    eye, desk = enter("kabag", java_script_enabled=False)
    desk.goto(f"{office.url}/desk")
    desk.get_by_role("link", name=number).first.click()
    desk.select_option('[name="work_programme-item_id"]', index=1)
    desk.fill('[name="request_disposition-instruction"]', "Mohon ditindaklanjuti.")
    desk.locator('#step-form button[name="action"][value="complete"]').click()
    expect(desk.locator(".flashes .tone--done")).to_be_visible()
    requester.ensure_clean()
    eye.ensure_clean()
