"""One round of the scheduler reads the configurations that are due, too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.evidence.configurations import queries
from helpdesk.jobs.tasks import Tasks
from network.lab.ssh_device import FakeSshDevice
from tests.factories.ssh_logins import make_row_of, running_switch

TEXT = "hostname sw1\nsnmp-server community sangat-rahasia RO\nend"


@pytest.fixture
def switch() -> Iterator[FakeSshDevice]:
    """Give a switch with a configuration."""
    with running_switch({"show running-config": TEXT}) as running:
        yield running


def test_a_round_keeps_the_configuration_of_a_device_that_is_due_and_reads_it_once(
    app: Flask, engine: Engine, session: Session, settings: HelpdeskSettings, switch: FakeSshDevice
) -> None:
    device = make_row_of(switch, session, settings, now=clock.now())
    session.commit()
    tasks = Tasks(app, sessionmaker(engine), settings)
    assert tasks.once()["read"] == 1
    assert tasks.once()["read"] == 0
    tasks.pool.close(within_seconds=5)
    session.expire_all()
    kept = queries.find_head(session, device.id)
    assert kept is not None
    text = queries.text_of(kept)
    assert text.splitlines()[0] == "hostname sw1"
    assert "sangat-rahasia" not in text
    # The session took one of the places of its site, which all processes share.
    assert list((settings.data_directory / "ssh-sessions").glob(f"{device.site_id}-*.lock"))
    assert switch.received.count("show running-config") == 1
