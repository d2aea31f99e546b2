"""What the desk knows beside the two readings it compares: what swung lately, what was configured anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpdesk.devices import reading
from helpdesk.evidence.configurations.models import Configuration
from helpdesk.evidence.configurations.queries import changes_between, configuration_change_since
from helpdesk.evidence.models import Snapshot
from helpdesk.evidence.rules import storable
from helpdesk.evidence.traps.models import ReceivedTrap
from helpdesk.findings import queries
from helpdesk.findings.models import StateChange

Key = tuple[str, str]
# Which change of a configuration a finding is about, among its values.
CONFIGURATION_ID = "configuration_id"
# A configuration takes its time to be read, and may be stored after a snapshot that was begun later.
SLACK = timedelta(minutes=15)
_LINK_TRAPS = ("linkDown", "linkUp")
_IF_INDEX = "1.3.6.1.2.1.2.2.1.1."


@dataclass(frozen=True)
class ConfigurationChange:
    """A change that was not told yet: the finding of it, and when it came."""

    finding: reading.Finding
    came_at: datetime


def count_swings(
    session: Session,
    snapshot: Snapshot,
    facts: reading.Snapshot,
    earlier: reading.Snapshot | None,
    rules: reading.RuleBook,
    *,
    is_open: frozenset[Key],
) -> dict[Key, int]:
    """Keep what changed since the reading before, and return how often each thing did in its rule's time."""
    spans = {
        (code, kind): timedelta(seconds=rules[code].within)
        for code, kind in reading.SWINGING.items()
        if code in rules and rules[code].enabled and rules[code].within
    }
    if not spans or earlier is None:
        return {}
    fresh = reading.list_state_changes(earlier, facts)
    flickers = _flickers(session, snapshot, facts, spans.get(("port_flapping", "port")))
    if fresh:
        _keep(session, snapshot, fresh, longest=max(spans.values()))
    if not fresh and not flickers and not any(code in reading.SWINGING for code, _ in is_open):
        return {}
    counted: Counter[Key] = Counter()
    rows = session.execute(
        select(StateChange.kind, StateChange.object, StateChange.at, StateChange.times).where(
            StateChange.device_id == snapshot.device_id,
            StateChange.at > snapshot.taken_at - max(spans.values()),
            StateChange.at <= snapshot.taken_at,
        )
    ).all()
    for (code, kind), span in spans.items():
        for row in rows:
            if row.kind == kind and row.at > snapshot.taken_at - span:
                counted[code, row.object] += row.times
    for name, count in flickers.items():
        # The traps tell of what came and went between two readings: the greater of the two is nearer.
        counted["port_flapping", name] = max(counted["port_flapping", name], count)
    return dict(counted)


def _keep(
    session: Session, snapshot: Snapshot, fresh: tuple[reading.StateChange, ...], *, longest: timedelta
) -> None:
    session.execute(
        delete(StateChange).where(
            StateChange.device_id == snapshot.device_id, StateChange.at < snapshot.taken_at - 2 * longest
        )
    )
    session.add_all(
        StateChange(
            device_id=snapshot.device_id,
            kind=one.kind,
            object=str(storable(one.object)),
            at=snapshot.taken_at,
            times=one.times,
        )
        for one in fresh
    )
    session.flush()


def _flickers(
    session: Session, snapshot: Snapshot, facts: reading.Snapshot, span: timedelta | None
) -> Mapping[str, int]:
    """Return of how many changes the device itself told, by the port's name."""
    if span is None:
        return {}
    rows = session.scalars(
        select(ReceivedTrap.varbinds).where(
            ReceivedTrap.device_id == snapshot.device_id,
            ReceivedTrap.received_at > snapshot.taken_at - span,
            ReceivedTrap.received_at <= snapshot.taken_at,
            ReceivedTrap.code.in_(_LINK_TRAPS),
        )
    ).all()
    if not rows:
        return {}
    names = {str(port.index): port.name for port in facts.interfaces}
    told = (next((each["value"] for each in row if each["oid"].startswith(_IF_INDEX)), None) for row in rows)
    return Counter(names[str(index)] for index in told if str(index) in names)


def find_configuration_change(
    session: Session, snapshot: Snapshot, before: Snapshot | None, rules: reading.RuleBook
) -> ConfigurationChange | None:
    """Return the latest change since the reading before, where the findings do not tell of it already."""
    rule = rules.get(reading.CONFIGURATION_CHANGED)
    name = snapshot.device.name
    if rule is None or not rule.enabled or before is None or not rule.looks_at(name):
        return None
    changed = configuration_change_since(session, snapshot.device_id, before.taken_at - SLACK)
    if changed is None or _is_told(session, changed, name):
        return None
    previous = session.get_one(Configuration, changed.previous_id)
    signs = Counter(line.sign for line in changes_between(previous, changed).changed)
    finding = reading.Finding(
        rule=reading.CONFIGURATION_CHANGED,
        object=name,
        severity=rule.severity,
        values={
            "added": str(signs["+"]),
            "removed": str(signs["-"]),
            CONFIGURATION_ID: str(changed.id),
            "before_id": str(previous.id),
            "sha256": changed.raw_sha256,
            "before_sha256": previous.raw_sha256,
        },
    )
    return ConfigurationChange(finding, changed.confirmed_at or changed.taken_at)


def _is_told(session: Session, changed: Configuration, name: str) -> bool:
    latest = queries.find_latest_of(
        session, changed.device_id, reading.CONFIGURATION_CHANGED, queries.object_key(name)
    )
    # A version is told of once; a later one has a greater number, an earlier one is history.
    return latest is not None and int(latest.values.get(CONFIGURATION_ID, 0)) >= changed.id


def changed_configuration(session: Session, values: Mapping[str, object]) -> Configuration | None:
    """Return the version that a finding tells of, or None where it is about something else."""
    number = values.get(CONFIGURATION_ID)
    return session.get(Configuration, int(str(number))) if number is not None else None
