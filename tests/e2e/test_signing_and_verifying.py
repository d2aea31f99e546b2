"""Signing with a second factor, and checking the paper as anybody can: in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from helpdesk import clock
from tests.factories.browser import Eye
from tests.factories.product import PASSWORD, Product

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

Enter = Callable[..., tuple[Eye, Page]]
FACTOR = "/account/second-factor"


def signed_ticket(page: Page, demo: str) -> None:
    """Open the ticket whose report was signed first."""
    page.goto(f"{demo}/tickets?status=closed")
    page.get_by_role("link").filter(has_text=re.compile(r"^TKT-")).last.click()
    expect(page.locator("main")).to_contain_text("LAP-")


def test_a_signed_report_is_checked_by_code_and_by_file_without_an_account(
    demo: str, demo_person: Enter, new_eye: Callable[..., Eye], tmp_path: Path
) -> None:
    _eye, page = demo_person("ratna")
    signed_ticket(page, demo)
    subject = page.locator("h1").inner_text()
    code = str(page.locator('a[href*="/verify/"]').first.get_attribute("href")).rpartition("/")[2]
    paper = tmp_path / "laporan.pdf"
    link = page.locator('a[href*="/documents/"]', has_text=re.compile("Laporan LAP-|Unduh laporan")).first
    paper.write_bytes(page.request.get(demo + str(link.get_attribute("href"))).body())

    eye = new_eye("anybody")
    public = eye.context.new_page()
    public.goto(f"{demo}/verify")
    eye.look(public, "verify/form")
    public.fill("#code", "-".join(code[start : start + 4] for start in range(0, 24, 4)).upper())
    public.locator("form[method=get] button").click()
    check(public, subject)
    eye.look(public, "verify/genuine")
    upload(public, demo, paper)
    check(public, subject)

    broken = bytearray(paper.read_bytes())
    broken[len(broken) // 5] ^= 1
    (tmp_path / "diubah.pdf").write_bytes(broken)
    upload(public, demo, tmp_path / "diubah.pdf")
    expect(public.locator("#verdict")).to_have_text("Berkas ini diubah setelah ditandatangani")
    eye.look(public, "verify/changed")
    with eye.expecting(404):
        public.goto(f"{demo}/verify/{code[:-1]}1")
    expect(public.locator("main")).to_contain_text("Tidak ada dokumen dengan kode ini")
    eye.ensure_clean()


def check(page: Page, subject: str) -> None:
    """Look for what the check tells, and for what it must not."""
    expect(page.locator("#verdict")).to_have_text("Dokumen ini asli")
    main = page.locator("main")
    expect(main).to_contain_text("Ratna Puspita")
    expect(main).to_contain_text("Kepala Bagian Data dan Informasi")
    expect(main).to_contain_text("LAP-")
    expect(main).not_to_contain_text(subject)
    expect(main).not_to_contain_text("TKT-")


def upload(page: Page, demo: str, paper: Path) -> None:
    """Check a file."""
    page.goto(f"{demo}/verify")
    page.set_input_files('[name="paper"]', paper)
    page.locator('form[method="post"] button[type=submit]').last.click()


def test_the_check_works_without_javascript(
    demo: str, demo_person: Enter, new_eye: Callable[..., Eye]
) -> None:
    _eye, page = demo_person("ratna")
    signed_ticket(page, demo)
    link = str(page.locator('a[href*="/verify/"]').first.get_attribute("href"))
    plain = new_eye("plain", java_script_enabled=False).context.new_page()
    plain.goto(f"{demo}/verify")
    plain.fill("#code", link.rpartition("/")[2])
    plain.locator("form[method=get] button").click()
    expect(plain.locator("#verdict")).to_have_text("Dokumen ini asli")


def test_a_phone_is_enrolled_and_asked_for_at_the_next_sign_in(
    office: Product, enter: Enter, new_eye: Callable[..., Eye]
) -> None:
    eye, page = enter("kabag")
    page.goto(office.url + FACTOR)
    eye.look(page, "factor/off")
    page.fill('[name="password"]', PASSWORD)
    page.get_by_role("button", name="Tampilkan kode QR").click()
    expect(page.locator(".qr-box svg")).to_be_visible()
    eye.look(page, "factor/begun")
    secret = page.locator(".secret-text").inner_text().replace(" ", "")
    page.fill('[name="code"]', pyotp.TOTP(secret).at(clock.now()))
    page.get_by_role("button", name="Hidupkan").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    eye.look(page, "factor/codes")
    recovery = page.locator(".recovery-codes code").first.inner_text()
    page.goto(office.url + FACTOR)
    expect(page.locator("main")).to_contain_text("Tersisa 10 kode pemulihan")
    eye.look(page, "factor/on")
    eye.ensure_clean()

    again = new_eye("kabag-again")
    other = again.context.new_page()
    other.goto(f"{office.url}/sign-in")
    other.fill('[name="username"]', "kabag")
    other.fill('[name="password"]', PASSWORD)
    other.locator("main form button[type=submit]").click()
    expect(other.locator("h1")).to_have_text("Kode dari telepon Anda")
    again.look(other, "factor/sign-in")
    with again.expecting(403):
        other.fill('[name="code"]', "000000")
        other.locator("main form button[type=submit]").click()
        expect(other.locator("main")).to_contain_text("Kode ini tidak berlaku")
    other.fill('[name="code"]', recovery)
    with other.expect_navigation(url=lambda url: "/sign-in" not in url):
        other.locator("main form button[type=submit]").click()
    again.ensure_clean()
