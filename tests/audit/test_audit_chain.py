"""The chain as the database keeps it, on both databases."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from helpdesk.audit import queries
from helpdesk.audit.models import AuditHead, AuditLink, Event, SealedFacts
from helpdesk.audit.rules import ERASURE
from helpdesk.audit.service import write_head
from helpdesk.database import Base, transaction
from helpdesk.events import ORIGIN, ORIGIN_IS_PERSONAL, record
from tests.factories.people import Office

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
# No part of the product listens for it: whichever tests ran before in this process, no ticket is needed.
KIND = "office_closed"


def _record(session: Session, count: int = 1, **data: object) -> None:
    with transaction(session):
        for number in range(count):
            record(session, KIND, at=NOW, number=number, **data)


def _without_guards(session: Session, table: str) -> None:
    """Take the triggers away, as somebody with the keys of the database could."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        session.execute(text("SET session_replication_role = replica"))
        return
    for act in ("update", "delete"):
        session.execute(text(f"DROP TRIGGER IF EXISTS {table}__no_{act}"))


def test_every_act_joins_the_chain_with_its_transaction(session: Session) -> None:
    _record(session, 3)
    _record(session, 2)
    verdict = queries.verify_chain(session)
    assert verdict.broken is None
    assert verdict.head.sequence == 5


def test_an_act_that_was_rolled_back_is_no_link(session: Session) -> None:
    _record(session)
    record(session, KIND, at=NOW)
    session.rollback()
    _record(session)
    assert queries.chain_head(session).sequence == 2
    assert queries.verify_chain(session).broken is None


def test_an_act_of_a_savepoint_that_was_taken_back_is_no_link(session: Session) -> None:
    with transaction(session):
        record(session, KIND, at=NOW, kept=True)
        savepoint = session.begin_nested()
        record(session, KIND, at=NOW, kept=False)
        savepoint.rollback()
        with session.begin_nested():
            record(session, KIND, at=NOW, kept=True)
    assert [event.data["kept"] for event in session.scalars(select(Event))] == [True, True]
    assert queries.verify_chain(session).broken is None
    assert queries.chain_head(session).sequence == 2


@pytest.mark.parametrize("table", ["events", "audit_links", "audit_heads", "sealed_facts"])
def test_the_database_refuses_to_change_what_is_recorded(session: Session, table: str) -> None:
    with transaction(session):
        record(session, KIND, at=NOW, sealed={"name": "Sri Wahyuni"})
    with transaction(session):
        write_head(session, date(2026, 11, 23), now=NOW)
    column = {"events": "kind", "audit_links": "sha256", "audit_heads": "sha256", "sealed_facts": "salt"}[
        table
    ]
    with pytest.raises(DatabaseError, match="only added"):
        session.execute(text(f"UPDATE {table} SET {column} = 'x'"))
    session.rollback()


@pytest.mark.parametrize("table", ["audit_links", "audit_heads", "events"])
def test_the_database_refuses_to_take_away_what_is_recorded(session: Session, table: str) -> None:
    _record(session)
    with transaction(session):
        write_head(session, date(2026, 11, 23), now=NOW)
    with pytest.raises(DatabaseError, match="only added"):
        session.execute(text(f"DELETE FROM {table}"))
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        with pytest.raises(DatabaseError, match="only added"):
            session.execute(text(f"TRUNCATE {table} CASCADE"))
        session.rollback()


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("events", "id"),
        ("audit_links", "sequence"),
        ("audit_links", "event_id"),
        ("audit_heads", "day"),
        ("sealed_facts", "event_id"),
    ],
)
def test_the_database_refuses_to_write_over_what_is_recorded(session: Session, table: str, keys: str) -> None:
    """On SQLite a replacing INSERT deletes past the triggers; on PostgreSQL it is an UPDATE."""
    with transaction(session):
        record(session, KIND, at=NOW, sealed={"name": "Sri Wahyuni"})
    with transaction(session):
        write_head(session, date(2026, 11, 23), now=NOW)
    before = session.execute(text(f"SELECT * FROM {table}")).all()
    # The other key of a link is a new one, so that the row can only be taken by the one that is named.
    columns = Base.metadata.tables[table].columns.keys()
    values = ", ".join("99" if (column, keys) == ("sequence", "event_id") else column for column in columns)
    if session.get_bind().dialect.name == "postgresql":
        ending = f"ON CONFLICT ({keys}) DO UPDATE SET {keys} = excluded.{keys}"
        statement = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} {ending}"
    else:
        statement = f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table}"
    with pytest.raises(DatabaseError, match="only added"):
        session.execute(text(statement))
    session.rollback()
    assert session.execute(text(f"SELECT * FROM {table}")).all() == before


def test_a_changed_act_is_named(session: Session) -> None:
    _record(session, 5)
    third = session.scalars(select(Event).order_by(Event.id)).all()[2].id
    _without_guards(session, "events")
    session.execute(update(Event).where(Event.id == third).values(actor_name="Orang Lain"))
    verdict = queries.verify_chain(session)
    assert verdict.broken is not None
    assert (verdict.broken.sequence, verdict.broken.event_id, verdict.broken.reason) == (3, third, "changed")


def test_an_act_slipped_past_the_chain_is_named(session: Session) -> None:
    _record(session, 2)
    session.execute(
        insert(Event).values(at=NOW, kind="made_up", actor_name="", actor_role="", origin="", data={})
    )
    verdict = queries.verify_chain(session)
    assert verdict.broken is not None
    assert verdict.broken.reason == "unchained"


def test_links_taken_from_the_end_are_missed_where_the_head_was_written_down(session: Session) -> None:
    _record(session, 4)
    with transaction(session):
        assert write_head(session, date(2026, 11, 23), now=NOW) is not None
    _without_guards(session, "audit_links")
    _without_guards(session, "events")
    last = session.scalars(select(AuditLink).order_by(AuditLink.sequence.desc())).first()
    assert last is not None
    event_id = last.event_id
    session.execute(delete(AuditLink).where(AuditLink.sequence == last.sequence))
    session.execute(delete(Event).where(Event.id == event_id))
    verdict = queries.verify_chain(session)
    assert verdict.broken is not None
    assert (verdict.broken.sequence, verdict.broken.reason) == (4, "head")


def test_a_head_is_written_once_a_day(session: Session) -> None:
    _record(session)
    with transaction(session):
        assert write_head(session, date(2026, 11, 23), now=NOW) is not None
    _record(session)
    with transaction(session):
        assert write_head(session, date(2026, 11, 23), now=NOW) is None
    assert [row[:2] for row in queries.daily_heads(session, 2026)] == [(date(2026, 11, 23), 1)]
    assert session.get(AuditHead, date(2026, 11, 24)) is None


def test_personal_facts_can_be_erased_and_the_chain_stays_whole(session: Session) -> None:
    with transaction(session):
        act = record(
            session, KIND, at=NOW, ticket_id=7, sealed={"name": "Sri Wahyuni", "e-mail": "sri@example.go.id"}
        )
        event_id = act.id
    assert queries.verify_chain(session).broken is None
    with transaction(session):
        session.execute(delete(SealedFacts).where(SealedFacts.event_id == event_id))
        record(session, ERASURE, at=NOW, ticket_id=7)
    assert queries.verify_chain(session).broken is None
    act_now = session.get(Event, event_id)
    assert act_now is not None
    assert "Sri" not in str(act_now.data)


def test_changed_personal_facts_are_named(session: Session) -> None:
    with transaction(session):
        record(session, KIND, at=NOW, sealed={"name": "Sri Wahyuni"})
    _without_guards(session, "sealed_facts")
    session.execute(update(SealedFacts).values(facts={"name": "Orang Lain"}))
    verdict = queries.verify_chain(session)
    assert verdict.broken is not None
    assert verdict.broken.reason == "sealed"


def test_personal_facts_that_vanish_without_an_act_are_named(session: Session) -> None:
    with transaction(session):
        kept = record(session, KIND, at=NOW, ticket_id=7, sealed={"name": "Sri Wahyuni"})
        record(session, KIND, at=NOW, ticket_id=8, sealed={"name": "Orang Lain"})
        record(session, ERASURE, at=NOW, ticket_id=8)
    session.execute(delete(SealedFacts))
    verdict = queries.verify_chain(session)
    assert verdict.broken is not None
    # Of the other ticket an act says that they were erased.
    assert (verdict.broken.sequence, verdict.broken.event_id, verdict.broken.reason) == (
        1,
        kept.id,
        "seal_gone",
    )


def test_the_address_of_a_requester_is_sealed_and_that_of_an_official_is_not(
    session: Session, office: Office
) -> None:
    session.info.update({ORIGIN: "203.0.113.7", ORIGIN_IS_PERSONAL: True})
    with transaction(session):
        asked = record(session, KIND, at=NOW, ticket_id=7)
        recorded = record(session, KIND, at=NOW, ticket_id=7, by=office.kabag)
    assert (asked.origin, recorded.origin) == ("requester", "203.0.113.7")
    assert session.get_one(SealedFacts, asked.id).facts == {"origin": "203.0.113.7"}
    assert queries.verify_chain(session).broken is None


def test_an_act_says_where_it_came_from(session: Session) -> None:
    session.info[ORIGIN] = "cli"
    _record(session)
    assert session.scalars(select(Event.origin)).one() == "cli"


def test_acts_of_many_at_once_make_one_chain(engine: Engine) -> None:
    def work(worker: int) -> None:
        with Session(engine) as own:
            for number in range(20):
                with transaction(own):
                    record(own, KIND, at=NOW, worker=worker, number=number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        verdict = queries.verify_chain(session)
        assert verdict.broken is None
        assert verdict.head.sequence == 160


def test_ten_thousand_acts_are_checked_for_little_more_than_reading_them(session: Session) -> None:
    """The check costs a small multiple of reading the same rows: a ratio in the same run, not a time.

    Counted in the processor's time of this thread: what else the machine does in between is not ours.
    """
    for _ in range(10):
        _record(session, 1000, reason="perangkat diganti", before={"port": 1}, after={"port": 2})
    started = time.thread_time()
    rows = session.execute(select(Event.id, Event.data, Event.at)).all()
    reading = time.thread_time() - started
    started = time.thread_time()
    verdict = queries.verify_chain(session)
    checking = time.thread_time() - started
    assert (len(rows), verdict.head.sequence, verdict.broken) == (10_000, 10_000, None)
    assert checking < 40 * reading
