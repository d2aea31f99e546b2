"""How a port and a device went over time: graphs, and the figures as a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Response, render_template, request

from helpdesk import clock
from helpdesk.database import db
from helpdesk.devices import queries as device_queries
from helpdesk.devices.models import Device
from helpdesk.devices.views.blueprint import blueprint as devices_blueprint
from helpdesk.evidence import queries
from helpdesk.evidence.errors import EvidenceBroken
from helpdesk.evidence.series.courses import get_port_name, list_ports, load_courses, small_courses
from helpdesk.evidence.series.csv_files import write_csv
from helpdesk.evidence.series.graphs import DEVICE_GRAPHS, PORT_GRAPHS
from helpdesk.evidence.series.periods import Period
from helpdesk.evidence.series.presentation import (
    PERIODS,
    RESOLUTIONS,
    SmallGraph,
    show_graphs,
    show_small,
    time_axis,
)
from helpdesk.evidence.series.rules import DEVICE, Resolution
from helpdesk.permissions import Permission
from helpdesk.web.current import settings
from helpdesk.web.guards import requires

# With more ports the page would weigh more than all the rest of it.
MOST_SMALL_GRAPHS = 128
_RESOLUTIONS = {"raw": Resolution.RAW, "5m": Resolution.FIVE_MINUTES, "1h": Resolution.HOUR}


@devices_blueprint.get("/devices/<int:device_id>/ports/<int:series_id>")
@requires(Permission.SEE_DEVICES)
def show_port(device_id: int, series_id: int) -> str:
    """Show how a port went: traffic, utilisation, errors and discards."""
    session = db.session()
    device = device_queries.get_device(session, device_id)
    name = get_port_name(session, device_id, series_id)
    facts = _facts_of_port(device_id, name)
    return render_template(
        "evidence/port.html",
        device=device,
        name=name,
        series_id=series_id,
        facts=facts,
        course=show_course(device_id, name, PORT_GRAPHS, speed_bps=facts.get("speed_bps")),
    )


@devices_blueprint.get("/devices/<int:device_id>/ports/<int:series_id>.csv")
@requires(Permission.SEE_DEVICES)
def download_port(device_id: int, series_id: int) -> Response:
    """Give what was measured of a port as a file."""
    session = db.session()
    device = device_queries.get_device(session, device_id)
    return _file(device, get_port_name(session, device_id, series_id))


@devices_blueprint.get("/devices/<int:device_id>/course.csv")
@requires(Permission.SEE_DEVICES)
def download_course(device_id: int) -> Response:
    """Give what was measured of the device itself as a file."""
    return _file(device_queries.get_device(db.session(), device_id), DEVICE)


def show_course(device_id: int, name: str, kinds: Any, *, speed_bps: int | None = None) -> dict[str, Any]:
    """Return the graphs of the period that the address names, and what stands around them."""
    period, now = _period(), clock.now()
    courses = load_courses(db.session(), device_id, name, now - period.length, now)
    return {
        "period": period,
        "periods": PERIODS,
        "graphs": show_graphs(kinds, courses, speed_bps=speed_bps),
        "axis": time_axis(period, now, settings().zone),
        "resolution": RESOLUTIONS[courses.resolution],
    }


def show_device_course(device_id: int) -> dict[str, Any]:
    """Return the graphs of the device itself."""
    return show_course(device_id, DEVICE, DEVICE_GRAPHS)


def show_small_graphs(device_id: int, facts: Mapping[str, Any] | None) -> dict[str, SmallGraph]:
    """Return the small graph of each port that stands in the table and has a series."""
    session, now = db.session(), clock.now()
    shown = {str(port.get("name")) for port in (facts or {}).get("interfaces") or ()}
    ports = {name: number for name, number in list_ports(session, device_id).items() if name in shown}
    few = list(ports) if len(ports) <= MOST_SMALL_GRAPHS else []
    return show_small(small_courses(session, device_id, few, now=now), ports, now=now)


def _period() -> Period:
    asked = request.args.get("period", "")
    return Period(asked) if asked in set(Period) else Period.DAY


def _facts_of_port(device_id: int, name: str) -> dict[str, Any]:
    """Return what the latest snapshot says of the port; nothing where it no longer has it."""
    latest = queries.find_latest_snapshot(db.session(), device_id)
    try:
        ports = queries.load_content(latest).get("interfaces") or [] if latest else []
    except EvidenceBroken:
        ports = []
    found: dict[str, Any] = next((port for port in ports if port.get("name") == name), {})
    return found


def _file(device: Device, port: str) -> Response:
    period, now = _period(), clock.now()
    courses = load_courses(
        db.session(),
        device.id,
        port,
        now - period.length,
        now,
        _RESOLUTIONS.get(request.args.get("resolution", "")),
    )
    words = (device.name, port, period.value) if port else (device.name, period.value)
    name = "-".join(re.sub(r"[^A-Za-z0-9._-]+", "-", word).strip("-.") or "x" for word in words)
    return Response(
        write_csv(device.name, port, courses),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
