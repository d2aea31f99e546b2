"""Who may pick which kind of command, as one table. Pure: roles come as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from helpdesk.permissions import Standing, standing_of

# A whole configuration is read by who keeps the devices; what an office needs of it stands in its history.
COMMAND_KINDS: Final[dict[Standing, frozenset[str]]] = {
    Standing.OFFICIAL: frozenset({"look", "probe"}),
    Standing.ADMIN: frozenset({"look", "probe", "configuration"}),
    Standing.AUDITOR: frozenset(),
}


def kinds_of(roles: Iterable[str]) -> frozenset[str]:
    """Return the kinds of commands that the roles together may pick."""
    return frozenset().union(*(COMMAND_KINDS[standing_of(role)] for role in roles))
