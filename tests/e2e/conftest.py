"""What the browser journeys need: system programs, a running office, a machine to read, chromium.

Everything is started here and ended at the end of the run. A missing system program fails the run with the
command that adds it; nothing is skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from config import ROOT, child_environment
from helpdesk.demo.people import PASSWORD as DEMO_PASSWORD
from helpdesk.demo.programs import helpdesk_command
from tests.factories.browser import Eye, running_browser
from tests.factories.daemons import HOST, PACKAGES, find_program, free_port, running
from tests.factories.product import answers


@pytest.fixture(scope="session", autouse=True)
def system_programs() -> None:
    """Make sure of every program before the first test starts."""
    for name in PACKAGES:
        find_program(name)


@pytest.fixture(scope="session")
def browser(system_programs: None) -> Iterator[Browser]:
    """Give chromium."""
    with running_browser() as started:
        yield started


@pytest.fixture
def new_eye(browser: Browser) -> Iterator[Callable[..., Eye]]:
    """Return what opens a browser context of its own, as another person's browser would be."""
    eyes: list[Eye] = []

    def open_context(name: str, **options: object) -> Eye:
        eyes.append(Eye(browser.new_context(locale="id-ID", **options), name))  # type: ignore[arg-type]
        return eyes[-1]

    yield open_context
    for eye in eyes:
        eye.leave()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the demo office as `make run` does, and give its address."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    url = f"http://{HOST}:{port}"
    environment = child_environment(
        data_directory=str(folder / "var"), component_gallery="true", submissions_per_hour="1000"
    )
    with running(
        "run",
        helpdesk_command("run", "--port", str(port)),
        folder=folder,
        environment=environment,
        where=ROOT,
        is_ready=lambda: _is_ready(folder / "run.log") and answers(f"{url}/health"),
        seconds=180,
    ):
        yield url


def _is_ready(log: Path) -> bool:
    return log.exists() and "Siap / Ready" in log.read_text("utf-8", "replace")


@pytest.fixture
def demo_person(demo: str, new_eye: Callable[..., Eye]) -> Callable[[str], tuple[Eye, Page]]:
    """Return what signs somebody of the demo office in."""

    def enter(username: str) -> tuple[Eye, Page]:
        eye = new_eye(username)
        page = eye.context.new_page()
        page.goto(f"{demo}/sign-in")
        page.fill('[name="username"]', username)
        page.fill('[name="password"]', DEMO_PASSWORD)
        with page.expect_navigation(url=lambda url: "/sign-in" not in url):
            page.locator("main form button[type=submit]").click()
        return eye, page

    return enter
