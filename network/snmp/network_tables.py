"""The tables of a network device that can be long: addresses, VLANs, peers, ARP and MAC addresses."""

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol

from network.platforms.definition import PlatformDefinition
from network.snmp.bridge_tables import read_mac_table, read_vlans
from network.snmp.ip_tables import read_addresses, read_arp
from network.snmp.routing_peers import read_bgp_peers, read_ospf_neighbours
from network.snmp.tables import TableReader


class Measure(Protocol):
    """Await one part of a snapshot and write down how it was read."""

    async def __call__(self, name: str, tables: TableReader, reading: Awaitable[Any]) -> Any:
        """Return what the reading returned."""


async def read_network_tables(
    found: dict[str, Any],
    platform: PlatformDefinition,
    names: Mapping[int, str],
    tables: TableReader,
    measure: Measure,
) -> None:
    """Read what can be long last: when the time is over, the ports and meters are there."""
    found["addresses"] = await measure("addresses", tables, read_addresses(names, tables))
    found["vlans"] = await measure("vlans", tables, read_vlans(platform.vlans, tables))
    found["bgp_peers"] = await measure("bgp_peers", tables, read_bgp_peers(tables))
    found["ospf_neighbours"] = await measure("ospf_neighbours", tables, read_ospf_neighbours(tables))
    found["arp"] = await measure("arp", tables, read_arp(names, tables))
    per_vlan = found["vlans"] if platform.vlans == "vtp" else ()
    found["mac_table"] = await measure("mac_table", tables, read_mac_table(names, tables, per_vlan))
