"""Rules that are different for a group of devices, or for one: which book a device is judged by.

The office's rules are those of the file; a group changes some of their figures, and a device has the last
word. Of several groups of a device, the first by name decides each figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from helpdesk.accounts.models import Person
from helpdesk.devices import reading
from helpdesk.devices.models import Device, DeviceGroup, device_group_members
from helpdesk.events import record
from helpdesk.findings.errors import OverrideNotFound, OverrideRefused
from helpdesk.findings.models import RuleOverride

# What may be different. Which things a rule is about, and its words, are the office's alone.
FIGURES = ("threshold", "clear", "hold_for", "recover_after", "within", "enabled", "severity", "opens_ticket")


@dataclass(frozen=True)
class Scope:
    """Whom an override is for: one of the two."""

    group: DeviceGroup | None = None
    device: Device | None = None

    @property
    def key(self) -> str:
        """Return how the constraint sees it."""
        if self.device is not None:
            return f"device:{self.device.id}"
        assert self.group is not None, "an override is for a group or a device"
        return f"group:{self.group.id}"


def rules_of_device(session: Session, device_id: int, rules: reading.RuleBook) -> reading.RuleBook:
    """Return the rules that the device is judged by; one statement."""
    groups = select(device_group_members.c.group_id).where(device_group_members.c.device_id == device_id)
    rows = session.execute(
        select(RuleOverride.rule, RuleOverride.values)
        .outerjoin(DeviceGroup, DeviceGroup.id == RuleOverride.group_id)
        .where(or_(RuleOverride.device_id == device_id, RuleOverride.group_id.in_(groups)))
        # What comes later wins: the groups from the last by name to the first, then the device itself.
        .order_by(RuleOverride.device_id.is_not(None), func.lower(DeviceGroup.name).desc(), RuleOverride.id)
    ).all()
    return merged(rules, [(row.rule, row.values) for row in rows])


def merged(rules: reading.RuleBook, overrides: Iterable[tuple[str, Mapping[str, Any]]]) -> reading.RuleBook:
    """Return the book with the figures of the overrides, the later over the earlier."""
    changed: dict[str, dict[str, Any]] = {}
    for code, values in overrides:
        if code in rules:
            changed.setdefault(code, {}).update({key: values[key] for key in FIGURES if key in values})
    if not changed:
        return rules
    return MappingProxyType(
        {**rules, **{code: _with(rules[code], values) for code, values in changed.items()}}
    )


def _with(rule: reading.HealthRule, values: Mapping[str, Any]) -> reading.HealthRule:
    """Return the rule with other figures; where they do not go together, the office's hold."""
    try:
        return rule.with_figures(values)
    except ValueError:
        return rule


def list_overrides(session: Session) -> Sequence[RuleOverride]:
    """Return all overrides by rule, groups before devices."""
    return session.scalars(
        select(RuleOverride)
        .order_by(RuleOverride.rule, RuleOverride.device_id.is_not(None), RuleOverride.id)
        .options(
            joinedload(RuleOverride.group), joinedload(RuleOverride.device), joinedload(RuleOverride.set_by)
        )
    ).all()


def get_override(session: Session, override_id: int) -> RuleOverride:
    """Return an override, or raise OverrideNotFound."""
    found = session.get(RuleOverride, override_id)
    if found is None:
        raise OverrideNotFound
    return found


def set_override(
    session: Session,
    rules: reading.RuleBook,
    rule: str,
    scope: Scope,
    values: Mapping[str, Any],
    *,
    now: datetime,
    by: Person,
) -> RuleOverride:
    """Let a rule have other figures for a group or a device; what was set there before is replaced."""
    if rule not in rules:
        raise OverrideRefused(field="rule", reason="No snapshot is judged by such a rule.")
    figures = {key: values[key] for key in FIGURES if values.get(key) is not None}
    if not figures:
        raise OverrideRefused(field="threshold", reason="Give at least one figure that is different.")
    try:
        rules[rule].with_figures(figures)
    except ValueError:
        raise OverrideRefused(
            field="clear",
            reason="The value at which it is over must lie on the better side of the threshold.",
        ) from None
    row = session.scalar(
        select(RuleOverride).where(RuleOverride.rule == rule, RuleOverride.scope == scope.key)
    )
    if row is None:
        row = RuleOverride(
            rule=rule,
            scope=scope.key,
            group_id=scope.group.id if scope.group and not scope.device else None,
            device_id=scope.device.id if scope.device else None,
        )
        session.add(row)
    row.values, row.set_at, row.set_by_id = figures, now, by.id
    session.flush()
    record(session, "rule_override_set", at=now, by=by, rule=rule, scope=scope.key, values=figures)
    return row


def drop_override(session: Session, override: RuleOverride, *, now: datetime, by: Person) -> None:
    """Let the office's rule hold again."""
    rule, scope = override.rule, override.scope
    session.delete(override)
    session.flush()
    record(session, "rule_override_dropped", at=now, by=by, rule=rule, scope=scope)
