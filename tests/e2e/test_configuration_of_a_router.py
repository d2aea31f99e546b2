"""`helpdesk scheduler --once` reads a real router's configuration over a real sshd into its history."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from config import HelpdeskSettings
from helpdesk import clock
from helpdesk.evidence.configurations import queries
from tests.factories.processes import environment_of, running
from tests.factories.router import frr_router
from tests.factories.ssh_logins import make_ssh_device


@pytest.mark.timeout(600)
def test_a_round_keeps_what_a_router_prints_whole_and_masked(
    session: Session, settings: HelpdeskSettings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with frr_router(tmp_path_factory.mktemp("router")) as router:
        device = make_ssh_device(
            session,
            settings,
            port=router.port,
            username=router.username,
            password=router.password,
            host_key=router.fingerprint,
            platform="frr",
            now=clock.now(),
            name="router-uji",
        )
        session.commit()
        with running("scheduler", "--once", environment=environment_of(settings)) as once:
            once.wait_for_line("1 configurations tried")
            assert once.process.wait(30) == 0
    session.expire_all()
    kept = queries.find_head(session, device.id)
    assert kept is not None
    text = queries.text_of(kept)
    assert "router bgp 65001" in text
    assert "neighbor 192.0.2.2 password" in text
    assert "rahasia-bgp" not in text
    assert text.splitlines()[-1] == "end"
    tried = queries.find_reading(session, device.id)
    assert tried is not None
    assert tried.failure == ""
