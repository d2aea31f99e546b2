"""Chromium, and what is looked at on every page it shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from config import ROOT
from tests.factories.daemons import find_program

REPORT = ROOT / "e2e-report"
AXE = ROOT / "tests" / "e2e" / "vendor" / "axe.min.js"
WIDE, NARROW = (1366, 768), (360, 740)
VIEWS = {
    "wide-light": (WIDE, "light"),
    "wide-dark": (WIDE, "dark"),
    "narrow-light": (NARROW, "light"),
    "narrow-dark": (NARROW, "dark"),
}
# Two cores, often busy with other things: patience costs nothing where all goes well.
PATIENCE_MS = 120_000
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--no-default-browser-check",
)
_RUN_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  return found.violations.map(one => ({
    id: one.id, impact: one.impact, help: one.help,
    nodes: one.nodes.slice(0, 5).map(node => node.target.join(' ') + ' :: ' + node.failureSummary),
  }));
}"""
# What axe judges by: the order of elements with their classes and attributes, and whether they hold text;
# rows of a list that are alike count once.
_STRUCTURE = """() => {
  const told = /^(class|role|type|hidden|disabled|lang|aria-(current|expanded|hidden|sort|invalid))$/;
  const of = one => {
    const all = [...one.attributes].sort((a, b) => a.name < b.name ? -1 : 1);
    const own = all.map(({name, value}) => told.test(name) ? name + '=' + value : name);
    const has_text = [...one.childNodes].some(each => each.nodeType === 3 && each.data.trim());
    const inside = [...one.children].map(of).filter((each, place, all) => each !== all[place - 1]);
    return `${one.tagName}[${own.join(' ')}]${has_text ? 't' : ''}(${inside.join('')})`;
  };
  return of(document.documentElement);
}"""
# View and structure of the pages in which axe found nothing: another person's page that is built alike, in
# the same colours and width, cannot hold anything new.
_found_clean: set[tuple[str, str]] = set()
_OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > wide + 1)
    .slice(0, 8).map(one => one.tagName + '.' + one.className);
}"""


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Start Debian's chromium."""
    path = find_program("chromium")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
        yield browser
        browser.close()


@dataclass
class Eye:
    """Watches one browser context: what the console says, what fails, how pages look."""

    context: BrowserContext
    name: str
    problems: list[str] = field(default_factory=list)
    expected_status: int | None = None

    def __post_init__(self) -> None:
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self._note(f"script error: {error.error}"))
        self.context.on("requestfailed", self._see_failure)
        self.context.on("response", self._see_answer)

    def _note(self, problem: str) -> None:
        self.problems.append(f"{self.name}: {problem}")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        # A refused form is an answer too; chromium calls it a failure to load.
        if f"status of {self.expected_status} " in message.text:
            return
        self._note(f"console: {message.text} ({message.location.get('url')})")

    def _see_failure(self, request: Request) -> None:
        # A download is "aborted" as a page: it becomes a file.
        if request.failure != "net::ERR_ABORTED":
            self._note(f"failed: {request.method} {request.url}: {request.failure}")

    def _see_answer(self, response: Response) -> None:
        if response.status >= 400 and response.status != self.expected_status:
            self._note(f"{response.status}: {response.request.method} {response.url}")

    @contextmanager
    def expecting(self, status: int) -> Iterator[None]:
        """Let an answer of this status pass within the block."""
        self.expected_status = status
        try:
            yield
        finally:
            self.expected_status = None

    def look(self, page: Page, name: str, views: tuple[str, ...] = tuple(VIEWS)) -> None:
        """Examine the page as it stands: width in each view, accessibility in each scheme; keep pictures."""
        examined = _one_a_scheme(views)
        for view in views:
            (width, height), scheme = VIEWS[view]
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            for each in page.evaluate(_OVERFLOW):
                self._note(f"{name} {view}: wider than the screen: {each}")
            if view in examined:
                for each in self._unseen_violations(page, view):
                    self._note(f"{name} {view}: axe {each}")
            path = REPORT / f"{name}.{view}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=path, full_page=True, animations="disabled")
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        page.emulate_media(color_scheme="light")

    def _unseen_violations(self, page: Page, view: str) -> list[str]:
        structure = hashlib.sha256(page.evaluate(_STRUCTURE).encode()).hexdigest()
        if (view, structure) in _found_clean:
            return []
        found = self.accessibility(page)
        if not found:
            _found_clean.add((view, structure))
        return found

    def accessibility(self, page: Page) -> list[str]:
        """Return what axe finds."""
        if not page.evaluate("() => typeof axe === 'object'"):
            page.evaluate(AXE.read_text("utf-8"))
        return [json.dumps(each, ensure_ascii=False, indent=1) for each in page.evaluate(_RUN_AXE)]

    def leave(self) -> None:
        """Close the context; what nobody asked about is printed, with a picture of where it ended."""
        if self.problems:
            print("\n".join(dict.fromkeys(self.problems)))
            for number, page in enumerate(self.context.pages):
                page.screenshot(path=REPORT / "left" / f"{self.name}-{number}.png", full_page=True)
        self.context.close()

    def ensure_clean(self) -> None:
        """Fail with all that was wrong so far."""
        if self.problems:
            problems = "\n".join(dict.fromkeys(self.problems))
            self.problems.clear()
            pytest.fail(problems, pytrace=False)


def _one_a_scheme(views: tuple[str, ...]) -> tuple[str, ...]:
    """Return of all four views the two that differ in both; who is shown two has them examined both."""
    return ("wide-light", "narrow-dark") if len(views) == len(VIEWS) else views


def weigh(browser: Browser, url: str, *, state: Any = None) -> dict[str, int]:
    """Return what each answer of a first visit weighs on the wire."""
    context = browser.new_context(storage_state=state)
    try:
        page = context.new_page()
        answered: list[Request] = []
        page.on("requestfinished", lambda request: answered.append(request))
        page.goto(url, wait_until="networkidle", timeout=PATIENCE_MS)
        weights = {}
        for request in answered:
            sizes = request.sizes()
            weights[request.url] = sizes["responseBodySize"] + sizes["responseHeadersSize"]
        return weights
    finally:
        context.close()
