"""From the evidence of a ticket to the comparison that answers what the office asks: before and after."""

from __future__ import annotations

import random
import re
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from helpdesk.evidence import service as evidence
from helpdesk.evidence.models import Snapshot
from helpdesk.tickets.service.evidence import attach_snapshot
from network import Snapshot as Facts
from tests.factories.network import make_device
from tests.factories.people import Office
from tests.factories.readings import moved_on, switch_facts
from tests.factories.tickets import make_ticket


def _store(session: Session, device: Any, facts: Facts) -> Snapshot:
    run = evidence.request_snapshot(session, device, reason="manual", now=facts.taken_at)
    run.state = "done"
    return evidence.store_snapshot(session, run, facts, now=facts.taken_at)


def test_each_snapshot_of_a_ticket_leads_to_its_comparisons(
    client: FlaskClient, session: Session, sign_in: Any, office: Office, now: datetime
) -> None:
    device, other, chance = make_device(session), make_device(session), random.Random(5)
    facts = [switch_facts(2, chance)]
    for _each in range(2):
        facts.append(moved_on(facts[-1], chance, seconds=900))
    first, between, last = (_store(session, device, each) for each in facts)
    alone = _store(session, other, facts[0])
    ticket = make_ticket(session, now=now)
    # The one in between is no evidence: the ticket compares what it holds.
    for snapshot in (first, last, alone):
        attach_snapshot(session, ticket, snapshot, now=now)
    session.commit()
    sign_in(client, office.kabag)
    page = client.get(f"/tickets/{ticket.id}").text
    links = set(re.findall(r'href="(/devices/\d+/compare\?[^"]+)"', page.replace("&amp;", "&")))

    def link(snapshot: Snapshot, before: Snapshot | None = None) -> str:
        named = [f"after={snapshot.id}", *([f"before={before.id}"] if before else [])]
        return f"/devices/{snapshot.device_id}/compare?{'&'.join(named)}"

    assert links == {link(last, first), link(last), link(first), link(alone)}
    assert between.id not in (first.id, last.id)
    for address in links:
        assert client.get(address).status_code == 200
