"""What the readings show is proposed on the identification, decided on, and kept with its evidence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.findings import queries as findings_queries
from helpdesk.sop import queries as sop_queries
from helpdesk.tickets.models import TicketDevice
from tests.factories.network import make_device
from tests.factories.pages import read_form
from tests.factories.snapshots import make_facts, make_port, store

PREFIX = "identification__proposals-"
STEP = timedelta(minutes=5)


@pytest.fixture
def device(session, ticket):
    """A device of the ticket, with two ports that fell."""
    made = make_device(session, name="sw-inti")
    now = clock.now()
    session.add(TicketDevice(ticket_id=ticket.id, device_id=made.id, added_at=now))
    ports = [make_port("Gi1"), make_port("Gi2", 2)]
    store(session, made, make_facts(made, now - 3 * STEP, *ports))
    fallen = [make_port("Gi1", oper_status="down"), make_port("Gi2", 2, oper_status="down")]
    store(session, made, make_facts(made, now - 2 * STEP, *fallen))
    session.commit()
    return made


@pytest.fixture
def at_step_three(device, walk, ticket):
    walk(3)
    return ticket


def identify(do_step, office, ticket, **fields):
    given = {"identification__conclusion": "Dua port terputus.", **fields}
    return do_step(office.pelaksana, ticket.id, **given)


def outcome(session, ticket):
    session.expire_all()
    return sop_queries.output_data(ticket.run, kind="identification")


def test_open_findings_of_the_devices_are_proposed_with_their_evidence(
    client, sign_in, office, session, at_step_three, device
):
    sign_in(client, office.pelaksana)
    page = client.get(f"/tickets/{at_step_three.id}").text
    first, second = findings_queries.list_told(session, [device.id])
    for finding in (first, second):
        assert f"Port {finding.object}, which was up, is now down." in page
        assert f"/snapshots/{finding.last_snapshot_id}" in page
        assert finding.last_snapshot.sha256[:12] in page


def test_a_proposal_that_nobody_decided_keeps_the_step_open(do_step, office, session, at_step_three):
    answer = identify(do_step, office, at_step_three)
    assert answer.status_code == 422
    assert "Decide on every proposal: accept, edit or reject it." in answer.text
    assert not outcome(session, at_step_three)


def test_all_are_accepted_with_one_tick_and_stand_in_the_finding_of_their_device(
    do_step, office, session, at_step_three, device
):
    answer = identify(do_step, office, at_step_three, identification__accept_rest="y")
    assert answer.status_code == 302, answer.text
    data = outcome(session, at_step_three)
    assert [one["decision"] for one in data["proposals"]] == ["accept", "accept"]
    (found,) = data["findings"]
    assert found["written"] == ""
    for one in data["proposals"]:
        assert f"{one['text']} (sejak " in found["finding"]
        assert f"cuplikan {one['snapshot_id']}, SHA-256 {one['sha256'][:12]}" in found["finding"]


def test_a_proposal_is_edited_or_rejected_with_a_reason(do_step, office, session, at_step_three):
    decisions = {
        f"{PREFIX}0__decision": "edit",
        f"{PREFIX}0__words": "Kabel Gi1 digigit tikus.",
        f"{PREFIX}1__decision": "reject",
    }
    refused = identify(do_step, office, at_step_three, **decisions)
    assert refused.status_code == 422
    assert "Write why the proposal is rejected." in refused.text
    assert "Kabel Gi1 digigit tikus." in refused.text
    reason = {f"{PREFIX}1__reason": "Port cadangan, memang dilepas."}
    assert identify(do_step, office, at_step_three, **decisions, **reason).status_code == 302
    data = outcome(session, at_step_three)
    assert "Kabel Gi1 digigit tikus. (sejak" in data["findings"][0]["finding"]
    assert "Gi2" not in data["findings"][0]["finding"]
    assert data["proposals"][1]["reason"] == "Port cadangan, memang dilepas."


def test_what_is_over_meanwhile_can_still_be_accepted(
    client, sign_in, office, session, at_step_three, device
):
    sign_in(client, office.pelaksana)
    _, fields = read_form(client.get(f"/tickets/{at_step_three.id}").text, "step-form")
    for number in range(2):
        at = clock.now() - STEP + timedelta(minutes=number)
        store(session, device, make_facts(device, at, make_port("Gi1"), make_port("Gi2", 2)))
    session.commit()
    given = {
        **fields.to_dict(),
        "identification-conclusion": "Pulih sendiri.",
        "identification-accept_rest": "y",
        "action": "complete",
    }
    assert client.post(f"/tickets/{at_step_three.id}/step", data=given).status_code == 302
    assert len(outcome(session, at_step_three)["proposals"]) == 2


def test_a_finding_of_another_device_is_not_taken_in(do_step, office, session, at_step_three):
    other = make_device(session)
    now = clock.now()
    store(session, other, make_facts(other, now - 2 * STEP, make_port()))
    store(session, other, make_facts(other, now - STEP, make_port(oper_status="down")))
    session.commit()
    (foreign,) = findings_queries.list_told(session, [other.id])
    crafted = {f"{PREFIX}0__finding_id": str(foreign.id), f"{PREFIX}0__decision": "accept"}
    answer = identify(do_step, office, at_step_three, identification__accept_rest="y", **crafted)
    assert answer.status_code == 302
    assert foreign.id not in [one["finding_id"] for one in outcome(session, at_step_three)["proposals"]]


def test_muted_findings_are_not_proposed(client, sign_in, office, session, at_step_three, device):
    for finding in findings_queries.list_told(session, [device.id]):
        finding.is_muted = True
    session.commit()
    sign_in(client, office.pelaksana)
    assert "Proposed findings" not in client.get(f"/tickets/{at_step_three.id}").text


def test_after_a_return_what_was_decided_stands_there_again(
    client, do_step, sign_in, office, session, at_step_three, device
):
    fields = {
        "identification__accept_rest": "y",
        "identification__findings-0__finding": "Dilihat di tempat.",
    }
    assert identify(do_step, office, at_step_three, **fields).status_code == 302
    refs = ["conclusion", f"finding-{device.id}"]
    verdicts = {f"verification__verdicts-{n}__ref": ref for n, ref in enumerate(refs)}
    verdicts |= {f"verification__verdicts-{n}__verdict": "rejected" for n in range(2)}
    verdicts |= {f"verification__verdicts-{n}__reason": "Periksa lagi." for n in range(2)}
    answer = do_step(office.kasubbag, at_step_three.id, **verdicts)
    assert answer.status_code == 302, answer.text
    sign_in(client, office.pelaksana)
    _, form = read_form(client.get(f"/tickets/{at_step_three.id}").text, "step-form")
    assert form["identification-proposals-0-decision"] == "accept"
    assert form["identification-findings-0-finding"] == "Dilihat di tempat."
