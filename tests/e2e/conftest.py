"""What the browser journeys need: system programs, a running office, a machine to read, chromium.

Everything is started here and ended at the end of the run. A missing system program fails the run with the
command that adds it; nothing is skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from config import ROOT, child_environment
from helpdesk.demo.people import PASSWORD as DEMO_PASSWORD
from helpdesk.demo.programs import helpdesk_command
from tests.factories.browser import Eye, running_browser
from tests.factories.daemons import (
    PACKAGES,
    Agent,
    Server,
    find_program,
    running,
    snmp_agent,
    ssh_server,
)
from tests.factories.ports import HOST, free_port
from tests.factories.product import PASSWORD, Product, answers, fill_office, running_product


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


@dataclass(frozen=True)
class Machine:
    """This machine, as it can be read over the network."""

    agent: Agent
    server: Server


@pytest.fixture(scope="session")
def machine(system_programs: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Let this machine be read over SNMP and SSH."""
    folder = tmp_path_factory.mktemp("daemons")
    with snmp_agent(folder) as agent, ssh_server(folder) as server:
        yield Machine(agent, server)


@pytest.fixture
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Product]:
    """Run an office with people and planned work; `indirect` parameters choose the database."""
    url, server = "", None
    if getattr(request, "param", "sqlite") == "postgresql":
        server = request.getfixturevalue("postgresql_server")
        url = server.create_database()
    with running_product(tmp_path / "office", database_url=url) as product:
        fill_office(product)
        yield product
    if server is not None:
        server.drop_database(url)


@pytest.fixture
def enter(office: Product, new_eye: Callable[..., Eye]) -> Callable[..., tuple[Eye, Page]]:
    """Return what signs a person of the office in with a browser of their own."""

    def enter(username: str, **options: object) -> tuple[Eye, Page]:
        eye = new_eye(username, **options)
        page = eye.context.new_page()
        page.goto(f"{office.url}/sign-in")
        page.fill('[name="username"]', username)
        page.fill('[name="password"]', PASSWORD)
        with page.expect_navigation(url=lambda url: "/sign-in" not in url):
            page.locator("main form button[type=submit]").click()
        return eye, page

    return enter


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
        seconds=600,
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
