"""How evidence is put into words: failures, changes, speeds, the health of a device."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from babel.dates import format_timedelta
from babel.numbers import format_decimal
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from helpdesk.devices import reading
from helpdesk.evidence.changes import Change
from helpdesk.evidence.measured import Measure
from helpdesk.evidence.measured_words import MEASURED, MEASURED_PARTS, UNITS
from helpdesk.evidence.models import Snapshot
from helpdesk.evidence.rules import health_of
from helpdesk.web.jinja import format_size

REASONS: dict[str, Any] = {
    "schedule": _l("By schedule"),
    "ticket": _l("For a ticket"),
    "manual": _l("Asked for by a person"),
    "trap": _l("After a trap of the device"),
}
WHAT: dict[str, Any] = {
    "reachable": _l("reachable"),
    "restarted": _l("restarted; time since the start"),
    "added": _l("new port"),
    "removed": _l("port is gone"),
    "neighbour_added": _l("new neighbour"),
    "neighbour_removed": _l("neighbour is gone"),
    "type": _l("kind of port"),
    "admin_status": _l("wanted state"),
    "oper_status": _l("state"),
    "speed_bps": _l("speed"),
    "mtu": _l("MTU"),
    "alias": _l("alias"),
    "mac": _l("MAC address"),
    "name": _l("name"),
    "description": _l("description"),
    "contact": _l("contact"),
    "location": _l("location"),
    "vendor": _l("vendor"),
    "model": _l("model"),
    "version": _l("version"),
    "serial": _l("serial number"),
    "vlans_added": _l("new VLAN"),
    "vlans_removed": _l("VLAN is gone"),
    "vlans_name": _l("name of the VLAN"),
    "vlans_status": _l("state of the VLAN"),
    "addresses_added": _l("new address"),
    "addresses_removed": _l("address is gone"),
    "addresses_prefix_length": _l("length of the prefix"),
    "addresses_interface": _l("port of the address"),
    "bgp_peers_added": _l("new BGP peer"),
    "bgp_peers_removed": _l("BGP peer is gone"),
    "bgp_peers_state": _l("state of the BGP peer"),
    "bgp_peers_admin_status": _l("wanted state of the BGP peer"),
    "bgp_peers_remote_as": _l("AS of the BGP peer"),
    "bgp_peers_router_id": _l("router ID of the BGP peer"),
    "ospf_neighbours_added": _l("new OSPF neighbour"),
    "ospf_neighbours_removed": _l("OSPF neighbour is gone"),
    "ospf_neighbours_state": _l("state of the OSPF neighbour"),
    **MEASURED,
}
PARTS: dict[str, Any] = {
    "vlans": _l("VLANs"),
    "addresses": _l("Addresses"),
    "bgp_peers": _l("BGP peers"),
    "ospf_neighbours": _l("OSPF neighbours"),
    **MEASURED_PARTS,
}
MISSING: dict[str, Any] = {
    "restarted": _l("restarted in between"),
    "no_clock": _l("the device told no time"),
    "not_read": _l("not read"),
    "discontinuity": _l("counters began anew"),
    "other_width": _l("other counters were read"),
    "implausible": _l("counter wrapped or was set back"),
}
PORT_STATES: dict[str, Any] = {
    "up": _l("up"),
    "down": _l("down"),
    "testing": _l("testing"),
    "dormant": _l("dormant"),
    "unknown": _l("unknown"),
    "notPresent": _l("not present"),
    "lowerLayerDown": _l("lower layer down"),
}
# Of power supplies, and how grave an alarm is.
DEVICE_STATES: dict[str, Any] = {
    "ok": _l("in order"),
    "failed": _l("failed"),
    "warning": _l("warning"),
    "absent": _l("not fitted"),
    "critical": _l("critical"),
    "major": _l("major"),
    "minor": _l("minor"),
    "information": _l("information"),
}
_STATES = {**DEVICE_STATES, **PORT_STATES}


def present_health(snapshot: Snapshot | None) -> str:
    """Return the state of a device by its latest snapshot, as components/status.html names it."""
    return health_of(snapshot.summary, snapshot.reachable, snapshot.complete) if snapshot else "unknown"


def present_failures(snapshot: Snapshot) -> list[str]:
    """Return what could not be read as sentences."""
    language = str(get_locale())
    return [reading.failure_sentence(failure, language) for failure in snapshot.failures]


def present_changes(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Return changes in the words of the reader."""
    return [
        {
            "object": _("Device") if change["object"] == "device" else change["object"],
            "what": WHAT.get(change["what"], change["what"]),
            "before": _value(change["what"], change["before"]),
            "after": _value(change["what"], change["after"]),
        }
        for change in changes
    ]


def _value(what: str, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, Measure):
        return format_measure(value)
    if what == "speed_bps":
        return format_speed(value)
    if what == "restarted":
        return format_uptime(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return format_state(value) if isinstance(value, str) else value


def format_state(state: str | None) -> Any:
    """Return a state in words; one that is no common word stays as the device says it."""
    return _STATES.get(state, state) if state else None


def format_speed(bits_per_second: int | None) -> str | None:
    """Return a port's speed as people say it: 1 Gb/s."""
    if not bits_per_second:
        return None
    for size, unit in ((10**9, "Gb/s"), (10**6, "Mb/s"), (10**3, "kb/s")):
        if bits_per_second >= size:
            return f"{format_decimal(bits_per_second / size, '#,##0.##', locale=get_locale())} {unit}"
    return f"{bits_per_second} b/s"


def format_rate(bits_per_second: float | None) -> str | None:
    """Return a rate like a speed; nothing per second is a rate too, unknown is None."""
    if bits_per_second is None:
        return None
    return format_speed(round(bits_per_second)) or "0 b/s"


def format_uptime(seconds: float | None) -> str | None:
    """Return the time since a device started, in its largest units."""
    if seconds is None:
        return None
    return format_timedelta(timedelta(seconds=seconds), threshold=2, locale=get_locale())


def format_percent(value: float | None) -> str | None:
    """Return a percentage, or None where it is not known."""
    return None if value is None else f"{format_decimal(value, '#,##0.#', locale=get_locale())} %"


def format_count(value: int | None) -> str | None:
    """Return a counter with the thousands of the reader's language."""
    return None if value is None else format_decimal(value, "#,##0", locale=get_locale())


def format_measure(measure: Measure) -> str:
    """Return a measured value with its unit."""
    if measure.unit == "bytes":
        return format_size(round(measure.value))
    unit = UNITS.get(measure.unit, measure.unit)
    return f"{format_value(measure.value)} {unit}".strip()


def format_value(value: float | None) -> str | None:
    """Return a measured value with at most one decimal."""
    return None if value is None else format_decimal(value, "#,##0.#", locale=get_locale())


def format_frequency(value: float | None) -> str | None:
    """Return how often in a second: an error an hour is not nothing, and is not rounded to it."""
    if value is None or not 0 < value < 0.1:
        return format_value(value)
    text = f"{value:.1g}" if value < 0.0001 else f"{value:.4f}".rstrip("0")
    return text.replace(".", ",") if str(get_locale()) == "id" else text


def identity_pairs(facts: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return who the device says it is, for a list of facts."""
    system = facts.get("system") or {}
    return [
        (_("System name"), system.get("name")),
        (_("Vendor and model"), model_name(system)),
        (_("Version"), system.get("version")),
        (_("Serial number"), system.get("serial")),
        (_("Platform"), platform_title(facts.get("platform"))),
        (_("Running for"), format_uptime(system.get("uptime_seconds"))),
        (_("Location"), system.get("location")),
        (_("Contact"), system.get("contact")),
        (_("Description"), system.get("description")),
    ]


def platform_title(code: str | None) -> str | None:
    """Return the platform as its maker writes it; what is not known has no maker."""
    if code == "default":
        return str(_("Not recognised: standard data only"))
    return reading.platform_titles().get(code, code) if code else None


def model_name(facts: Mapping[str, Any]) -> str:
    """Return vendor and model, the vendor only once: many a model's name begins with it."""
    vendor, model = facts.get("vendor") or "", facts.get("model") or ""
    if model and model.lower().startswith(vendor.lower()):
        return model
    return f"{vendor} {model}".strip()


FILTERS: Sequence[tuple[str, Any]] = (
    ("speed", format_speed),
    ("rate", format_rate),
    ("uptime", format_uptime),
    ("percent", format_percent),
    ("thousands", format_count),
    ("decimal", format_value),
    ("frequency", format_frequency),
    ("state", format_state),
    ("model_name", model_name),
    ("platform_title", platform_title),
)
