"""How a trap is put into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import get_locale

from helpdesk.devices import reading
from helpdesk.evidence.traps.models import ReceivedTrap

# Numbers that stand for words in the objects of well-known traps.
_WORDS = {
    "ifAdminStatus": {"1": "up", "2": "down", "3": "testing"},
    "ifOperStatus": {"1": "up", "2": "down", "3": "testing", "5": "dormant", "6": "notPresent"},
    "bgpPeerState": {
        "1": "idle",
        "2": "connect",
        "3": "active",
        "4": "openSent",
        "5": "openConfirm",
        "6": "established",
    },
    "ospfNbrState": {
        "1": "down",
        "2": "attempt",
        "3": "init",
        "4": "twoWay",
        "5": "exchangeStart",
        "6": "exchange",
        "7": "loading",
        "8": "full",
    },
}


@dataclass(frozen=True)
class PresentedTrap:
    """A trap as a page shows it."""

    received_at: datetime
    device: Any
    source: str
    version: str
    title: str
    code: str
    objects: tuple[tuple[str, str], ...]


def present_trap(trap: ReceivedTrap) -> PresentedTrap:
    """Return the trap in the language of the page; one that is not known keeps its number."""
    kind = reading.find_trap_kind(trap.oid)
    return PresentedTrap(
        received_at=trap.received_at,
        device=trap.device,
        source=trap.source,
        version=trap.version,
        title=kind.describe(str(get_locale())) if kind else "",
        code=kind.code if kind else trap.oid,
        objects=tuple(_present_object(each) for each in trap.varbinds),
    )


def trap_title(code: str) -> str:
    """Return the sentence of a known trap by its name."""
    kind = reading.trap_kinds_by_code().get(code)
    return f"{kind.describe(str(get_locale()))} ({code})" if kind else code


def _present_object(varbind: dict[str, Any]) -> tuple[str, str]:
    name = reading.object_name(varbind["oid"])
    value = str(varbind["value"])
    return name, _WORDS.get(name.partition(".")[0], {}).get(value, value)
