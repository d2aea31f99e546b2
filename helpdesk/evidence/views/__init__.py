"""Pages of what was read: the devices with their health, and the frozen snapshots.

The list and the page of a device hang on the blueprint of devices, but stand here: they show evidence,
and imports go from evidence to devices only.
"""

from helpdesk.evidence.views import (
    commands,
    comparison,
    configurations,
    devices,
    neighbours,
    series,
    snapshots,
    traps,
)
from helpdesk.evidence.views.blueprint import blueprint

__all__ = [
    "blueprint",
    "commands",
    "comparison",
    "configurations",
    "devices",
    "neighbours",
    "series",
    "snapshots",
    "traps",
]
