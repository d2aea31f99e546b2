"""Pages that keep sites, devices and credentials. Lists and health stand in helpdesk.evidence.views."""

from helpdesk.devices.views import connection, credentials, devices, groups, imports, netbox, sites, sweeps
from helpdesk.devices.views.blueprint import blueprint

__all__ = [
    "blueprint",
    "connection",
    "credentials",
    "devices",
    "groups",
    "imports",
    "netbox",
    "sites",
    "sweeps",
]
