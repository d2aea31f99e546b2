"""A requester at the public form, in a browser of their own."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Page, expect

from helpdesk.intake.rules import SHORTEST_FILL
from tests.factories.browser import Eye
from tests.factories.product import Product


def send_request(office: Product, eye: Eye) -> tuple[str, Page]:
    """Fill in the public form, and return the number and the page to follow it."""
    page = eye.context.new_page()
    page.goto(f"{office.url}/")
    opened_at = time.monotonic()
    for name, words in {
        "requester_name": "Sari Utami",
        "requester_agency": "Badan Contoh Nasional",
        "requester_email": "sari.utami@instansi.example",
        "requester_phone": "021 345 6789",
        "subject": "Sambungan lantai 3",
        "description": "Sambungan tersendat setiap sore.",
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
    page.locator(".receipt-link__url a").click()
    expect(page.locator("main")).to_contain_text(number)
    return number, page
