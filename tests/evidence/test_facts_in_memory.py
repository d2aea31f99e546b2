"""Whoever listens to a snapshot is given what is stored, and it is decoded once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from helpdesk import events
from helpdesk.devices import reading
from helpdesk.evidence import queries
from helpdesk.evidence.errors import EvidenceBroken
from helpdesk.evidence.facts import load_earlier_facts, load_facts
from helpdesk.evidence.models import Snapshot
from helpdesk.evidence.queries import find_previous_snapshot
from network import CommandOutput, Processor
from tests.factories.moments import MORNING
from tests.factories.network import make_device
from tests.factories.snapshots import make_facts, make_port, store

# What Python can hold and the frozen bytes cannot: it is judged as it will be read, not as it came.
ODD = (
    {"processors": (Processor(name="CPU", usage_percent=float("nan")),)},
    {"processors": (Processor(name="CPU \udcff", usage_percent=-0.0),)},
    {"processors": (Processor(name="CPU\0", usage_percent=97),)},
    {
        "commands": (
            CommandOutput(
                command="show clock",
                output="10:00\r\n",
                complete=True,
                duration_ms=1,
                started_at=MORNING + timedelta(microseconds=1234),
                rows=({"time": "10:00", "zones": ["WIB"]},),
            ),
        )
    },
)


@pytest.mark.parametrize("parts", ODD, ids=["nan", "surrogate", "nul", "command"])
def test_who_listens_is_given_the_facts_of_the_stored_bytes(
    session: Session, parts: dict[str, object]
) -> None:
    heard: list[tuple[reading.Snapshot, reading.Snapshot | None]] = []

    def listen(session: Session, event: events.Event) -> None:
        snapshot = session.get_one(Snapshot, event.data["snapshot_id"])
        heard.append(
            (
                load_facts(session, snapshot),
                load_earlier_facts(session, find_previous_snapshot(session, snapshot)),
            )
        )

    events.listen("snapshot_taken", listen)
    device = make_device(session)
    ids = [
        store(session, device, make_facts(device, at, make_port(), make_port("Gi2", 2), **parts)).id
        for at in (MORNING + timedelta(microseconds=7), MORNING + timedelta(minutes=5))
    ]
    session.commit()
    session.expire_all()
    first, second = (
        reading.Snapshot.from_dict(queries.load_content(session.get_one(Snapshot, each))) for each in ids
    )
    assert heard == [(first, None), (second, first)]


def test_a_snapshot_and_the_one_before_are_decoded_once_each_while_one_is_stored(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = make_device(session)
    events.listen(
        "snapshot_taken",
        lambda session, event: load_facts(session, session.get_one(Snapshot, event.data["snapshot_id"])),
    )
    store(session, device, make_facts(device, MORNING, make_port()))
    decoded: list[str] = []
    real = reading.Snapshot.from_dict

    def count(data: dict[str, object]) -> reading.Snapshot:
        decoded.append(str(data["taken_at"]))
        return real(data)

    monkeypatch.setattr(reading.Snapshot, "from_dict", count)
    second = store(session, device, make_facts(device, MORNING + timedelta(minutes=5), make_port()))
    assert load_earlier_facts(session, find_previous_snapshot(session, second)) is not None
    assert sorted(decoded) == ["2026-11-23T02:30:00.000Z", "2026-11-23T02:35:00.000Z"]


def test_the_next_transaction_looks_at_the_stored_bytes_again(session: Session) -> None:
    device = make_device(session)
    snapshot = store(session, device, make_facts(device, MORNING, make_port()))
    assert load_facts(session, snapshot).interfaces
    session.commit()
    session.execute(update(Snapshot).values(content=b"spoilt"))
    session.commit()
    with pytest.raises(EvidenceBroken):
        load_facts(session, snapshot)
