"""A small government network on loopback, for the demo and the tests."""

from network.lab.inventory import (
    DEFAULT_PORT_BASE,
    DEFAULT_SSH_PORT_BASE,
    DEFAULT_STATE_FOLDER,
    LabDevice,
    inventory,
)
from network.lab.sites import LAB_SITES, LabSite

__all__ = [
    "DEFAULT_PORT_BASE",
    "DEFAULT_SSH_PORT_BASE",
    "DEFAULT_STATE_FOLDER",
    "LAB_SITES",
    "LabDevice",
    "LabSite",
    "inventory",
]
