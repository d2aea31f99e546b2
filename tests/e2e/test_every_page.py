"""Every page of the office, as each person sees it: reachable, accessible, narrow enough, light enough."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from config import build_settings
from tests.factories.browser import VIEWS, Eye, weigh

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

Enter = Callable[[str], tuple[Eye, Page]]
LIST_PAGES = ("/desk", "/tickets", "/devices", "/register", "/sop")
MOST_BYTES = 100_000
# What is no page: files to keep, and what a link must not do while somebody looks around.
NO_PAGE = re.compile(
    r"/documents/|/attachments/|/lampiran/|\.json$|\.csv$|\.zip$|\.pem$|\.crl$|^/sign-in/code$|[/.]pdf$|/report/draft$|^/static/|^/health$|^/favicon"
)


ALL_VIEWS = tuple(VIEWS)
TWO_VIEWS = ("wide-light", "narrow-dark")
OTHER_VIEWS = ("wide-dark", "narrow-light")


def pattern_of(path: str) -> str:
    """Return the path with numbers left out: one ticket stands for all."""
    path = re.sub(r"/(ikuti|tanda-terima)/[^/]+", r"/\1/*", path)
    return re.sub(r"/\d+", "/*", path)


def crawl(eye: Eye, page: Page, start: str, *, views: tuple[str, ...], prefix: str) -> dict[str, str]:
    """Look at one page of each kind that links lead to, and return where each kind was seen."""
    origin = urlsplit(start)
    base = f"{origin.scheme}://{origin.netloc}"
    seen: dict[str, str] = {}
    waiting = [origin.path or "/"]
    while waiting:
        path = waiting.pop(0)
        pattern = pattern_of(path)
        if pattern in seen or NO_PAGE.search(path):
            continue
        seen[pattern] = path
        page.goto(base + path)
        name = pattern.strip("/").replace("/", "-").replace("*", "n") or "front"
        eye.look(page, f"{prefix}/{name}", views)
        links = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        for link in links:
            parts = urlsplit(link)
            if f"{parts.scheme}://{parts.netloc}" == base:
                waiting.append(parts.path)
    return seen


@pytest.mark.parametrize(
    ("username", "language", "views"),
    [
        ("ratna", "id", ALL_VIEWS),
        ("admin", "id", ALL_VIEWS),
        ("bagus", "id", TWO_VIEWS),
        ("dewi", "id", TWO_VIEWS),
        ("auditor", "id", TWO_VIEWS),
        ("ratna", "en", OTHER_VIEWS),
        ("admin", "en", OTHER_VIEWS),
    ],
)
def test_every_page_of_a_person_is_accessible_at_every_width(
    demo: str, demo_person: Enter, username: str, language: str, views: tuple[str, ...]
) -> None:
    eye, page = demo_person(username)
    if language != "id":
        page.locator(".tool--language").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    start = demo + ("/people" if username == "admin" else "/tickets")
    seen = crawl(eye, page, start, views=views, prefix=f"{language}-{username}")
    assert len(seen) > 5
    eye.ensure_clean()


def test_links_lead_to_every_page_there_is(
    demo: str, demo_person: Enter, new_eye: Callable[..., Eye], tmp_path: Path
) -> None:
    rules = import_module("helpdesk.application").create_app(build_settings(data_directory=tmp_path)).url_map
    visitor = new_eye("visitor")
    seen = set(crawl(visitor, visitor.context.new_page(), f"{demo}/", views=(), prefix="").values())
    for username in ("ratna", "bagus", "dewi", "admin", "auditor"):
        eye, page = demo_person(username)
        seen |= set(crawl(eye, page, f"{demo}/account", views=(), prefix="").values())
    for rule in rules.iter_rules():
        address = re.compile(re.sub("<[^>]+>", "[^/]+", str(rule)) + "$")
        if "GET" in (rule.methods or ()) and not NO_PAGE.search(str(rule)):
            assert any(address.match(path) for path in seen), f"no link leads to {rule}"


def test_public_pages_are_accessible_at_every_width(demo: str, new_eye: Callable[..., Eye]) -> None:
    eye = new_eye("public")
    page = eye.context.new_page()
    crawl(eye, page, f"{demo}/", views=tuple(VIEWS), prefix="id-public")
    eye.ensure_clean()


def test_the_component_gallery_is_accessible_at_every_width(demo: str, new_eye: Callable[..., Eye]) -> None:
    eye = new_eye("gallery")
    page = eye.context.new_page()
    page.goto(f"{demo}/_components")
    eye.look(page, "internal/components")
    eye.ensure_clean()


def test_list_pages_weigh_less_than_100_kb_on_a_first_visit(
    demo: str, demo_person: Enter, browser: Browser
) -> None:
    eye, _ = demo_person("ratna")
    state = eye.context.storage_state()
    too_heavy = {}
    for path in LIST_PAGES:
        weights = weigh(browser, demo + path, state=state)
        if sum(weights.values()) >= MOST_BYTES:
            too_heavy[path] = weights
    assert not too_heavy
