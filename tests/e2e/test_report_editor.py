"""The report editor in a real browser: marks and graphs put in, kept while typing, two tabs, plain HTML."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.factories.browser import Eye

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

Enter = Callable[[str], tuple[Eye, Page]]
STORY = "Gangguan port lantai 2 gedung utama"
REVISION = '#report-form [name="revision"]'


def open_report(page: Page, demo: str) -> None:
    """Open the editor of the report that came back for correction."""
    page.goto(f"{demo}/tickets?q=Gangguan+port+lantai+2")
    page.get_by_role("link").filter(has_text="TKT-").first.click()
    expect(page.locator("h1")).to_have_text(STORY)
    page.goto(f"{page.url.split('#')[0]}/report")


def save(page: Page) -> None:
    """Save a version."""
    page.locator('#report-form button[value="save"]').click()
    expect(page.locator(".flashes .tone--done")).to_be_visible()


def test_a_report_that_came_back_is_corrected(demo: str, demo_person: Enter) -> None:
    eye, page = demo_person("bagus")
    open_report(page, demo)
    expect(page.locator("#section-identification .remark")).to_contain_text("Sebutkan nomor panel")
    area = page.locator('[name="report_draft-identification"]')
    area.focus()
    area.press("Control+End")
    area.press_sequentially("\n\nPanel timur nomor empat")
    area.press("Shift+Control+ArrowLeft")
    page.locator('[data-mark="bold"]').click()
    expect(page.locator("#preview-identification strong").last).to_have_text("empat")
    page.locator(".report-bar__insert summary").click()
    page.select_option("#figure", index=0)
    page.locator("[data-insert]").click()
    expect(page.locator("#preview-identification .paper-figure").last).to_be_visible()
    expect(page.locator(REVISION)).not_to_have_value("0")
    # Nothing was saved by hand, and all is there again.
    page.reload()
    assert "Panel timur nomor **empat**" in area.input_value()
    expect(page.locator("#section-identification .diff__added").first).to_contain_text("Panel timur")
    eye.look(page, "report/editor")
    save(page)
    page.goto(page.url.split("#")[0] + "/compare")
    expect(page.locator(".diff__added").nth(1)).to_contain_text("Panel timur")
    eye.look(page, "report/compare")
    eye.ensure_clean()


def test_of_two_tabs_neither_loses_a_word(demo: str, demo_person: Enter) -> None:
    eye, first = demo_person("bagus")
    open_report(first, demo)
    second = first.context.new_page()
    second.goto(first.url)
    second.fill('[name="report_draft-scope"]', "Ruang lingkup dari halaman kedua.")
    before = second.locator(REVISION).input_value()
    expect(second.locator(REVISION)).not_to_have_value(before)
    with eye.expecting(409):
        first.fill('[name="report_draft-scope"]', "Ruang lingkup dari halaman pertama.")
        expect(first.locator("[data-status]")).to_have_class("report-bar__status report-bar__status--warning")
        first.locator('#report-form button[value="save"]').click()
        expect(first.locator("#section-scope .report-conflict")).to_be_visible()
    expect(first.locator("#section-scope .report-conflict .diff__added")).to_contain_text("kedua")
    expect(first.locator('[name="report_draft-scope"]')).to_have_value("Ruang lingkup dari halaman pertama.")
    eye.look(first, "report/conflict")
    first.locator('[name="choose-scope"][value="theirs"]').check()
    save(first)
    expect(first.locator('[name="report_draft-scope"]')).to_have_value("Ruang lingkup dari halaman kedua.")
    eye.ensure_clean()


def test_leaving_to_write_an_answer_keeps_what_is_typed(demo: str, demo_person: Enter) -> None:
    eye, page = demo_person("bagus")
    open_report(page, demo)
    page.fill('[name="report_draft-closing"]', "Penutup yang baru diketik.")
    remark = page.locator("#section-recommendations .remark").first
    remark.locator("summary").click()
    remark.locator("textarea").fill("Akan ditambahkan.")
    remark.locator("form.remark__form button").click()
    expect(page.locator("#section-recommendations .remark__answer").last).to_contain_text("Akan ditambahkan.")
    expect(page.locator('[name="report_draft-closing"]')).to_have_value("Penutup yang baru diketik.")
    eye.ensure_clean()


def test_without_javascript_the_report_is_written_all_the_same(
    demo: str, demo_person: Enter, new_eye: Callable[..., Eye]
) -> None:
    _, signed_in = demo_person("bagus")
    state = signed_in.context.storage_state()
    eye = new_eye("bagus-plain", java_script_enabled=False, storage_state=state)
    page = eye.context.new_page()
    open_report(page, demo)
    page.fill('[name="report_draft-closing"]', "Ditulis tanpa JavaScript.")
    page.locator(".report-bar__insert summary").click()
    page.select_option("#into", "closing")
    page.locator("[data-insert]").click()
    expect(page.locator("#preview-closing .paper-figure")).to_be_visible()
    page.fill('[name="note"]', "Tanpa JavaScript")
    save(page)
    expect(page.locator('[name="report_draft-closing"]')).to_contain_text("Ditulis tanpa JavaScript.")
    eye.ensure_clean()
