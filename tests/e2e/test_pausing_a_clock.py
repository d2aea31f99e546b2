"""The office waits for the requester: two clicks, nothing typed is lost, and the answer ends the pause."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from helpdesk.intake.rules import SHORTEST_FILL
from tests.factories.asking import send_request
from tests.factories.browser import Eye
from tests.factories.product import Product

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

REASON = "Menunggu denah lantai 3"
TYPED = "Mohon diperiksa bersama rekanan."


def test_a_pause_waits_for_the_requester_and_their_answer_ends_it(
    office: Product, enter: Callable[..., tuple[Eye, Page]], new_eye: Callable[..., Eye]
) -> None:
    requester = new_eye("requester")
    number, follow = send_request(office, requester)

    eye, desk = enter("kabag")
    desk.goto(f"{office.url}/desk")
    desk.get_by_role("link", name=number).first.click()
    desk.fill('[name="request_disposition-instruction"]', TYPED)
    desk.locator("summary", has_text="Jeda waktu").click()
    desk.fill('[name="pause_reason"]', REASON)
    eye.look(desk, "clock/pausing")
    desk.get_by_role("button", name="Jeda sekarang").click()
    expect(desk.locator("#clock")).to_contain_text(REASON)
    expect(desk.locator('[name="request_disposition-instruction"]')).to_have_value(TYPED)
    eye.look(desk, "clock/paused")
    desk.get_by_role("link", name="Mengapa batas waktu ini?").click()
    expect(desk.locator("main")).to_contain_text("Selama waktu dijeda tidak ada batas waktu")
    eye.look(desk, "clock/why")

    follow.reload()
    expect(follow.locator("main")).to_contain_text("Kantor menunggu jawaban Anda")
    expect(follow.locator("body")).not_to_contain_text(REASON)
    requester.look(follow, "clock/follow")
    follow.fill('[name="body"]', "Denah kami kirim lewat surel dinas.")
    follow.wait_for_timeout(SHORTEST_FILL.total_seconds() * 1000 + 100)
    follow.get_by_role("button", name="Kirim pesan").click()
    expect(follow.locator("main")).not_to_contain_text("Kantor menunggu jawaban Anda")

    desk.go_back()
    desk.reload()
    expect(desk.locator("#clock")).to_contain_text("1 jeda")
    expect(desk.locator('[name="request_disposition-instruction"]')).to_have_value(TYPED)
    requester.ensure_clean()
    eye.ensure_clean()
