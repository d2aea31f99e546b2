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
from helpdesk.demo.people import PASSWORD
from tests.factories.browser import VIEWS, Eye, weigh
from tests.factories.moments import office_day

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

Enter = Callable[[str], tuple[Eye, Page]]
LIST_PAGES = ("/desk", "/tickets", "/devices", "/register", "/sop")
MOST_BYTES = 100_000
# What is no page: files to keep, and what a link must not do while somebody looks around.
NO_PAGE = re.compile(
    r"/documents/|^/metrics$|/attachments/|/lampiran/|\.json$|\.csv$|\.zip$|\.pem$|\.crl$|^/sign-in/code$|[/.]pdf$|/report/draft$|^/health-reports/[^/]+/file$|\.txt$|^/static/|^/health$|^/favicon"
)


DEVICE_PAGES = {
    "/devices/*/also",
    "/devices/*/ports/*",
    "/devices/*/compare",
    "/devices/*/compare/chosen",
    "/devices/*/configurations",
    "/devices/*/configurations/*",
    "/devices/*/configurations/compare/chosen",
}
ALL_VIEWS = tuple(VIEWS)
TWO_VIEWS = ("wide-light", "narrow-dark")
OTHER_VIEWS = ("wide-dark", "narrow-light")


@pytest.fixture(scope="module", autouse=True)
def deputy(demo: str, browser: Browser) -> None:
    """Let somebody act for the head next month: the lists of the demo office then hold a decree to come."""
    page = browser.new_context(locale="id-ID").new_page()
    page.goto(f"{demo}/sign-in")
    page.fill('[name="username"]', "admin")
    page.fill('[name="password"]', PASSWORD)
    with page.expect_navigation(url=lambda url: "/sign-in" not in url):
        page.locator("main form button[type=submit]").click()
    page.goto(f"{demo}/people/acting/new/head")
    chosen = page.locator('[name="person_id"] option', has_text="Bagus Prasetyo").get_attribute("value")
    page.select_option('[name="person_id"]', value=chosen)
    page.fill('[name="decree_number"]', "SPT-170/SET/2026")
    for name, days in {"starts_on": 30, "ends_on": 33}.items():
        page.fill(f'[name="{name}"]', office_day(days=days).isoformat())
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("SPT-170/SET/2026")
    page.context.close()


def pattern_of(address: str) -> str:
    """Return the path with numbers left out: one ticket stands for all.

    A comparison that names what it compares is another page than the one that offers the choice.
    """
    path, _mark, query = address.partition("?")
    path = re.sub(r"/(ikuti|tanda-terima|verify)/[^/]+", r"/\1/*", path)
    return re.sub(r"/\d+", "/*", path) + ("/chosen" if query else "")


def shape_of(rule: str) -> str:
    """Return the addresses of a route as an expression: the form for a new thing is not the page of one."""
    return re.sub("<[^>]+>", "[^/]+", re.sub("<int:[^>]+>", r"\\d+", rule))


def look_at_own_steps(eye: Eye, page: Page, demo: str, *, views: tuple[str, ...], prefix: str) -> int:
    """Look at each kind of step that waits on the desk, and at its clock, and count them."""
    page.goto(f"{demo}/desk")
    rows = page.get_by_role("link", name=re.compile("^TKT-"))
    addresses = rows.evaluate_all("all => all.map(one => one.href)")
    seen: set[str] = set()
    for address in dict.fromkeys(addresses):
        page.goto(address)
        if not page.locator("#step-form").count():
            continue
        action = str(page.locator("#step-title").inner_text())
        if action in seen:
            continue
        seen.add(action)
        name = re.sub("[^a-z]+", "-", action.lower()).strip("-")
        eye.look(page, f"{prefix}/{name}", views)
        page.locator("#clock a").first.click()
        expect(page.locator("h1")).not_to_have_text("")
        eye.look(page, f"{prefix}/{name}-why", views)
    return len(seen)


def signed_ticket(page: Page, demo: str) -> str:
    """Return the way to the ticket that was closed first: its papers are signed."""
    page.goto(f"{demo}/tickets?status=closed")
    return urlsplit(
        str(page.get_by_role("link", name=re.compile("^TKT-")).last.evaluate("one => one.href"))
    ).path


def incident_ticket(page: Page, demo: str) -> str:
    """Return the way to the ticket that opened by itself: the evidence of its event is frozen on it."""
    page.goto(f"{demo}/tickets?q=RPS")
    return urlsplit(
        str(page.get_by_role("link", name=re.compile("^TKT-")).first.evaluate("one => one.href"))
    ).path


def core_switch(page: Page, demo: str) -> str:
    """Return the way to the switch that commands and configurations are read from."""
    page.goto(f"{demo}/devices?q=sw-inti")
    return urlsplit(str(page.get_by_role("link", name="sw-inti-jkt").first.evaluate("one => one.href"))).path


def crawl(
    eye: Eye, page: Page, start: str, *, views: tuple[str, ...], prefix: str, also: tuple[str, ...] = ()
) -> dict[str, str]:
    """Look at one page of each kind that links lead to, and return where each kind was seen.

    The pages at `also` are looked at too, although others of their kind were seen.
    """
    origin = urlsplit(start)
    base = f"{origin.scheme}://{origin.netloc}"
    seen: dict[str, str] = {}
    waiting = [origin.path or "/", *also]
    while waiting:
        path = waiting.pop(0)
        pattern = pattern_of(path)
        if path in also:
            # The second of a kind is looked at as well as the first.
            before = [pattern_of(one) for one in also[: also.index(path)]].count(pattern)
            pattern += f"/also-{before + 1}" if before else "/also"
        if pattern in seen or NO_PAGE.search(urlsplit(path).path):
            continue
        seen[pattern] = urlsplit(path).path
        page.goto(base + path)
        name = pattern.strip("/").replace("/", "-").replace("*", "n") or "front"
        eye.look(page, f"{prefix}/{name}", views)
        links = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        for link in links:
            parts = urlsplit(link)
            if f"{parts.scheme}://{parts.netloc}" == base:
                compares = parts.query and parts.path.endswith("/compare")
                waiting.append(f"{parts.path}?{parts.query}" if compares else parts.path)
    return seen


@pytest.mark.parametrize(
    ("username", "language", "views"),
    [
        ("ratna", "id", ALL_VIEWS),
        ("admin", "id", ALL_VIEWS),
        ("bagus", "id", TWO_VIEWS),
        ("dewi", "id", TWO_VIEWS),
        ("wayan", "id", OTHER_VIEWS),
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
    # From the core switch on: commands, configurations, comparisons, graphs of a port.
    reads = username in ("ratna", "auditor")
    also = (signed_ticket(page, demo), core_switch(page, demo), incident_ticket(page, demo)) if reads else ()
    seen = crawl(eye, page, start, views=views, prefix=f"{language}-{username}", also=also)
    if reads:
        assert set(seen) >= DEVICE_PAGES | {"/tickets/*/also-2"}
    assert len(seen) > 5
    eye.ensure_clean()


@pytest.mark.parametrize(
    ("username", "language"),
    [("ratna", "id"), ("bagus", "en"), ("dewi", "id"), ("fajar", "en"), ("putri", "id")],
)
def test_every_step_on_a_desk_is_accessible_at_every_width(
    demo: str, demo_person: Enter, username: str, language: str
) -> None:
    eye, page = demo_person(username)
    if language != "id":
        page.locator(".tool--language").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    views = TWO_VIEWS if language == "id" else OTHER_VIEWS
    assert look_at_own_steps(eye, page, demo, views=views, prefix=f"{language}-{username}-steps")
    eye.ensure_clean()


def test_links_lead_to_every_page_there_is(
    demo: str, demo_person: Enter, new_eye: Callable[..., Eye], tmp_path: Path
) -> None:
    rules = import_module("helpdesk.application").create_app(build_settings(data_directory=tmp_path)).url_map
    visitor = new_eye("visitor")
    seen = set(crawl(visitor, visitor.context.new_page(), f"{demo}/", views=(), prefix="").values())
    for username in ("ratna", "bagus", "dewi", "wayan", "admin", "auditor"):
        eye, page = demo_person(username)
        also = (signed_ticket(page, demo) if username == "ratna" else core_switch(page, demo),)
        seen |= set(crawl(eye, page, f"{demo}/account", views=(), prefix="", also=also).values())
    pages = [str(rule) for rule in rules.iter_rules() if "GET" in (rule.methods or ())]
    unreached = [
        rule
        for rule in pages
        if not NO_PAGE.search(rule) and not any(re.fullmatch(shape_of(rule), path) for path in seen)
    ]
    assert not unreached


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
