"""Use cases of findings: judge each snapshot that is stored, plan and end maintenance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from helpdesk import events
from helpdesk.accounts.models import Person
from helpdesk.devices import reading
from helpdesk.devices.models import Device, Site
from helpdesk.events import Event, record
from helpdesk.evidence.facts import load_earlier_facts, load_facts
from helpdesk.evidence.models import Snapshot
from helpdesk.evidence.queries import find_previous_snapshot
from helpdesk.evidence.rules import storable
from helpdesk.findings import observing, queries, scoping
from helpdesk.findings.errors import WindowOver, WindowRefused
from helpdesk.findings.models import FindingRecord, FindingTurn, MaintenanceWindow
from helpdesk.findings.rules import TOLD, Life, State, Timing, Turn, begin, find_silent_ancestor, go_on

# The rule that a device behind another one is judged by: who lies behind it is silent too.
UNREACHABLE = "unreachable"
# The turns that people and tickets hear of.
_RECORDED = (Turn.OPENED, Turn.WORSENED, Turn.FLAPPING, Turn.RECOVERED)
LONGEST_WINDOW = timedelta(days=31)


@dataclass
class _Office:
    """The rules that this office judges by; a second book takes the place of the first."""

    rules: reading.RuleBook | None = None


_office = _Office()


def listen_to_snapshots(rules: reading.RuleBook) -> None:
    """Have every snapshot judged, once, in the transaction that stores it."""
    _office.rules = rules
    events.listen("snapshot_taken", _judge_taken)


def _judge_taken(session: Session, event: Event) -> None:
    assert _office.rules is not None, "listen_to_snapshots was not called"
    note_snapshot(session, session.get_one(Snapshot, event.data["snapshot_id"]), _office.rules, now=event.at)


def note_snapshot(session: Session, snapshot: Snapshot, rules: reading.RuleBook, *, now: datetime) -> None:
    """Judge a snapshot and take every finding of its device one reading on."""
    if queries.has_later_snapshot(session, snapshot):
        return
    rules = scoping.rules_of_device(session, snapshot.device_id, rules)
    alive = {(one.rule, one.object): one for one in queries.list_alive(session, snapshot.device_id)}
    judgement, came_at = _judged(session, snapshot, rules, frozenset(alive))
    in_maintenance = queries.is_in_maintenance(session, snapshot.device, now)
    for bad in judgement.bad:
        if rules[bad.rule].is_change:
            # Something that happened, and no state that goes on.
            continue
        known, timing = alive.get((bad.rule, bad.object)), _timing(rules[bad.rule])
        # What happened at a moment is muted by the maintenance of that moment, whenever it is read.
        moment = came_at.get(bad.rule)
        is_muted = in_maintenance or (
            moment is not None and queries.is_in_maintenance(session, snapshot.device, moment)
        )
        if known is None:
            _begin(session, bad, snapshot, timing, is_muted)
            continue
        known.values, known.severity = storable(bad.values), bad.severity.value
        _move(session, known, snapshot, partial(go_on, is_bad=True), timing, is_muted)
    for (code, subject), known in alive.items():
        if judgement.is_over(code, subject):
            # The end of maintenance tells of what is still so; what happened in it is past.
            is_muted = in_maintenance or (known.is_muted and rules[code].is_moment)
            _move(session, known, snapshot, partial(go_on, is_bad=False), _timing(rules[code]), is_muted)


def _judged(
    session: Session, snapshot: Snapshot, rules: reading.RuleBook, alive: frozenset[tuple[str, str]]
) -> tuple[reading.Judgement, dict[str, datetime]]:
    """Return what the reading shows, and of what happened at a moment of its own, when."""
    before = find_previous_snapshot(session, snapshot)
    facts, earlier = load_facts(session, snapshot), load_earlier_facts(session, before)
    swings = observing.count_swings(session, snapshot, facts, earlier, rules, is_open=alive)
    judgement = reading.judge(facts, earlier, rules, alive, swings)
    if before is None or reading.CONFIGURATION_CHANGED not in rules:
        return judgement, {}
    change = observing.find_configuration_change(session, snapshot, before, rules)
    judged = judgement.judged | {reading.CONFIGURATION_CHANGED}
    if change is None:
        return replace(judgement, judged=judged), {}
    bad = (*judgement.bad, change.finding)
    return replace(judgement, bad=bad, judged=judged), {reading.CONFIGURATION_CHANGED: change.came_at}


def _timing(rule: reading.HealthRule) -> Timing:
    return Timing(
        hold=rule.hold,
        recover=rule.recover,
        hold_for=timedelta(seconds=rule.hold_for),
        recover_after=timedelta(seconds=rule.recover_after),
    )


def _begin(
    session: Session, bad: reading.Finding, snapshot: Snapshot, timing: Timing, is_muted: bool
) -> None:
    subject, key = str(storable(bad.object)), queries.object_key(bad.object)
    before = queries.find_latest_of(session, snapshot.device_id, bad.rule, key)
    life, turns = begin(timing, snapshot.taken_at, _life_of(before) if before else None)
    finding = FindingRecord(
        device_id=snapshot.device_id,
        rule=bad.rule,
        object=subject,
        object_key=key,
        severity=bad.severity.value,
        values=storable(bad.values),
        first_snapshot_id=snapshot.id,
        last_snapshot_id=snapshot.id,
        is_muted=is_muted,
    )
    _keep(finding, life)
    session.add(finding)
    session.flush()
    _tell(session, finding, turns, snapshot, is_muted)


def _move(
    session: Session,
    finding: FindingRecord,
    snapshot: Snapshot,
    step: partial[tuple[Life, tuple[Turn, ...]]],
    timing: Timing,
    is_muted: bool,
) -> None:
    life, turns = step(_life_of(finding), timing=timing, at=snapshot.taken_at)
    was_bad = life.last_seen_at == snapshot.taken_at
    _keep(finding, life)
    if was_bad:
        finding.last_snapshot_id = snapshot.id
    if finding.is_muted and not is_muted and life.state in TOLD:
        # The work on the device is over and it is still so: now it is told.
        turns = (Turn.OPENED, *(turn for turn in turns if turn is not Turn.OPENED))
        finding.is_muted = False
    elif life.state is State.PENDING or Turn.OPENED in turns:
        finding.is_muted = is_muted
    _tell(session, finding, turns, snapshot, is_muted)


def _life_of(finding: FindingRecord) -> Life:
    return Life(
        state=State(finding.state),
        streak=finding.streak,
        first_seen_at=finding.first_seen_at,
        last_seen_at=finding.last_seen_at,
        opened_at=finding.opened_at,
        recovered_at=finding.recovered_at,
        swings=tuple(datetime.fromisoformat(moment) for moment in finding.swings),
        is_flapping=finding.is_flapping,
        good_since=finding.good_since,
    )


def _keep(finding: FindingRecord, life: Life) -> None:
    finding.state, finding.streak, finding.is_flapping = life.state.value, life.streak, life.is_flapping
    finding.first_seen_at, finding.last_seen_at = life.first_seen_at, life.last_seen_at
    finding.opened_at, finding.recovered_at = life.opened_at, life.recovered_at
    finding.good_since = life.good_since
    finding.swings = [moment.isoformat() for moment in life.swings]


def _tell(
    session: Session, finding: FindingRecord, turns: tuple[Turn, ...], snapshot: Snapshot, is_muted: bool
) -> None:
    """Write the turns down, and record those that people act on.

    What was told is also told to be over during maintenance: else whoever works on it would never hear.
    """
    parent = _unreachable_parent(session, finding)
    if parent is not None:
        finding.values = {**finding.values, "through": parent.name}
    for turn in turns:
        session.add(
            FindingTurn(
                finding_id=finding.id,
                turn=turn.value,
                at=snapshot.taken_at,
                snapshot_id=snapshot.id,
                is_muted=is_muted,
            )
        )
        is_quiet = finding.is_muted or (is_muted and turn is not Turn.RECOVERED)
        if turn in _RECORDED and not is_quiet:
            record(
                session,
                f"finding_{turn.value}",
                at=snapshot.taken_at,
                finding_id=finding.id,
                device_id=finding.device_id,
                rule=finding.rule,
                object=finding.object[:200],
                snapshot_id=snapshot.id,
                parent_device_id=parent.id if parent is not None else None,
            )


def _unreachable_parent(session: Session, finding: FindingRecord) -> Device | None:
    """Return the device before a silent one that is silent itself: the trouble is there."""
    if finding.rule != UNREACHABLE:
        return None
    parents = queries.parents_above(session, finding.device_id)
    silent = queries.list_silent_device_ids(session, parents)
    parent_id = find_silent_ancestor(finding.device_id, parents, silent)
    return session.get(Device, parent_id) if parent_id is not None else None


def plan_maintenance(
    session: Session,
    *,
    device: Device | None = None,
    site: Site | None = None,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    now: datetime,
    by: Person,
) -> MaintenanceWindow:
    """Plan a time in which nothing is told of one device, or of all at a site."""
    if (device is None) == (site is None):
        raise WindowRefused(field="device_id", reason="Choose a device or a site, one of the two.")
    if ends_at <= starts_at:
        raise WindowRefused(field="ends_at", reason="The end must come after the beginning.")
    if ends_at <= now:
        raise WindowRefused(field="ends_at", reason="The end must lie in the future.")
    if ends_at - starts_at > LONGEST_WINDOW:
        raise WindowRefused(field="ends_at", reason="A maintenance window lasts at most 31 days.")
    if not reason.strip():
        raise WindowRefused(field="reason", reason="Write what is being done.")
    window = MaintenanceWindow(
        device_id=device.id if device else None,
        site_id=site.id if site else None,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.strip(),
        planned_by_id=by.id,
        planned_at=now,
    )
    session.add(window)
    session.flush()
    record(
        session,
        "maintenance_planned",
        at=now,
        by=by,
        window_id=window.id,
        device_id=window.device_id,
        site_id=window.site_id,
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(),
    )
    return window


def end_maintenance(session: Session, window: MaintenanceWindow, *, now: datetime, by: Person) -> None:
    """End a window now; one that has not begun is called off."""
    if window.ends_at <= now:
        raise WindowOver
    window.ends_at, window.ended_by_id = max(now, window.starts_at), by.id
    record(session, "maintenance_ended", at=now, by=by, window_id=window.id)
