"""Judge a snapshot by the rules: what is not as it should be, and what could be judged at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Final

from network.compare import Changes, compare_snapshots, index_interfaces, neighbour_names
from network.health.rulebook import RuleBook, Severity, shipped_rules
from network.observations import Snapshot

_DOWN: Final = ("down", "lowerLayerDown", "notPresent")
_POWER_BAD: Final = ("failed", "warning")
_OSPF_GOOD: Final = ("full", "twoWay")
# Rule → the parts of a snapshot without which it says nothing.
_NEEDS: Final[dict[str, frozenset[str]]] = {
    "port_went_down": frozenset({"interfaces"}),
    "port_missing": frozenset({"interfaces"}),
    "errors": frozenset({"interfaces"}),
    "discards": frozenset({"interfaces"}),
    "utilisation": frozenset({"interfaces"}),
    "processor": frozenset({"processors"}),
    "memory": frozenset({"memory"}),
    "storage": frozenset({"storage"}),
    "temperature": frozenset({"sensors"}),
    "battery": frozenset({"sensors"}),
    "power": frozenset({"power"}),
    "on_battery": frozenset({"ups"}),
    "bgp_peer_lost": frozenset({"bgp_peers"}),
    "ospf_neighbour_lost": frozenset({"ospf_neighbours"}),
    "neighbour_lost": frozenset({"neighbours"}),
    "alarm": frozenset({"alarms"}),
    "port_flapping": frozenset({"interfaces"}),
    "peer_flapping": frozenset({"bgp_peers", "ospf_neighbours"}),
}
# The rules that count how often a state changed, by what changed.
SWINGING: Final = {"port_flapping": "port", "peer_flapping": "peer"}
# What no snapshot shows: the history of the configurations does.
CONFIGURATION_CHANGED: Final = "configuration_changed"
# These compare with the moment before: without it they say nothing.
_NEEDS_RATES: Final = frozenset({"errors", "discards", "utilisation"})
_NEEDS_BEFORE: Final = frozenset({"restarted", "port_missing", "neighbour_lost", *SWINGING})
Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it should be: rule and object are its identity."""

    rule: str
    object: str
    severity: Severity
    values: dict[str, str] = field(default_factory=dict)

    def describe(self, language: str, rules: RuleBook | None = None) -> str:
        """Return the finding as a sentence in Indonesian or English."""
        text = (rules or shipped_rules())[self.rule].text.in_language(language)
        return text.format_map(_Filled(self.values, object=self.object))


class _Filled(dict[str, str]):
    """The values of a sentence; one that an old finding does not have is a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What is bad in a snapshot, and which rules could be judged: what is neither is not known."""

    bad: tuple[Finding, ...]
    judged: frozenset[str]
    # Things that a rule could not look at although it was judged: a port whose counters were reset.
    unknown: frozenset[Key] = frozenset()

    def is_over(self, rule: str, subject: str) -> bool:
        """Tell whether something that was bad is known to be good now."""
        key = (rule, subject)
        return rule in self.judged and key not in self.unknown and key not in self._bad_keys

    @cached_property
    def _bad_keys(self) -> frozenset[Key]:
        return frozenset((one.rule, one.object) for one in self.bad)


def find_problems(
    snapshot: Snapshot, previous: Snapshot | None = None, rules: RuleBook | None = None
) -> tuple[Finding, ...]:
    """Return what is wrong in a snapshot, and what became wrong since the previous one."""
    return judge(snapshot, previous, rules).bad


def judge(
    snapshot: Snapshot,
    previous: Snapshot | None = None,
    rules: RuleBook | None = None,
    is_open: frozenset[Key] = frozenset(),
    changed: Mapping[Key, int] = MappingProxyType({}),
) -> Judgement:
    """Judge a snapshot; `is_open` are the findings (rule, object) that go on until they are past `clear`.

    `changed` says how often a port or a peer changed its state in the time that its rule counts over.
    """
    book = rules or shipped_rules()
    judge_one = _Judge(snapshot, book, is_open)
    if not snapshot.has_data:
        reason = ", ".join(failure.code for failure in snapshot.failures) or "no data"
        judge_one.add("unreachable", snapshot.target.name, reason=reason)
        return Judgement(bad=tuple(judge_one.found), judged=judge_one.enabled({"unreachable"}))
    before = previous if previous is not None and previous.has_data else None
    changes = compare_snapshots(before, snapshot) if before is not None else None
    judge_one.look(before, changes)
    judge_one.look_at_swings(changed)
    broken = {failure.probe for failure in snapshot.failures}
    blind = {rule for rule, parts in _NEEDS.items() if parts & broken or broken & {"snmp", "system"}}
    if not snapshot.interfaces:
        blind |= {rule for rule, parts in _NEEDS.items() if "interfaces" in parts}
    if changes is None or changes.interval_seconds is None:
        blind |= _NEEDS_RATES
    if changes is None:
        blind |= _NEEDS_BEFORE
    return Judgement(
        bad=tuple(judge_one.found),
        judged=judge_one.enabled(set(book) - blind - {CONFIGURATION_CHANGED}),
        unknown=frozenset(_without_rates(changes)) if changes is not None else frozenset(),
    )


def _without_rates(changes: Changes) -> Iterator[Key]:
    """Yield the ports of which no honest rate is known."""
    for rates in changes.rates:
        if rates.in_errors_per_second is None and rates.out_errors_per_second is None:
            yield ("errors", rates.name)
        if rates.in_discards_per_second is None and rates.out_discards_per_second is None:
            yield ("discards", rates.name)
        if rates.in_bps is None and rates.out_bps is None:
            yield ("utilisation", rates.name)


class _Judge:
    """Collects what is bad, rule by rule."""

    def __init__(self, snapshot: Snapshot, rules: RuleBook, is_open: frozenset[Key]) -> None:
        self._snapshot, self._rules, self._open = snapshot, rules, is_open
        self.found: list[Finding] = []
        self._keys: set[Key] = set()

    def enabled(self, codes: set[str]) -> frozenset[str]:
        return frozenset(code for code in codes if code in self._rules and self._rules[code].enabled)

    def add(self, code: str, subject: str, **values: str) -> None:
        rule = self._rules.get(code)
        if rule is None or not rule.enabled or not rule.looks_at(subject):
            return
        if (code, subject) not in self._keys:
            self._keys.add((code, subject))
            self.found.append(Finding(rule=code, object=subject, severity=rule.severity, values=values))

    def look(self, before: Snapshot | None, changes: Changes | None) -> None:
        if not self._snapshot.complete:
            failures = {f"{failure.probe}: {failure.code}" for failure in self._snapshot.failures}
            self.add("incomplete", self._snapshot.target.name, reason=", ".join(sorted(failures)))
        self._look_at_levels()
        self._look_at_states()
        self._look_at_peers(before)
        self._look_at_ports(before)
        if changes is not None:
            self._look_at_changes(changes)
            self._look_at_rates(changes)

    def look_at_swings(self, changed: Mapping[Key, int]) -> None:
        """What changed its state too often, and what still does."""
        for code, subject in sorted(changed.keys() | {key for key in self._open if key[0] in SWINGING}):
            count, rule = changed.get((code, subject), 0), self._rules.get(code)
            minutes = f"{rule.within / 60:g}" if rule is not None else ""
            self._level(code, subject, count, count=str(count), minutes=minutes)

    def _level(self, code: str, subject: str, value: float | None, **values: str) -> None:
        rule = self._rules.get(code)
        is_open = (code, subject) in self._open
        if rule is not None and value is not None and rule.is_bad(value, is_open=is_open):
            self.add(code, subject, **values)

    def _look_at_levels(self) -> None:
        snapshot = self._snapshot
        for processor in snapshot.processors:
            value = processor.usage_percent
            self._level("processor", processor.name, value, percent=_whole(value))
        for pool in snapshot.memory:
            self._level("memory", pool.name, pool.usage_percent, percent=_whole(pool.usage_percent))
        for volume in snapshot.storage:
            self._level("storage", volume.name, volume.usage_percent, percent=_whole(volume.usage_percent))
        for sensor in snapshot.sensors:
            if sensor.kind == "temperature":
                self._level("temperature", sensor.name, sensor.value, celsius=f"{sensor.value or 0:.1f}")
            elif sensor.kind == "charge":
                self._level("battery", sensor.name, sensor.value, percent=_whole(sensor.value))

    def _look_at_states(self) -> None:
        snapshot = self._snapshot
        for supply in snapshot.power:
            if supply.status in _POWER_BAD:
                self.add("power", supply.name, status=supply.status)
        if snapshot.ups is not None and snapshot.ups.source == "battery":
            self.add("on_battery", snapshot.target.name)
        for alarm in snapshot.alarms:
            self.add("alarm", alarm.name, status=alarm.severity)

    def _look_at_peers(self, before: Snapshot | None) -> None:
        """A peer that was there before, or whose loss is known, and is not there now."""
        now_bgp = {peer.address: peer.state for peer in self._snapshot.bgp_peers}
        now_ospf = {one.router_id or one.address: one.state for one in self._snapshot.ospf_neighbours}
        was_bgp = {p.address for p in before.bgp_peers if p.state == "established"} if before else set()
        was_ospf = (
            {one.router_id or one.address for one in before.ospf_neighbours if one.state in _OSPF_GOOD}
            if before
            else set()
        )
        for name in sorted(was_bgp | self._open_of("bgp_peer_lost")):
            if now_bgp.get(name) != "established":
                self.add("bgp_peer_lost", name, status=now_bgp.get(name) or "–")
        for name in sorted(was_ospf | self._open_of("ospf_neighbour_lost")):
            if now_ospf.get(name) not in _OSPF_GOOD:
                self.add("ospf_neighbour_lost", name, status=now_ospf.get(name) or "–")

    def _open_of(self, code: str) -> set[str]:
        return {subject for rule, subject in self._open if rule == code}

    def _look_at_ports(self, before: Snapshot | None) -> None:
        """A port that was up before, or whose fall is known, and is wanted up and is not."""
        old = index_interfaces(before) if before is not None else {}
        fallen = self._open_of("port_went_down")
        for name, port in index_interfaces(self._snapshot).items():
            was_up = name in old and old[name].oper_status == "up"
            if port.oper_status in _DOWN and port.admin_status == "up" and (was_up or name in fallen):
                self.add("port_went_down", name)
            if port.oper_status == "up" and name in old and old[name].oper_status in _DOWN:
                self.add("port_came_up", name)

    def _look_at_changes(self, changes: Changes) -> None:
        if changes.restarted:
            self.add("restarted", self._snapshot.target.name)
        names = set(index_interfaces(self._snapshot))
        gone = set(changes.removed_interfaces) | (self._open_of("port_missing") - names)
        for name in sorted(gone):
            self.add("port_missing", name)
        seen = neighbour_names(self._snapshot)
        lost = set(changes.removed_neighbours) | (self._open_of("neighbour_lost") - seen)
        for name in sorted(lost):
            self.add("neighbour_lost", name)

    def _look_at_rates(self, changes: Changes) -> None:
        ports = index_interfaces(self._snapshot)
        for rates in changes.rates:
            errors = max(rates.in_errors_per_second or 0, rates.out_errors_per_second or 0)
            discards = max(rates.in_discards_per_second or 0, rates.out_discards_per_second or 0)
            self._level("errors", rates.name, errors, rate=f"{errors:.1f}")
            self._level("discards", rates.name, discards, rate=f"{discards:.1f}")
            speed = ports[rates.name].rated_bps
            if speed:
                load = max(rates.in_bps or 0, rates.out_bps or 0) * 100 / speed
                self._level("utilisation", rates.name, load, percent=_whole(load))


def _whole(value: float | None) -> str:
    return f"{value or 0:.0f}"
