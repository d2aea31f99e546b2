"""The rules that a snapshot is judged by: data in rules.yaml, checked when it is read."""

import enum
import re
import string
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from network.health.durations import LONGEST, Seconds, is_duration


class Severity(enum.StrEnum):
    """How much a finding matters."""

    INFORMATION = "information"
    WARNING = "warning"
    CRITICAL = "critical"


# The figures of a rule that are times.
TIMES: Final = ("hold_for", "recover_after", "within")
# What a sentence may name in braces.
_PLACES: Final = frozenset(
    {"object", "reason", "rate", "percent", "celsius", "status", "count", "minutes", "added", "removed"}
)


class BadRules(ValueError):
    """A file of rules that cannot be used; it says which rule and why."""


def _ensure_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from error
    return text


Pattern = Annotated[str, AfterValidator(_ensure_pattern)]


def _ensure_places(text: str) -> str:
    try:
        places = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}") from error
    if not places <= _PLACES:
        raise ValueError(f"{text!r} may hold only {{{'}, {'.join(sorted(_PLACES))}}}")
    return text


Text = Annotated[str, Field(min_length=1), AfterValidator(_ensure_places)]


class Words(BaseModel):
    """One text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Text
    en: Text

    def in_language(self, language: str) -> str:
        """Return the Indonesian or the English text."""
        return self.id if language.startswith("id") else self.en


class HealthRule(BaseModel):
    """When something is a finding, and when it is over."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    severity: Severity
    enabled: bool = True
    threshold: float | None = None
    clear: float | None = None
    is_lower_worse: bool = False
    # Something that happened, and is no state that goes on: told once, never open.
    is_change: bool = False
    # Something that happened at a moment: what somebody did during maintenance is not told after it.
    is_moment: bool = False
    # How long it is bad before it is told, and good before it is over: readings in a row, and seconds.
    hold: int = Field(default=1, ge=1, le=100)
    hold_for: Seconds = 0
    recover: int = Field(default=1, ge=1, le=100)
    recover_after: Seconds = 0
    # The time over which changes are counted, of a rule that counts them.
    within: Seconds = 0
    only: Pattern | None = None
    except_: Pattern | None = Field(default=None, alias="except")
    opens_ticket: bool = False
    # Of which procedure and kind of request; where none is named, the office's main one and its first.
    procedure: str | None = None
    kind: str | None = None
    title: Words
    text: Words

    @model_validator(mode="before")
    @classmethod
    def _hold_is_readings_or_time(cls, data: Any) -> Any:
        """`hold: 5m` is a time, `hold: 2` a number of readings."""
        if not isinstance(data, Mapping):
            return data
        read = dict(data)
        for count, time in (("hold", "hold_for"), ("recover", "recover_after")):
            if is_duration(read.get(count)):
                if time in read:
                    raise ValueError(f"{count} and {time} say the same: write one of them")
                read[time] = read.pop(count)
        return read

    @model_validator(mode="after")
    def _clear_is_the_better_side(self) -> "HealthRule":
        if self.threshold is None or self.clear is None:
            return self
        better = self.clear >= self.threshold if self.is_lower_worse else self.clear <= self.threshold
        if not better:
            raise ValueError("clear must lie on the better side of threshold")
        return self

    def with_figures(self, figures: Mapping[str, Any]) -> "HealthRule":
        """Return the rule with other figures, or raise ValueError where they do not go together."""
        plain = {name: getattr(self, name) for name in type(self).model_fields}
        # Times are read with their units from a file; here they are seconds.
        times = {name: int(value) for name, value in figures.items() if name in TIMES}
        others = {name: value for name, value in figures.items() if name not in TIMES}
        checked = type(self).model_validate({**plain, **dict.fromkeys(TIMES, 0), **others})
        for name, seconds in times.items():
            if not 0 <= seconds <= LONGEST:
                raise ValueError(f"{name} must lie between nothing and 31 days")
        return checked.model_copy(update={**{name: plain[name] for name in TIMES}, **times})

    def looks_at(self, name: str) -> bool:
        """Tell whether the rule is about things of this name."""
        if self.only is not None and not re.search(self.only, name):
            return False
        return self.except_ is None or not re.search(self.except_, name)

    def is_bad(self, value: float, *, is_open: bool) -> bool:
        """Judge a value; one that was bad stays bad until it is past `clear`."""
        limit = self.threshold if not is_open or self.clear is None else self.clear
        if limit is None:
            return False
        if self.is_lower_worse:
            return value < limit
        return value >= limit if not is_open or self.clear is None else value > limit


RuleBook = Mapping[str, HealthRule]
_OURS: Final = "rules.yaml"


def parse_rules(text: str, name: str) -> RuleBook:
    """Return the rules of a file by code."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadRules(f"{name}: {error}") from error
    listed = data.get("rules") if isinstance(data, dict) else None
    if not isinstance(listed, list):
        raise BadRules(f"{name}: a list named `rules` is missing")
    rules: dict[str, HealthRule] = {}
    for number, one in enumerate(listed, start=1):
        rule = _parse_rule(one, f"{name}: rule {number}")
        if rule.code in rules:
            raise BadRules(f"{name}: rule {number}: {rule.code} stands twice")
        rules[rule.code] = rule
    return MappingProxyType(rules)


def _parse_rule(data: Any, where: str) -> HealthRule:
    try:
        return HealthRule.model_validate(data)
    except ValidationError as error:
        reasons = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'rule'}: {one['msg']}" for one in error.errors()
        )
        raise BadRules(f"{where}: {reasons}") from error


@cache
def shipped_rules() -> RuleBook:
    """Return the rules that the package brings."""
    text = resources.files("network.health").joinpath(_OURS).read_text(encoding="utf-8")
    return parse_rules(text, _OURS)


def load_rules(path: Path | None = None) -> RuleBook:
    """Return the shipped rules, with those of an office's file in place of theirs."""
    ours = shipped_rules()
    if path is None:
        return ours
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRules(f"{path.name}: {error}") from error
    theirs = parse_rules(text, path.name)
    unknown = sorted(set(theirs) - set(ours))
    if unknown:
        raise BadRules(f"{path.name}: no snapshot is judged by {', '.join(unknown)}")
    return MappingProxyType({**ours, **theirs})
