"""How each part of a snapshot was read, in the words of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

PARTS: dict[str, Any] = {
    "system": _l("System"),
    "identity": _l("Model, version and serial number"),
    "interfaces": _l("Ports"),
    "processors": _l("Processors"),
    "memory": _l("Memory"),
    "sensors": _l("Sensors"),
    "neighbours": _l("Neighbours"),
    "storage": _l("Storage"),
    "power": _l("Power supplies"),
    "alarms": _l("Active alarms"),
    "ups": "UPS",
    "addresses": _l("Own addresses"),
    "vlans": "VLAN",
    "bgp_peers": _l("BGP peers"),
    "ospf_neighbours": _l("OSPF neighbours"),
    "arp": _l("ARP table"),
    "mac_table": _l("MAC table"),
    "commands": _l("Commands over SSH"),
}
# Why a part ended before its end; what is rarer is shown by the name the collector gives it.
REASONS: dict[str, Any] = {
    "deadline": _l("the time was over"),
    "no_answer": _l("the device fell silent"),
    "row_cap": _l("more rows than are kept"),
    "request_cap": _l("too many requests"),
    "not_increasing": _l("the device repeated itself"),
    "agent_error": _l("the device answered with an error"),
}


def present_items(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the parts in the order they were read; a snapshot of an older version has none."""
    return [
        {
            "part": PARTS.get(item["name"], item["name"]),
            "protocol": str(item["protocol"]).upper(),
            "asked": item["asked"],
            "rows": item["rows"],
            "duration_ms": item["duration_ms"],
            "complete": item["complete"],
            "reason": REASONS.get(item["stopped_by"], item["stopped_by"]),
        }
        for item in facts.get("items") or []
    ]
