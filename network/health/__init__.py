"""Rules on snapshots: what a technician should look at, with the words for it in both languages."""

from network.health.evaluation import Finding, Judgement, find_problems, judge
from network.health.rulebook import BadRules, HealthRule, RuleBook, Severity, load_rules, shipped_rules

__all__ = [
    "BadRules",
    "Finding",
    "HealthRule",
    "Judgement",
    "RuleBook",
    "Severity",
    "find_problems",
    "judge",
    "load_rules",
    "shipped_rules",
]
