"""The chain of acts, on plain values."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.audit.rules import (
    GENESIS,
    Act,
    Head,
    Link,
    facts_of,
    follow,
    link_digest,
    moment_text,
    seal_digest,
)

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
WORDS = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


def _act(number: int, **changes: object) -> Act:
    values: dict[str, object] = {
        "id": number,
        "at": AT + timedelta(minutes=number),
        "kind": "step_completed",
        "ticket_id": 7,
        "actor_id": 3,
        "actor_name": "Bagus Prasetyo",
        "actor_role": "subhead",
        "acting": None,
        "origin": "192.0.2.1",
        "data": {"step_number": number, "reason": "sudah diperbaiki — ‘beres’"},
        "sealed_sha256": None,
    }
    return Act(**{**values, **changes})  # type: ignore[arg-type]


def _chain(acts: list[Act]) -> list[Link]:
    links, digest = [], GENESIS
    for number, act in enumerate(acts, start=1):
        digest = link_digest(digest, act)
        links.append(Link(number, digest, act))
    return links


def test_a_link_is_what_the_documentation_says() -> None:
    """Recomputed here from the words alone, as an auditor would."""
    act = _act(1)
    text = json.dumps(
        {**act._asdict(), "at": "2026-11-23T01:01:00.000000+00:00"},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert link_digest(GENESIS, act) == hashlib.sha256(f"{GENESIS}\n{digest}".encode()).hexdigest()


def test_an_unbroken_chain_ends_at_its_last_link() -> None:
    links = _chain([_act(number) for number in range(1, 30)])
    verdict = follow(links)
    assert verdict.broken is None
    assert verdict.head == Head(29, links[-1].sha256)


@given(
    st.integers(0, 11),
    st.sampled_from(
        ["kind", "actor_name", "actor_role", "origin", "ticket_id", "actor_id", "acting", "data", "at"]
    ),
    VALUES,
)
def test_whatever_is_changed_in_an_act_breaks_the_chain_there(place: int, field: str, value: object) -> None:
    links = _chain([_act(number) for number in range(1, 13)])
    link = links[place]
    assert link.act is not None
    changed_value = AT if field == "at" else value
    if getattr(link.act, field) == changed_value and type(getattr(link.act, field)) is type(changed_value):
        return
    links[place] = link._replace(act=link.act._replace(**{field: changed_value}))
    verdict = follow(links)
    assert verdict.broken is not None
    assert (verdict.broken.sequence, verdict.broken.reason) == (place + 1, "changed")
    assert verdict.head.sequence == place


@given(st.integers(0, 10))
def test_a_link_taken_out_leaves_a_gap(place: int) -> None:
    links = _chain([_act(number) for number in range(1, 13)])
    del links[place]
    verdict = follow(links)
    assert verdict.broken is not None
    assert (verdict.broken.sequence, verdict.broken.reason) == (place + 1, "gap")


def test_two_acts_in_each_others_place_break_the_chain() -> None:
    links = _chain([_act(1), _act(2)])
    swapped = [links[0]._replace(act=links[1].act), links[1]._replace(act=links[0].act)]
    assert follow(swapped).broken is not None


def test_a_link_without_its_act_is_named() -> None:
    links = _chain([_act(1), _act(2)])
    verdict = follow([links[0], links[1]._replace(act=None)])
    assert verdict.broken is not None
    assert (verdict.broken.sequence, verdict.broken.reason) == (2, "act_missing")


def test_a_moment_is_written_the_same_in_every_zone() -> None:
    jakarta = AT.astimezone(timezone(timedelta(hours=7)))
    assert moment_text(jakarta) == moment_text(AT) == "2026-11-23T01:00:00.000000+00:00"


def test_the_chain_holds_every_field_of_an_act() -> None:
    assert set(facts_of(_act(1))) == set(Act._fields)


def test_a_seal_depends_on_its_salt_and_its_facts() -> None:
    facts = {"name": "Sri Wahyuni"}
    assert len({seal_digest("a", facts), seal_digest("b", facts), seal_digest("a", {"name": "Sri"})}) == 3
