"""The admin registers this machine by hand: site, credentials, device, tests, host key, snapshot, import."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.factories.browser import Eye
from tests.factories.ports import HOST
from tests.factories.product import Product

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


def fill_and_send(page: Page, values: dict[str, object], leads_to: str) -> None:
    """Fill in the page's form and send it."""
    for name, value in values.items():
        part = page.locator(f'main [name="{name}"]')
        if part.evaluate("one => one.tagName") == "SELECT":
            part.select_option(str(value))
        else:
            part.fill(str(value))
    with page.expect_navigation(url=re.compile(leads_to)):
        page.locator("main form button[type=submit]").first.click()


def test_a_device_is_registered_tested_and_read(
    office: Product, machine: Any, enter: Callable[[str], tuple[Eye, Page]], tmp_path: Path
) -> None:
    eye, page = enter("admin")
    page.goto(f"{office.url}/sites/new")
    fill_and_send(page, {"code": "UJI", "name": "Ruang server uji"}, "/sites$")
    page.goto(f"{office.url}/credentials/new/snmp_v2c")
    fill_and_send(page, {"name": "Komunitas uji", "community": machine.agent.community}, "/credentials$")
    page.goto(f"{office.url}/credentials/new/ssh")
    login = {"name": "SSH uji", "username": machine.server.username, "password": machine.server.password}
    fill_and_send(page, login, "/credentials$")
    expect(page.locator("main")).not_to_contain_text(machine.server.password)
    page.goto(f"{office.url}/devices/new")
    for name, label in (("snmp_credential_id", "Komunitas uji"), ("ssh_credential_id", "SSH uji")):
        page.select_option(f'[name="{name}"]', label=label)
    ports = {"snmp_port": machine.agent.port, "ssh_port": machine.server.port}
    fill_and_send(page, {"name": "peladen-uji", "address": HOST, **ports}, r"/devices/\d+$")
    eye.look(page, "devices/not-read-yet")

    device = page.url
    try_out(eye, page, device, "ssh")
    page.locator('form[action$="/host-key"] button').click()
    page.wait_for_url(device)
    expect(page.locator("main")).to_contain_text(machine.server.fingerprint)
    try_out(eye, page, device, "snmp")
    expect(page.locator("main .tone--done").first).to_be_visible()
    try_out(eye, page, device, "ssh")
    expect(page.locator("main .tone--done").first).to_be_visible()

    page.goto(device)
    page.locator('form[action$="/snapshot"] button').click()
    page.wait_for_url(re.compile("/snapshots/"))
    for _, interface in socket.if_nameindex():
        expect(page.locator("main")).to_contain_text(interface)
    eye.look(page, "devices/snapshot")
    import_more(eye, page, office, tmp_path)
    eye.ensure_clean()


def try_out(eye: Eye, page: Page, device: str, protocol: str) -> None:
    """Press the button that tests the connection."""
    page.goto(device)
    page.locator(f'form[action$="/test/{protocol}"] button').click()
    page.wait_for_url(re.compile(f"/test/{protocol}$"))
    eye.look(page, f"devices/test-{protocol}")


def import_more(eye: Eye, page: Page, office: Product, folder: Path) -> None:
    """Import a list with a good and a bad row: the preview shows both, only the good one is stored."""
    rows = folder / "perangkat.csv"
    rows.write_text("site;name;address\nUJI;sw-impor;192.0.2.7\nTIDAK-ADA;sw-salah;192.0.2.8\n", "utf-8")
    page.goto(f"{office.url}/devices/import")
    page.set_input_files('[name="file"]', rows)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("sw-impor")
    expect(page.locator("main")).to_contain_text("TIDAK-ADA")
    eye.look(page, "devices/import-preview")
