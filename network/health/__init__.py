"""Rules on snapshots: what a technician should look at, with the words for it in both languages."""

from network.health.evaluation import (
    CONFIGURATION_CHANGED,
    SWINGING,
    Finding,
    Judgement,
    find_problems,
    judge,
)
from network.health.rulebook import BadRules, HealthRule, RuleBook, Severity, load_rules, shipped_rules
from network.health.swings import StateChange, list_state_changes

__all__ = [
    "CONFIGURATION_CHANGED",
    "SWINGING",
    "BadRules",
    "Finding",
    "HealthRule",
    "Judgement",
    "RuleBook",
    "Severity",
    "StateChange",
    "find_problems",
    "judge",
    "list_state_changes",
    "load_rules",
    "shipped_rules",
]
