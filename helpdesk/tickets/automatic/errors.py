"""Refusals of automatic tickets."""

from helpdesk.errors import DomainError


class RuleOpensNothing(DomainError):
    """A rule of the office opens tickets of a procedure or a kind that does not exist."""

    code = "rule_opens_nothing"
    message = "The rule %(rule)s opens tickets of %(what)s, which no procedure in force knows."
