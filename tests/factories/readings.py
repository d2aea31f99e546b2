"""What a busy switch says, and what it says some time later."""

from __future__ import annotations

import dataclasses
import random
from datetime import timedelta

from network import Snapshot, SystemFacts, TargetSummary
from network.facts import AddressFact, ArpEntry, MacEntry, PowerSupply, Vlan
from network.observations import Interface, MemoryPool, Neighbour, Processor, Sensor
from tests.factories.moments import MORNING


def switch_facts(ports: int, chance: random.Random, *, prefix: str = "GigabitEthernet1/0/") -> Snapshot:
    """Return a switch with that many ports in use, and four stations behind each."""
    return Snapshot(
        target=TargetSummary(name="sw-lt2", address="192.0.2.9", snmp_port=161, ssh_port=22),
        taken_at=MORNING,
        duration_ms=chance.randrange(400, 2000),
        complete=True,
        platform="cisco_iosxe",
        system=SystemFacts(
            name="sw-lt2",
            description="Cisco IOS Software, Catalyst L3 Switch Software, Version 17.9.4a",
            object_id="1.3.6.1.4.1.9.1.2494",
            uptime_seconds=8_000_000.25,
            agent_uptime_seconds=8_000_000.25,
            vendor="Cisco",
            model="C9300-48P",
            version="17.9.4a",
            serial="FOC0000X0AB",
        ),
        interfaces=tuple(_port(number, prefix, chance) for number in range(1, ports + 1)),
        processors=(Processor(name="CPU 1", usage_percent=12.0),),
        memory=(MemoryPool(name="Processor", used_bytes=400_000_000, total_bytes=900_000_000),),
        sensors=tuple(
            Sensor(name=f"Temp {number}", kind="temperature", value=41.0, unit="celsius")
            for number in range(4)
        ),
        neighbours=tuple(
            Neighbour(
                protocol="lldp",
                local_interface=f"{prefix}{number}",
                remote_name=f"ap-{number:03d}",
                remote_port="eth0",
                remote_chassis=_mac(chance),
            )
            for number in range(1, 1 + ports // 4)
        ),
        power=(PowerSupply(name="PS-A", status="ok"), PowerSupply(name="PS-B", status="ok")),
        addresses=(AddressFact(address="192.0.2.9", prefix_length=24, interface="Vlan1"),),
        arp=tuple(
            ArpEntry(address=f"10.{n >> 8}.{n & 255}.9", mac=_mac(chance), interface="Vlan10")
            for n in range(ports)
        ),
        mac_table=tuple(
            MacEntry(
                mac=_mac(chance), interface=f"{prefix}{1 + n % ports}", vlan=10 + n % 3, status="learned"
            )
            for n in range(ports * 4)
        ),
        vlans=tuple(Vlan(number=n, name=f"VLAN{n:04d}", status="active") for n in range(1, 20)),
    )


def moved_on(facts: Snapshot, chance: random.Random, *, seconds: int) -> Snapshot:
    """Return the same switch later: every counter moved, some stations came, left or changed their port."""
    system = facts.system
    assert system.uptime_seconds is not None
    uptime = system.uptime_seconds + seconds
    stayed = [station for station in facts.mac_table if chance.random() > 0.05]
    came = [
        dataclasses.replace(station, mac=_mac(chance)) for station in facts.mac_table if station not in stayed
    ]
    return dataclasses.replace(
        facts,
        taken_at=facts.taken_at + timedelta(seconds=seconds),
        duration_ms=chance.randrange(400, 2000),
        system=dataclasses.replace(system, uptime_seconds=uptime, agent_uptime_seconds=uptime),
        interfaces=tuple(_used(port, chance, seconds) for port in facts.interfaces),
        processors=(Processor(name="CPU 1", usage_percent=float(chance.randrange(100))),),
        memory=(dataclasses.replace(facts.memory[0], used_bytes=400_000_000 + chance.randrange(10**7)),),
        sensors=tuple(
            dataclasses.replace(sensor, value=float(chance.randrange(30, 50))) for sensor in facts.sensors
        ),
        mac_table=(*stayed, *came),
    )


def _port(number: int, prefix: str, chance: random.Random) -> Interface:
    return Interface(
        index=10_100 + number,
        name=f"{prefix}{number}",
        description=f"{prefix}{number}",
        alias=f"Ruang {number}",
        type="ethernetCsmacd",
        type_number=6,
        mtu=1500,
        speed_bps=1_000_000_000,
        mac=_mac(chance),
        admin_status="up",
        oper_status="up",
        duplex="full",
        last_change_seconds=chance.randrange(10**6) / 100,
        in_octets=chance.randrange(10**14),
        out_octets=chance.randrange(10**14),
        in_unicast_packets=chance.randrange(10**11),
        out_unicast_packets=chance.randrange(10**11),
        in_errors=chance.randrange(10**4),
        out_errors=chance.randrange(10**4),
        in_discards=chance.randrange(10**5),
        out_discards=chance.randrange(10**5),
        counter_bits=64,
        discontinuity_seconds=0.0,
    )


def _used(port: Interface, chance: random.Random, seconds: int) -> Interface:
    """Return the port with all its counters moved by what a line of 1 Gb/s can carry."""

    def more(value: int | None, a_second: int) -> int:
        return (value or 0) + 1 + chance.randrange(a_second * seconds)

    return dataclasses.replace(
        port,
        in_octets=more(port.in_octets, 125_000_000),
        out_octets=more(port.out_octets, 125_000_000),
        in_unicast_packets=more(port.in_unicast_packets, 100_000),
        out_unicast_packets=more(port.out_unicast_packets, 100_000),
        in_errors=more(port.in_errors, 1),
        out_errors=more(port.out_errors, 1),
        in_discards=more(port.in_discards, 1),
        out_discards=more(port.out_discards, 1),
    )


def _mac(chance: random.Random) -> str:
    return ":".join(f"{chance.randrange(256):02x}" for _each in range(6))
